"""Calls of a ladder in support hours: they wait a moment for the instant of the next one, and for nothing longer."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.desk import eventually
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer, text_of
from tests.integration.teller import Teller

from contracts.escalations import EscalationAcknowledged, EscalationRaised, EscalationScheduled
from contracts.later import Later
from contracts.tickets import TicketOpened
from notifier.senders.outbox import Outbox

BREACHED_AT = datetime(2026, 7, 13, 21, tzinfo=UTC)
NEXT_AT = datetime(2026, 7, 14, 16, tzinfo=UTC)
OFFICE = Later(since=BREACHED_AT, calendar="office", policy="v1", support_time=timedelta(hours=3))
INSTANT = "Next one is called: 14 July 2026, 16:00:00 UTC"
TERMS = "Next one is called: 3 h of support time after the breach, by the calendar office"
LONG_WAIT_SECONDS = 60.0


def call(opened: TicketOpened) -> EscalationRaised:
    """Of an update, so that nothing has to be heard from sla-timer before."""
    return EscalationRaised(
        ticket_id=opened.ticket_id,
        escalation="update",
        cause="breach",
        severity=1,
        breached_at=BREACHED_AT,
        rung=0,
        role="vp",
        next_at=None,
        next_in=OFFICE,
        calendar="office",
        policy="v1",
    )


def scheduled(opened: TicketOpened, set_by: UUID) -> EscalationScheduled:
    return EscalationScheduled(ticket_id=opened.ticket_id, escalation="update", rung=0, next_at=NEXT_AT, set_by=set_by)


def patience(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("notifier.domain.next_instant.WAIT_SECONDS", seconds)


@pytest.fixture
async def opened(client: httpx2.AsyncClient, intake: Teller, ann: Requester) -> TicketOpened:
    """A ticket whose receipt was sent."""
    ticket = ann.opens()
    await intake.tell(ticket)
    await listed(client, ticket.ticket_id, "sent")
    return ticket


def calls(server: MailServer, opened: TicketOpened) -> list[EmailMessage]:
    return [mail for mail in server.mails if mail["Subject"].startswith(f"[{opened.number}] Escalated to you")]


async def about(client: httpx2.AsyncClient, opened: TicketOpened) -> dict[str, Any]:
    """What notifier's page says of the call."""
    (one,) = (one for one in await listed(client, opened.ticket_id, None, 2) if one["template"] == "escalation")
    said = (await client.get(f"/v1/notifications/{one['notification_id']}")).json()
    assert isinstance(said["about"], dict)
    return said["about"]


async def test_a_call_waits_for_the_instant_of_the_next_one_and_names_it(
    client: httpx2.AsyncClient,
    escalation: Teller,
    server: MailServer,
    opened: TicketOpened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience(monkeypatch, LONG_WAIT_SECONDS)
    (raised,) = await escalation.tell(call(opened))
    assert "next_at" not in await about(client, opened)
    await listed(client, opened.ticket_id, "requested")
    await escalation.tell(scheduled(opened, uuid4()), scheduled(opened, raised.event_id))
    await listed(client, opened.ticket_id, "sent", 2)
    (mail,) = calls(server, opened)
    assert INSTANT in text_of(mail)
    assert (await about(client, opened))["next_at"] == "2026-07-14T16:00:00Z"


async def test_without_sla_timer_a_call_leaves_in_terms_once(
    client: httpx2.AsyncClient,
    escalation: Teller,
    server: MailServer,
    opened: TicketOpened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience(monkeypatch, 0.5)
    (raised,) = await escalation.tell(call(opened))
    await listed(client, opened.ticket_id, "sent", 2)
    await escalation.tell(scheduled(opened, raised.event_id))
    await escalation.tell(call(opened))  # another, which comes behind it
    await listed(client, opened.ticket_id, "sent", 3)
    first, _ = calls(server, opened)
    assert TERMS in text_of(first)


async def test_what_is_taken_on_while_a_call_waits_calls_nobody(
    client: httpx2.AsyncClient,
    escalation: Teller,
    server: MailServer,
    opened: TicketOpened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience(monkeypatch, LONG_WAIT_SECONDS)
    (raised,) = await escalation.tell(call(opened))
    await listed(client, opened.ticket_id, "requested")
    taken_on = EscalationAcknowledged(ticket_id=opened.ticket_id, escalation="update", rung=0)
    await escalation.tell(taken_on, scheduled(opened, raised.event_id))
    (gone,) = await listed(client, opened.ticket_id, "suppressed")
    assert (gone["template"], gone["reason"]) == ("escalation", "overtaken")
    assert calls(server, opened) == []


async def test_a_call_that_the_server_may_have_in_terms_says_the_same_again(
    client: httpx2.AsyncClient,
    escalation: Teller,
    server: MailServer,
    opened: TicketOpened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience(monkeypatch, 0.5)
    server.hang_up_on.add("vp@desk.punctual.local")
    (raised,) = await escalation.tell(call(opened))

    async def taken() -> bool:
        return len(calls(server, opened)) == 1

    await eventually(taken)
    await escalation.tell(scheduled(opened, raised.event_id))
    await listed(client, opened.ticket_id, "sent", 2)
    first, second = calls(server, opened)
    assert TERMS in text_of(first)
    assert first.as_bytes() == second.as_bytes()


@pytest.mark.parametrize("trouble", ["away", "deferring"])
async def test_a_call_that_the_server_did_not_take_in_terms_names_the_instant_once_it_is_known(
    client: httpx2.AsyncClient,
    escalation: Teller,
    server: MailServer,
    opened: TicketOpened,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    patience(monkeypatch, 0.3)
    monkeypatch.setattr("notifier.senders.mail.MAX_PAUSE_SECONDS", 0.5)
    refused = await _trouble(server, monkeypatch, trouble)
    try:
        (raised,) = await escalation.tell(call(opened))
        await eventually(refused)
        await escalation.tell(scheduled(opened, raised.event_id))

        async def known() -> bool:
            return "next_at" in await about(client, opened)

        await eventually(known)
    finally:
        server.refuse = lambda recipient: None
        if trouble == "away":
            await server.up()
    await listed(client, opened.ticket_id, "sent", 2)
    (mail,) = calls(server, opened)
    assert INSTANT in text_of(mail)


async def _trouble(server: MailServer, monkeypatch: pytest.MonkeyPatch, trouble: str) -> Any:
    """Have the server take no call; whether one was offered to it meanwhile."""
    offered: list[str] = []
    if trouble == "deferring":

        def defer(recipient: str) -> str | None:
            offered.append(recipient)
            return "451 4.7.1 later"

        server.refuse = defer
    else:
        leave = Outbox.leave_in_terms

        async def noted(outbox: Outbox, waiting: Any) -> None:
            offered.append(waiting.template)
            await leave(outbox, waiting)

        monkeypatch.setattr(Outbox, "leave_in_terms", noted)
        await server.down()

    async def refused() -> bool:
        return bool(offered)

    return refused
