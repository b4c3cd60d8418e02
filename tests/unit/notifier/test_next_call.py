"""A call says when the next one is called: the instant, or the terms where that can't be had in time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import structs
from tests.unit.interleavings import rows_in_every_order
from tests.unit.notifier.test_mail_builder import HEAD
from tests.unit.notifier.test_overtaking import fact
from tests.unit.notifier.test_react import CAUSE, THREE, TICKET, commands, raised
from tests.unit.notifier.test_render import Balanced, said

from contracts.envelope import Recorded
from contracts.escalations import EscalationScheduled
from contracts.later import Later
from contracts.names import ESCALATIONS
from contracts.notifications import NotificationRequested, ThreadOvertaken
from notifier.domain import next_call
from notifier.domain.commands import Notify
from notifier.projection import NEXT_CALLS
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
    return replace(pending_mail(thread, CALL.notification_id), next_at=next_at)


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
    terms = next_call.terms(Later(since=THREE, calendar="office", policy="v1", **later))
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
    assert waited == pytest.approx(next_call.NEXT_CALL_WAIT_SECONDS)
    assert call().pause(3600.0) is None


def test_a_call_that_a_wrong_clock_recorded_in_the_future_is_not_waited_for_any_longer() -> None:
    assert call().pause(-next_call.NEXT_CALL_WAIT_SECONDS) is None
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
    rows = rows_in_every_order(NEXT_CALLS, [scheduled(one, AT, 1), scheduled(other, THREE, 2)])
    instants = {dict(key)["set_by"]: row["next_at"] for key, row in rows.items()}
    assert instants == {one: AT, other: THREE}
