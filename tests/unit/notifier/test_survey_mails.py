"""The mails of surveys (P16): who is asked, reminded and no longer, and that reminders to one person are one mail."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from tests.unit.notifier.feedback_facts import TERMS
from tests.unit.notifier.test_mail_builder import HEAD, SECRET, request
from tests.unit.notifier.test_overtaking import fact
from tests.unit.notifier.test_thread import ADA, OPENED, RECEIPT, TICKET, opening

from contracts.feedback import FeedbackReceived, SurveyAnswered, SurveyIssued, SurveyOvertaken, SurveyReminderDue
from contracts.links import SurveyLink
from contracts.notifications import (
    LetterRequested,
    LetterSuppressed,
    NotificationEvent,
    NotificationRequested,
    SuppressedFor,
    ThreadOvertaken,
)
from contracts.tickets import Reopened
from kit.signed import links
from notifier.domain import INITIAL, decide, evolve
from notifier.domain.commands import Overtake, Suppress
from notifier.domain.gathering import WAIT_SECONDS
from notifier.domain.state import Answered, Unsent
from notifier.domain.streams import thread_stream
from notifier.projection import project
from notifier.react import react
from notifier.senders.pending import PendingMail, pending_mail

SURVEY, OTHER = UUID(int=301), UUID(int=302)
UNTIL = datetime(2026, 10, 11, 15, tzinfo=UTC)
ISSUED = SurveyIssued(
    ticket_id=TICKET,
    survey_id=SURVEY,
    account_id=TICKET,
    subject_id=ADA,
    number="P-1042",
    closing=1,
    answer_until=UNTIL,
)
DUE = SurveyReminderDue(
    ticket_id=TICKET, survey_id=SURVEY, subject_id=ADA, number="P-1042", closing=1, answer_until=UNTIL
)
ANSWERED = SurveyAnswered(ticket_id=TICKET, survey_id=SURVEY, subject_id=ADA, rating=3)
OVERTAKEN = SurveyOvertaken(ticket_id=TICKET, survey_id=SURVEY, cause="reopened")
REOPENED = Reopened(ticket_id=TICKET, subject_id=ADA, reason="It is back.", closing=1)
COMPLAINT = FeedbackReceived(
    feedback_id=UUID(int=303),
    number="F-1000",
    channel="portal",
    account_id=TICKET,
    subject_id=UUID(int=303),
    text="Three days without a word.",
    terms=TERMS,
    proposed="complaint",
    about=TICKET,
)


def told(*events: Any) -> list[Any]:
    """What is on the ticket's thread after these facts."""
    thread: list[Any] = [OPENED, RECEIPT]
    for n, event in enumerate(events):
        for stream, command in react(replaced(fact(event), n)):
            if stream == thread_stream(TICKET):
                thread += decide(command, reduce(evolve, thread, INITIAL))
    return thread[2:]


def replaced(one: Any, n: int) -> Any:
    """The fact with an id of its own."""
    return type(one)(**{name: getattr(one, name) for name in one.__struct_fields__} | {"event_id": UUID(int=400 + n)})


def test_the_requester_is_asked_and_the_request_says_until_when() -> None:
    (asked,) = told(ISSUED)
    assert isinstance(asked, NotificationRequested)
    assert asked.template == "survey"
    assert asked.about == {"survey_id": str(SURVEY), "closing": "1", "answer_until": "2026-10-11T15:00:00Z"}
    (earlier,) = told(replace(ISSUED, answer_until=None))
    assert earlier.about == {"survey_id": str(SURVEY), "closing": "1"}


def test_a_machine_is_not_asked_by_mail_and_that_is_on_record() -> None:
    (withheld,) = told(replace(ISSUED, machine=True))
    assert isinstance(withheld, LetterSuppressed)
    assert (withheld.template, withheld.reason) == ("survey", "machine")
    before: list[NotificationEvent] = [OPENED, RECEIPT]
    assert isinstance(reduce(evolve, [*before, withheld], INITIAL), Answered)


def test_who_has_not_answered_is_reminded_under_the_same_terms() -> None:
    asked, reminder = told(ISSUED, DUE)
    assert isinstance(reminder, LetterRequested)
    assert (reminder.template, reminder.automatic, reminder.email) == ("survey-reminder", "generated", asked.email)
    assert reminder.about == asked.about


@pytest.mark.parametrize(
    ("event", "gone"),
    [
        (ANSWERED, {"survey-reminder"}),
        (replace(ANSWERED, survey_id=OTHER), set()),
        (OVERTAKEN, {"survey", "survey-reminder"}),
        (replace(OVERTAKEN, survey_id=OTHER), set()),
        (REOPENED, {"survey", "survey-reminder"}),
        (COMPLAINT, {"survey-reminder"}),
        (replace(COMPLAINT, proposed="criticism"), set()),
        (replace(COMPLAINT, about=None), set()),
    ],
)
def test_a_reminder_is_overtaken_by_answer_reopening_and_complaint(event: Any, gone: set[str]) -> None:
    asked, reminder, *after = told(ISSUED, DUE, event)
    names = {asked.notification_id: "survey", reminder.notification_id: "survey-reminder"}
    found = [each for one in after if isinstance(one, ThreadOvertaken) for each in one.notifications]
    assert {names[each] for each in found} == gone


def test_a_complaint_about_a_ticket_overtakes_on_that_ticket_s_thread() -> None:
    streams = [stream for stream, command in react(fact(COMPLAINT)) if isinstance(command, Overtake)]
    assert streams == [thread_stream(TICKET)]
    assert decide(Overtake(cause=ADA, templates=frozenset({"survey-reminder"})), INITIAL) == []


def test_a_mail_may_find_when_it_is_sent_that_it_asks_staff_or_was_never_delivered() -> None:
    reasons: tuple[SuppressedFor, ...] = ("staff", "undelivered")
    for reason in reasons:
        suppress = Suppress(
            ticket_id=TICKET,
            notification_id=SURVEY,
            template="survey",
            cause=ADA,
            reason=reason,
        )
        (suppressed,) = decide(suppress, INITIAL)
        assert isinstance(suppressed, LetterSuppressed)
        assert suppressed.reason == reason
        assert evolve(INITIAL, suppressed) == Unsent()


def test_a_survey_asks_no_address_of_the_vendor_s_own() -> None:
    about = {"survey_id": str(SURVEY), "closing": "1"}
    for template in ("survey", "survey-reminder"):
        for email, staff in (("Eva@Staff.example", True), ("eva@staff.example.org", False), (None, False)):
            assert HEAD.asks_staff(request(template=template, about=about, email=email).event) == staff
    assert not HEAD.asks_staff(request(template="message", email="eva@staff.example").event)


def pending(*events: Any) -> PendingMail:
    """The last mail of the thread."""
    thread = [replaced(fact(event), n) for n, event in enumerate(told(*events))]
    return pending_mail(thread, thread[-1].event.notification_id)


def test_a_reminder_knows_the_mail_that_it_reminds_of() -> None:
    again = replace(ISSUED, survey_id=OTHER, closing=2)
    asked, other, _ = told(ISSUED, again, DUE)
    assert pending(ISSUED, again, DUE).asked == asked.notification_id
    assert pending(again, DUE).asked is None
    assert pending(ISSUED).asked is None
    assert other.notification_id != asked.notification_id


def test_a_reminder_waits_a_moment_for_others_to_the_same_person() -> None:
    reminder = pending(ISSUED, DUE)
    assert reminder.pause(1.0) == WAIT_SECONDS - 1
    assert reminder.pause(-1.0) == WAIT_SECONDS - 1
    assert reminder.pause(WAIT_SECONDS) is None
    assert replace(reminder, overtaken=True).pause(0.0) is None
    assert pending(ISSUED).pause(0.0) is None


def test_reminders_have_a_lane_for_each_person_and_other_mails_for_each_ticket() -> None:
    asked, reminder = told(ISSUED, DUE)
    lanes = []
    for event in (asked, reminder):
        (put,) = project(replaced(fact(event), 0), INITIAL, evolve(INITIAL, OPENED))
        lanes.append(put.values["lane"])
    assert lanes == [f"{TICKET}/requester", f"{ADA}/survey-reminder"]


def words(mail: Any) -> str:
    part = mail.get_body(("plain",))
    assert part
    return " ".join(str(part.get_content()).split())


def reminding(number: str, survey: UUID, ticket: UUID = TICKET) -> Any:
    about = {"survey_id": str(survey), "closing": "2", "answer_until": "2026-10-11T15:00:00Z"}
    return request(
        template="survey-reminder", number=number, ticket_id=ticket, automatic="generated", text=None, about=about
    )


def tokens(text: str) -> list[str]:
    base = "https://feedback.example/s/"
    found = (word.removeprefix(base).partition("?")[0] for word in text.split() if word.startswith(base))
    return list(dict.fromkeys(found))


def test_a_reminder_has_the_link_and_says_that_it_is_the_only_one() -> None:
    mail = HEAD.build(reminding("P-1042", SURVEY))
    assert mail["Subject"] == "[P-1042] How was our support?"
    assert mail["From"] == "Support <support@desk.example>"
    assert "for your request P-1042" in words(mail)
    assert "We won't remind you again." in words(mail)
    (token,) = tokens(words(mail))
    claims = links.read(SECRET, SurveyLink.purpose, token, now=UNTIL - timedelta(seconds=1))
    assert SurveyLink.of(claims) == SurveyLink(ticket_id=TICKET, survey_id=SURVEY, closing=2)
    with pytest.raises(links.LinkExpired):
        links.read(SECRET, SurveyLink.purpose, token, now=UNTIL)


def test_one_mail_reminds_of_several_surveys_with_a_link_to_each() -> None:
    first, second = reminding("P-1042", SURVEY), reminding("P-1043", OTHER, UUID(int=305))
    mail = HEAD.build(first, second)
    assert mail.as_bytes() == HEAD.build(first, second).as_bytes()
    assert mail["Message-ID"] == HEAD.build(first)["Message-ID"]
    text = words(mail)
    assert text.index("request P-1042:") < text.index("request P-1043:")
    assert [
        SurveyLink.of(links.read(SECRET, SurveyLink.purpose, token, now=UNTIL - timedelta(days=1))).survey_id
        for token in tokens(text)
    ] == [SURVEY, OTHER]
    html = mail.get_body(("html",))
    assert html
    assert all(token in html.get_content() for token in tokens(text))


def test_the_thread_of_imported_history_reminds_nobody() -> None:
    for _, command in react(fact(DUE)):
        assert decide(command, INITIAL) == []
    assert decide(opening(), INITIAL)
