"""A thread of feedback: how its customer is reached, who reviews it, and what its letters can say of deadlines."""

from dataclasses import replace
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from tests.unit.notifier.feedback_facts import (
    ACKNOWLEDGED,
    AFTER_THE_END,
    ANSWER,
    ASKED,
    CALLED,
    DECIDED,
    DISPUTED,
    EVE,
    FEEDBACK,
    NAMED,
    OPENED,
    OUTCOME,
    PRAISE,
    RECEIVED,
    REMINDED,
    TERMS,
    UPDATE,
    URGENT,
    WITHDRAWN,
    WORDS,
    judged,
    rated,
)
from tests.unit.notifier.test_react import fact

from contracts.base import ERASED
from contracts.escalations import EscalationAcknowledged, EscalationResolved
from contracts.notifications import (
    CorrespondenceOpened,
    LetterRequested,
    LetterSuppressed,
    NotificationEvent,
    ThreadOvertaken,
)
from notifier.domain import INITIAL, decide, evolve
from notifier.domain.commands import Notify
from notifier.react import react


def told(*facts: Any, given: tuple[NotificationEvent, ...] = ()) -> list[NotificationEvent]:
    """What a thread records of these facts of other services, each an event of its own."""
    state, found = reduce(evolve, given, INITIAL), []
    for n, event in enumerate(facts):
        for _, command in react(structs.replace(fact(event), event_id=UUID(int=1000 + n))):
            for one in decide(command, state):
                state = evolve(state, one)
                found.append(one)
    return found


def last(*facts: Any, given: tuple[NotificationEvent, ...] = ()) -> LetterRequested:
    """The last mail that these facts ask for."""
    found = told(*facts, given=given)[-1]
    assert isinstance(found, LetterRequested)
    return found


def test_feedback_opens_a_thread_with_all_that_its_letters_need() -> None:
    opened, receipt = told(RECEIVED)
    assert opened == CorrespondenceOpened(
        ticket_id=FEEDBACK,
        subject_id=EVE,
        number="F-1000",
        channel="email",
        email="eve@customer.example",
        mail="<hers@customer.example>",
        language="en",
        zone="Europe/Berlin",
        terms=TERMS,
    )
    assert isinstance(receipt, LetterRequested)
    assert (receipt.template, receipt.automatic, receipt.language) == ("feedback-received", "replied", "en")
    assert receipt.about == {
        "next_in": "2",
        "next_counts": "working-days",
        "next_calendar": "weekdays",
        "zone": "Europe/Berlin",
    }
    assert receipt.in_reply_to == "<hers@customer.example>"


def test_an_urgent_complaint_names_the_support_time_until_its_answer() -> None:
    assert last(RECEIVED, OPENED, URGENT).about == {
        "to": "vp",
        "next_in": "PT14400S",
        "next_counts": "support-time",
        "next_calendar": "weekdays",
        "zone": "Europe/Berlin",
    }


def test_an_outcome_names_the_silence_and_has_its_three_words() -> None:
    outcome = last(RECEIVED, OPENED, OUTCOME)
    assert outcome.about == {
        "next_in": "28",
        "next_counts": "days",
        "next_calendar": "weekdays",
        "zone": "Europe/Berlin",
    }
    words = (outcome.text, outcome.second_text, outcome.third_text)
    assert words == ("The call was lost.", "We call you.", "A new line.")


def test_a_thread_without_terms_names_no_deadline() -> None:
    opened = CorrespondenceOpened(
        ticket_id=FEEDBACK, subject_id=EVE, number="F-1000", channel="page", email="eve@customer.example"
    )
    assert last(OUTCOME, given=(opened,)).about is None


def test_who_left_no_address_gets_no_letter_and_staff_are_told_all_the_same() -> None:
    opened, receipt, review, outcome, undeliverable = told(replace(RECEIVED, email=None), OPENED, OUTCOME)
    assert isinstance(opened, CorrespondenceOpened)
    assert opened.email == ""
    for suppressed in (receipt, outcome):
        assert isinstance(suppressed, LetterSuppressed)
        assert suppressed.reason == "no-address"
    for staff, template in ((review, "complaint-opened"), (undeliverable, "letter-undeliverable")):
        assert isinstance(staff, LetterRequested)
        assert (staff.role, staff.template) == ("support-manager", template)
    assert isinstance(undeliverable, LetterRequested)
    assert undeliverable.about == {"letter": "complaint-outcome", "reason": "they left no address"}


def test_words_go_to_the_support_manager_and_those_on_a_complaint_to_its_reviewer() -> None:
    assert last(RECEIVED, WORDS).role == "support-manager"
    assert last(RECEIVED, OPENED, WORDS).role == "vp"
    named = replace(NAMED, reviewer="support-manager")
    assert last(RECEIVED, OPENED, named, WORDS).role == "support-manager"
    assert last(RECEIVED, OPENED, named, replace(NAMED, reviewer="vp"), WORDS).role == "vp"
    assert last(RECEIVED, OPENED, DISPUTED, WORDS).role == "ceo"
    assert last(RECEIVED, OPENED, PRAISE, WORDS).role == "support-manager"


def test_words_are_their_author_s_in_mails_to_staff_too() -> None:
    mail = last(RECEIVED, OPENED, WORDS)
    assert (mail.text, mail.subject_id, mail.email) == ("It was on Monday.", EVE, None)
    low = last(RECEIVED, rated(1))
    assert (low.text, low.subject_id) == (None, None)


def test_erased_words_are_not_passed_on() -> None:
    suppressed = told(RECEIVED, replace(WORDS, text=ERASED))[-1]
    assert isinstance(suppressed, LetterSuppressed)
    assert suppressed.reason == "erased"


def test_that_a_complaint_is_none_is_told_only_if_it_was_one() -> None:
    assert last(RECEIVED, OPENED, PRAISE).template == "feedback-reclassified"
    assert len(told(RECEIVED, PRAISE)) == len(told(RECEIVED))
    twice = told(RECEIVED, OPENED, PRAISE, replace(PRAISE, kind="criticism"))
    assert len(twice) == len(told(RECEIVED, OPENED, PRAISE))
    again = told(RECEIVED, OPENED, PRAISE, OPENED, PRAISE)
    assert [getattr(one, "template", None) for one in again].count("feedback-reclassified") == 2


def test_without_an_address_too_a_complaint_that_is_none_has_no_reviewer() -> None:
    assert last(replace(RECEIVED, email=None), OPENED, PRAISE, WORDS).role == "support-manager"


def test_without_an_address_too_the_ceo_hears_the_words_during_arbitration() -> None:
    assert last(replace(RECEIVED, email=None), OPENED, DISPUTED, WORDS).role == "ceo"


def test_what_happens_to_tickets_has_no_part_in_what_is_said_of_feedback() -> None:
    every = (UPDATE, ASKED, OUTCOME, DISPUTED, DECIDED, REMINDED, judged("update"), CALLED, AFTER_THE_END)
    assert all(
        isinstance(one, CorrespondenceOpened | LetterRequested | ThreadOvertaken) for one in told(RECEIVED, *every)
    )


def test_nobody_is_told_of_feedback_without_a_thread() -> None:
    assert told(OPENED, OUTCOME, WORDS, CALLED) == []


def test_the_same_fact_makes_one_mail() -> None:
    state = reduce(evolve, told(RECEIVED, OPENED), INITIAL)
    words = Notify(
        cause=UUID(int=7), template="feedback-words", to="support-manager", or_reviewer=True, text="A", subject_id=EVE
    )
    [mail] = decide(words, state)
    assert decide(words, evolve(evolve(state, mail), PRAISED)) == []


PRAISED = LetterSuppressed(
    ticket_id=FEEDBACK,
    notification_id=UUID(int=8),
    template="feedback-reclassified",
    cause=UUID(int=9),
    reason="erased",
)


def by(event: Any, *before: Any) -> set[str]:
    """The templates of the mails that a fact overtakes, of those that the facts before asked for."""
    found = told(RECEIVED, OPENED, *before, event)
    templates = {one.notification_id: one.template for one in found if isinstance(one, LetterRequested)}
    overtaken = [one for one in found if isinstance(one, ThreadOvertaken)]
    return {templates[identity] for one in overtaken for identity in one.notifications}


def acknowledged(escalation: str) -> EscalationAcknowledged:
    return EscalationAcknowledged(ticket_id=FEEDBACK, escalation=escalation, rung=0)


ALL = (REMINDED, CALLED, ASKED, UPDATE)


@pytest.mark.parametrize(
    ("event", "before", "gone"),
    [
        (ACKNOWLEDGED, (REMINDED,), {"feedback-reminder"}),
        (replace(ACKNOWLEDGED, noted=True), (REMINDED,), {"feedback-reminder"}),
        (ASKED, (REMINDED,), {"feedback-reminder"}),
        (UPDATE, (REMINDED, CALLED), {"feedback-reminder"}),
        (OUTCOME, (REMINDED,), {"feedback-reminder"}),
        (judged("acknowledgement"), (REMINDED,), {"feedback-reminder"}),
        (judged("update"), (REMINDED,), set()),
        (WITHDRAWN, (ASKED, REMINDED), {"feedback-reminder", "feedback-question"}),
        (DECIDED, (ASKED, REMINDED), {"feedback-reminder", "feedback-question"}),
        (ANSWER, (ASKED,), {"feedback-question"}),
        (WORDS, (ASKED,), set()),
        (acknowledged("review"), (REMINDED, CALLED), {"complaint-call"}),
        (acknowledged("urgent"), (CALLED,), set()),
        (EscalationResolved(ticket_id=FEEDBACK, escalation="review", cause="closed"), (CALLED,), {"complaint-call"}),
        (DISPUTED, (REMINDED, CALLED), set()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_fact_overtakes(event: Any, before: tuple[Any, ...], gone: set[str]) -> None:
    assert by(event, *before) == gone


def test_receipts_updates_outcomes_and_decisions_are_never_overtaken() -> None:
    every = (*ALL, OUTCOME, DISPUTED, DECIDED, WITHDRAWN, ANSWER, judged("acknowledgement"), acknowledged("review"))
    gone = set().union(*(by(event, *every) for event in every))
    assert gone == {"feedback-reminder", "complaint-call", "feedback-question"}
