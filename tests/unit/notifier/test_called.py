"""From escalation by way of sla-timer to the letter: it names the instant that counts, whatever that follows from."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.unit.house import LETTERS, House
from tests.unit.sla_timer.story import OFFICE_TEXT, published

from contracts.envelope import Meta
from contracts.names import shard_of
from contracts.notifications import NotificationRequested
from contracts.tickets import Details
from escalation.domain.commands import AcknowledgeEscalation, RaiseEscalation
from escalation.domain.ladder import DEFAULT, Ladders
from intake.domain import commands as intake
from kit.log.request import CommandRequest, Done
from notifier.domain.streams import thread_stream
from notifier.queries import known_from
from notifier.senders.pending import PendingMail, pending_mail

POLICY = published(OFFICE_TEXT.replace("\n  breach: #", "\n  breach:\n    counts: support #"))
BREACHED_AT = datetime(2026, 7, 13, 20, 50, tzinfo=UTC)
"""A Monday, ten minutes before New York's offices close."""
TICKET, ACCOUNT, ANN = UUID(int=101), UUID(int=102), UUID(int=103)
IN_SUPPORT_HOURS = Ladders({POLICY.version: replace(DEFAULT, counts="support")}, POLICY.version)


async def performed(house: House, service: str, stream: str, command: Any) -> None:
    meta = Meta(actor="somebody", role="engineer")
    request = CommandRequest(
        command_id=UUID(int=len(house.rooms[service].store.tables.commands) + 1),
        stream=stream,
        command=command,
        meta=meta,
    )
    assert isinstance(await house.ask(service, request), Done)


async def opened() -> House:
    house = House(POLICY, BREACHED_AT)
    await performed(
        house,
        "intake",
        f"account-{ACCOUNT}",
        intake.RegisterAccount(account_id=ACCOUNT, by="admin", name="Acme", tier="enlist", calendar=None),
    )
    ticket = intake.TicketRequest(
        ticket_id=TICKET, by="requester", number="P-1", account_id=ACCOUNT, subject_id=ANN,
        channel="portal", severity=1, priority="high", details=Details(),
        title="It stops", description="It stops.", email="ann@acme.example",
    )  # fmt: skip
    await performed(house, "intake", f"ticket-{TICKET}", ticket)
    return house


async def called(house: House, calendar: str, policy: str) -> None:
    breach = RaiseEscalation(
        ticket_id=TICKET,
        escalation="update",
        severity=1,
        breached_at=BREACHED_AT,
        ladders=IN_SUPPORT_HOURS,
        calendar=calendar,
        policy=policy,
    )
    await performed(house, "escalation", f"escalation-{TICKET}-update", breach)


async def call(house: House) -> PendingMail:
    """The first call, as it would be sent now."""
    room = house.rooms["notifier"]
    async with room.store.transaction() as tx:
        thread = await room.core.facts(tx, thread_stream(TICKET))
    requests = [fact.event for fact in thread if isinstance(fact.event, NotificationRequested)]
    first = next(event for event in requests if event.template == "escalation")
    row = room.store.tables.models["next_calls"].get((TICKET, first.cause))
    return replace(pending_mail(thread, first.notification_id), known=known_from(row) if row else None)


def line(pending: PendingMail) -> str:
    body = LETTERS.build(pending.completed_request).get_body(("plain",))
    assert body
    return next(line for line in str(body.get_content()).splitlines() if line.startswith("Next one is called"))


@pytest.mark.parametrize(
    ("calendar", "instant"),
    [
        ("office", "14 July 2026, 13:20:00 UTC"),  # ten minutes today, twenty from nine o'clock tomorrow
        ("nowhere", "13 July 2026, 21:20:00 UTC"),  # no such calendar: elapsed time counts
    ],
)
async def test_a_call_names_the_instant_at_which_the_alarm_will_ring(calendar: str, instant: str) -> None:
    house = await opened()
    await called(house, calendar, POLICY.version)
    pending = await call(house)
    assert line(pending) == f"Next one is called: {instant}"
    assert not pending.in_terms
    timers = house.rooms["sla-timer"].store.tables.timers.values()
    rings = [timer.due_at for timer in timers if "escalation" in timer.stream and timer.shard == shard_of(TICKET)]
    assert pending.known
    assert [pending.known.at] == rings


async def test_whoever_takes_it_on_at_once_ends_the_wait_whether_or_not_the_instant_is_known() -> None:
    house = await opened()
    await called(house, "office", POLICY.version)
    await performed(house, "escalation", f"escalation-{TICKET}-update", AcknowledgeEscalation(by="engineer"))
    pending = replace(await call(house), known=None)
    assert pending.overtaken
    assert pending.pause(0.0) is None


async def test_the_next_rung_s_call_names_the_one_after_that() -> None:
    house = await opened()
    await called(house, "office", POLICY.version)
    await house.until(BREACHED_AT + timedelta(days=1))
    rows = house.rooms["notifier"].store.tables.models["next_calls"].values()
    two_hours = datetime(2026, 7, 14, 14, 50, tzinfo=UTC)
    assert sorted(row["next_at"] for row in rows)[1] == two_hours
