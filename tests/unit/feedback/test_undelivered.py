"""Letters that reach nobody: a person tells the customer by another way, and silence waits until they have."""

from typing import Any
from uuid import UUID, uuid5

import pytest
from tests.unit.feedback.complaints import (
    ACCEPT,
    DECISION,
    DISPUTE,
    OUTCOME,
    THANKS,
    WITHDRAW,
    WORDS,
    complained,
    in_arbitration,
    update,
    with_outcome,
)
from tests.unit.feedback.test_survey import fact
from tests.unit.feedback.told import FEEDBACK, STREAM, Story, received, refusal
from tests.unit.sla_timer.story import TICKET, ny

from contracts.base import ERASED
from contracts.complaints import OutcomeAccepted
from contracts.feedback import CustomerLetter, CustomerTold, LetterUndelivered
from contracts.notifications import LetterSuppressed, NotificationBounced, NotificationFailed
from contracts.replacing import replace
from feedback.domain.commands import AskInformation, NoteTold, NoteUndelivered
from feedback.domain.expected import expected
from feedback.react import react
from feedback.words import words_of

TOLD = NoteTold(by="support-manager", channel="telephone", text="I read her the outcome.")
MAIL = UUID(int=41)


def undelivered(letter: CustomerLetter = "complaint-outcome") -> NoteUndelivered:
    mail = MAIL if letter == "complaint-outcome" else uuid5(MAIL, letter)
    return NoteUndelivered(notification_id=mail, letter=letter, reason="550 5.1.1")


def awaited(story: Story) -> list[tuple[str, str]]:
    return [(one.who, one.what) for one in expected(story.state)]


def test_silence_settles_no_outcome_that_the_customer_was_not_told() -> None:
    story = with_outcome()
    story.does(undelivered())
    (gone,) = story.of(LetterUndelivered)
    assert (gone.number, gone.letter, gone.reason) == ("F-17", "complaint-outcome", "550 5.1.1")
    assert story.does(undelivered()) == [], "heard of again it is already so"
    story.until(ny("2026-12-01 10:00"))
    assert story.of(OutcomeAccepted) == []
    assert awaited(story) == [("staff", "tell the customer by another way what did not reach them: complaint outcome")]


def test_once_they_are_told_by_telephone_28_days_of_silence_settle_it() -> None:
    story = with_outcome()
    story.does(undelivered())
    story.until(ny("2026-07-16 10:00")).does(TOLD)
    (told,) = story.of(CustomerTold)
    assert (told.channel, told.text) == ("telephone", "I read her the outcome.")
    assert story.due["silence"] == ny("2026-08-13 10:00")
    assert awaited(story) == [("customer", "accept or dispute the outcome")]
    assert [one.cause for one in story.until(ny("2026-08-13 10:00")).of(OutcomeAccepted)] == ["silence"]


def test_a_corrected_outcome_is_a_letter_of_its_own() -> None:
    story = with_outcome()
    story.does(undelivered())
    story.does(replace(OUTCOME, found="Two people forgot it."))
    assert "silence" in story.due
    assert story.state.untold == frozenset()


def test_an_update_that_reached_nobody_keeps_its_promise_and_somebody_has_to_tell_it() -> None:
    story = complained()
    story.does(update(ny("2026-07-17 17:00")))
    before = story.due, story.judged
    story.does(undelivered("complaint-delayed"))
    assert (story.due, story.judged) == before
    assert ("staff", "tell the customer by another way what did not reach them: complaint delayed") in awaited(story)
    story.does(TOLD)
    assert (story.due, story.judged) == before


def test_an_acknowledgement_by_telephone_tells_them_what_the_receipt_said() -> None:
    story = Story(ny("2026-07-14 10:00"))
    story.does(received())
    story.does(undelivered("feedback-received"))
    story.does(replace(THANKS, noted=True))
    assert story.state.untold == frozenset()


def test_the_decision_is_told_too_and_stays_the_end() -> None:
    story = in_arbitration()
    story.does(DECISION)
    story.does(undelivered("complaint-decided"))
    story.does(TOLD)
    assert (story.state.stage, story.due, awaited(story)) == ("decided", {}, [])


def test_a_letter_that_fails_late_stops_no_other_deadline() -> None:
    story = in_arbitration()
    before = story.due
    story.does(undelivered())
    assert story.due == before
    assert story.state.untold == frozenset(), "they have answered it, so they know it"


def test_after_the_end_only_the_end_is_left_to_tell() -> None:
    story = in_arbitration()
    story.does(DECISION)
    story.does(undelivered("complaint-disputed"))
    assert story.state.untold == frozenset()
    story.does(undelivered("complaint-decided"))
    assert story.state.untold == {"complaint-decided"}


def test_who_was_told_everything_is_told_nothing_more() -> None:
    story = with_outcome()
    refused = refusal(story, TOLD)
    assert (refused.status, refused.slug, refused.field) == (409, "nothing-untold", None)
    story.does(undelivered())
    assert refusal(story, replace(TOLD, by="requester")).status == 403
    assert refusal(story, replace(TOLD, text=" ")).field == "text"
    story.does(TOLD)
    assert refusal(story, TOLD).slug == "nothing-untold"


def test_one_letter_may_be_told_and_not_another() -> None:
    story = with_outcome()
    story.does(undelivered())
    story.does(undelivered("feedback-received"))
    story.does(replace(TOLD, letters=("feedback-received",)))
    assert (story.state.untold, "silence" in story.due) == ({"complaint-outcome"}, False)
    refused = refusal(story, replace(TOLD, letters=("feedback-received",)))
    assert (refused.slug, refused.field) == ("nothing-untold", "letters")
    assert "complaint-outcome" in str(refused)
    story.does(replace(TOLD, letters=("complaint-outcome",)))
    assert "silence" in story.due


def test_a_question_that_reached_nobody_opens_no_way_to_an_outcome_until_they_were_told_it() -> None:
    story = complained()
    story.does(AskInformation(by="vp", question="Which day was it?"))
    story.does(undelivered("feedback-question"))
    refused = refusal(story.until(ny("2026-08-20 10:00")), OUTCOME)
    assert (refused.slug, "telephone" in str(refused)) == ("question-open", True)
    story.does(TOLD)
    assert "from 2026-09-17T" in str(refusal(story.until(ny("2026-09-01 10:00")), OUTCOME))
    story.until(ny("2026-09-17 10:00")).does(OUTCOME)


@pytest.mark.parametrize("answer", [ACCEPT, DISPUTE])
def test_whoever_answers_the_outcome_has_heard_of_it(answer: Any) -> None:
    story = with_outcome()
    story.does(undelivered())
    story.does(answer)
    assert story.state.untold == frozenset()


def test_when_it_is_withdrawn_nothing_is_left_to_tell_or_mark() -> None:
    story = with_outcome()
    story.does(WORDS)
    story.does(undelivered())
    story.does(WITHDRAW)
    assert awaited(story) == []


def test_the_first_outcome_that_reaches_them_corrects_none() -> None:
    story = with_outcome()
    story.does(undelivered())
    (again,) = story.does(replace(OUTCOME, found="Two people forgot it."))
    assert again.corrects is False


def test_of_an_erased_customer_nobody_is_told() -> None:
    story = Story(ny("2026-07-14 10:00"))
    story.does(received(email=ERASED))
    assert story.does(undelivered()) == []


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (
            NotificationFailed(
                ticket_id=FEEDBACK, notification_id=MAIL, reason="550 5.1.1", attempts=1, template="complaint-outcome"
            ),
            "550 5.1.1",
        ),
        (
            LetterSuppressed(
                ticket_id=FEEDBACK,
                notification_id=MAIL,
                template="complaint-outcome",
                cause=UUID(int=1),
                reason="no-address",
            ),
            "they left no address",
        ),
        (
            LetterSuppressed(
                ticket_id=FEEDBACK,
                notification_id=MAIL,
                template="complaint-outcome",
                cause=UUID(int=1),
                reason="bounced",
            ),
            "a mail to their address came back",
        ),
        (
            NotificationBounced(
                ticket_id=FEEDBACK, notification_id=MAIL, template="complaint-outcome", reason="5.1.1", mail="k"
            ),
            "5.1.1",
        ),
    ],
)
def test_what_becomes_of_letters_is_heard(event: Any, reason: str) -> None:
    assert react(fact(event)) == [(STREAM, replace(undelivered(), reason=reason))]


@pytest.mark.parametrize(
    "event",
    [
        NotificationFailed(ticket_id=TICKET, notification_id=MAIL, reason="550 5.1.1", attempts=1),
        NotificationBounced(ticket_id=TICKET, notification_id=MAIL, template="answer", reason="5.1.1", mail="k"),
        NotificationFailed(
            ticket_id=TICKET, notification_id=MAIL, reason="550 5.1.1", attempts=1, template="ticket-received"
        ),
        LetterSuppressed(
            ticket_id=FEEDBACK,
            notification_id=MAIL,
            template="feedback-received",
            cause=UUID(int=1),
            reason="no-address",
        ),
        LetterSuppressed(
            ticket_id=FEEDBACK,
            notification_id=MAIL,
            template="complaint-outcome",
            cause=UUID(int=1),
            reason="erased",
        ),
    ],
    ids=["older", "bounced", "of a ticket", "the receipt of who left no address", "erased"],
)
def test_other_mails_are_no_concern_of_feedback(event: Any) -> None:
    assert react(fact(event)) == []


def test_the_history_says_so_in_words() -> None:
    story = with_outcome()
    (gone,) = story.does(undelivered())
    (told,) = story.does(TOLD)
    gone_words = "A letter (complaint outcome) did not reach the customer: 550 5.1.1."
    assert words_of(gone) == f"{gone_words} Silence settles nothing until they are told."
    assert words_of(told) == "Staff told the customer by telephone what had not reached them: complaint outcome."
