"""Calls and letters about feedback name an instant, or the terms where that can't be had in time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import structs
from tests.unit.interleavings import rows_in_every_order
from tests.unit.notifier.feedback_facts import EVE, FEEDBACK, TERMS
from tests.unit.notifier.test_mail_builder import HEAD
from tests.unit.notifier.test_overtaking import fact
from tests.unit.notifier.test_react import CAUSE, THREE, TICKET, commands, raised
from tests.unit.notifier.test_render import Balanced, said

from contracts.envelope import Recorded
from contracts.escalations import EscalationScheduled
from contracts.feedback import Deadline, DeadlineScheduled
from contracts.later import Later
from contracts.names import ESCALATIONS
from contracts.names import FEEDBACK as FEEDBACK_TOPIC
from contracts.notifications import LetterRequested, NotificationRequested, Requested, ThreadOvertaken
from notifier.domain import next_instant
from notifier.domain.commands import Notify
from notifier.domain.next_instant import Known
from notifier.projection import NEXT_INSTANTS
from notifier.senders.pending import PendingMail, pending_mail

OFFICE = Later(since=THREE, calendar="office", policy="v1", support_time=timedelta(hours=4))
ABOUT = {
    "severity": "1",
    "breached_at": "2026-07-13T15:00:00Z",
    "rung": "2",
    "next_in": "PT14400S",
    "next_counts": "support-time",
    "next_calendar": "office",
}
CALL = NotificationRequested(
    ticket_id=TICKET,
    notification_id=UUID(int=40),
    template="escalation",
    cause=CAUSE,
    number="P-1042",
    automatic="generated",
    role="vp",
    about=ABOUT,
)
AT = datetime(2026, 7, 14, 14, 30, tzinfo=UTC)


def text(pending: PendingMail) -> str:
    part = HEAD.build(pending.completed_request).get_body(("plain",))
    assert part
    return str(part.get_content())


def call(next_at: datetime | None = None, *events: Any) -> PendingMail:
    """The call, and what the thread has said since."""
    thread = [fact(CALL), *map(fact, events)]
    return replace(pending_mail(thread, CALL.notification_id), known=Known(next_at) if next_at else None)


def heard_at_once() -> PendingMail:
    """A call that was requested with the instant beside the terms."""
    return PendingMail(fact(replace(CALL, about=ABOUT | {"next_at": "2026-07-14T14:30:00Z"})))


def test_a_call_of_a_ladder_in_support_hours_says_in_which_terms_the_next_one_is_called() -> None:
    assert commands(replace(raised(None), next_in=OFFICE)) == [
        Notify(cause=CAUSE, template="escalation", to="vp", about=ABOUT)
    ]


@pytest.mark.parametrize(
    ("later", "words"),
    [
        ({"support_time": timedelta(hours=4)}, "4 h of support time after the breach"),
        ({"support_time": timedelta(minutes=90)}, "1 h 30 min of support time after the breach"),
        ({"support_time": timedelta(seconds=61.5)}, "1 min 1.5 s of support time after the breach"),
        ({"support_time": timedelta()}, "0 s of support time after the breach"),
        ({"support_time": timedelta(hours=100)}, "100 h of support time after the breach"),
        ({"working_days": 2}, "2 working days after the breach"),
        ({"working_days": 1}, "1 working day after the breach"),
        ({"days": 7}, "7 days after the breach, or at the next opening then"),
    ],
)
def test_a_letter_without_the_instant_says_the_terms(later: dict[str, Any], words: str) -> None:
    terms = next_instant.terms(Later(since=THREE, calendar="office", policy="v1", **later))
    letter = said("escalation", about={"severity": "1", "breached_at": "2026-07-13T15:00:00Z"} | terms)
    assert f"Next one is called: {words}, by the calendar office\n" in letter.text
    assert f"{words}, by the calendar office" in Balanced(letter.html).text


def test_a_letter_names_the_instant_as_those_of_other_ladders_do() -> None:
    letter = text(call(AT))
    assert "Next one is called: 14 July 2026, 14:30:00 UTC\n" in letter
    assert "support time" not in letter
    assert letter == text(PendingMail(fact(replace(CALL, about=ELAPSED | {"next_at": "2026-07-14T14:30:00Z"}))))


ELAPSED = {name: value for name, value in ABOUT.items() if not name.startswith("next_")}


def test_a_call_asks_again_after_as_long_as_it_has_waited_and_leaves_in_time() -> None:
    asked_at, waited = [], 0.0
    while (pause := call().pause(waited)) is not None:
        asked_at.append(round(waited, 3))
        waited += pause
    assert asked_at == [0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]
    assert waited == pytest.approx(next_instant.WAIT_SECONDS)
    assert call().pause(3600.0) is None


def test_a_call_that_a_wrong_clock_recorded_in_the_future_is_not_waited_for_any_longer() -> None:
    assert call().pause(-next_instant.WAIT_SECONDS) is None
    assert call().pause(-3600.0) is None
    assert call().pause(-1.0) == 1.0


def test_a_call_that_has_its_instant_waits_for_nothing() -> None:
    assert call(AT).pause(0.0) is None
    assert heard_at_once().pause(0.0) is None


def test_what_is_no_call_with_terms_waits_for_nothing() -> None:
    for about in (None, {"percent": "50"}, ELAPSED):
        one = replace(CALL, about=about)
        assert pending_mail([fact(one)], CALL.notification_id).pause(0.0) is None


def test_a_call_that_is_overtaken_waits_for_nothing() -> None:
    gone = ThreadOvertaken(ticket_id=TICKET, cause=uuid4(), notifications=(CALL.notification_id,))
    assert call(None, gone).pause(0.0) is None


def test_a_call_may_leave_in_terms_only_while_its_instant_is_unknown() -> None:
    assert call().in_terms
    assert not call(AT).in_terms
    assert not heard_at_once().in_terms


def scheduled(set_by: UUID, at: datetime, seq: int) -> Recorded[Any]:
    event = EscalationScheduled(ticket_id=TICKET, escalation="response", rung=0, next_at=at, set_by=set_by)
    return structs.replace(fact(event), topic=ESCALATIONS, shard_seq=seq, stream=f"escalation-{TICKET}-response")


def test_the_instants_of_the_next_calls_are_kept_by_the_call_that_they_belong_to() -> None:
    one, other = UUID(int=51), UUID(int=52)
    rows = rows_in_every_order(NEXT_INSTANTS, [scheduled(one, AT, 1), scheduled(other, THREE, 2)])
    instants = {dict(key)["set_by"]: row["next_at"] for key, row in rows.items()}
    assert instants == {one: AT, other: THREE}


RECEIPT = LetterRequested(
    ticket_id=FEEDBACK,
    notification_id=UUID(int=41),
    template="feedback-received",
    cause=CAUSE,
    number="F-1000",
    automatic="replied",
    subject_id=EVE,
    email="eve@customer.example",
    about=next_instant.deadline_terms("acknowledgement", TERMS) | {"zone": "Europe/Berlin"},
)
OUTCOME = replace(
    RECEIPT,
    template="complaint-outcome",
    text="The call was lost.",
    about=next_instant.deadline_terms("silence", TERMS),
)


VP_CALLED = LetterRequested(
    ticket_id=FEEDBACK,
    notification_id=UUID(int=42),
    template="complaint-call",
    cause=CAUSE,
    number="F-1000",
    automatic="generated",
    role="vp",
    about={"escalation": "review", "reason": "review", "turn": "0", "since": "2026-07-13T15:00:00Z"}
    | next_instant.terms(Later(since=THREE, calendar="weekdays", policy="v1", working_days=1)),
)


@pytest.mark.parametrize(
    ("letter", "terms", "instant"),
    [
        (VP_CALLED, "called again: 1 working day later", "called again: 14 July 2026, 14:30:00 UTC"),
        (RECEIPT, "write to you within 2 working days.", "before Tuesday, 14 July 2026, 16:30 your time."),
        (OUTCOME, "hear from you within 28 days,", "before Tuesday, 14 July 2026, 14:30 (UTC),"),
    ],
    ids=["call", "receipt", "outcome"],
)
def test_a_mail_about_feedback_waits_for_its_instant_and_leaves_in_terms_without_it(
    letter: Requested, terms: str, instant: str
) -> None:
    pending = pending_mail([fact(letter)], letter.notification_id)
    assert pending.in_terms
    assert pending.pause(0.0) == next_instant.POLL_SECONDS
    assert pending.pause(next_instant.WAIT_SECONDS) is None
    assert terms in " ".join(text(pending).split())
    known = replace(pending, known=Known(AT))
    assert known.pause(0.0) is None
    assert instant in " ".join(text(known).split())


def deadline(name: Deadline, set_by: UUID, seq: int) -> Recorded[Any]:
    event = DeadlineScheduled(
        feedback_id=FEEDBACK, number="F-1000", deadline=name, alarm=f"{name}-1", due_at=AT, set_by=set_by
    )
    return structs.replace(fact(event), topic=FEEDBACK_TOPIC, shard_seq=seq, stream=f"feedback-{FEEDBACK}")


def test_the_instants_of_deadlines_are_kept_by_the_event_that_set_them_if_a_letter_names_them() -> None:
    names: tuple[Deadline, ...] = ("acknowledgement", "update", "urgent", "silence", "marking")
    facts = [deadline(name, UUID(int=60 + n), n) for n, name in enumerate(names)]
    rows = rows_in_every_order(NEXT_INSTANTS, facts)
    kept = {dict(key)["set_by"]: (dict(key)["ticket_id"], row["next_at"]) for key, row in rows.items()}
    assert kept == {UUID(int=60 + n): (FEEDBACK, AT) for n in (0, 2, 3)}
