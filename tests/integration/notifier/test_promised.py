"""The receipt waits a moment for sla-timer to say by when an answer is promised, and leaves without that otherwise."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import httpx2
import pytest
from tests.desk import eventually
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer, text_of
from tests.integration.teller import Teller

from contracts.causes import Cause
from contracts.names import TICKETS
from contracts.sla import ClockStarted, ClockUnowed, Metric, Versions
from contracts.tickets import Details, InformationCompleted, TicketOpened

DUE = datetime(2099, 7, 13, 13, tzinfo=UTC)
PROMISED = "We promise that one of our engineers will answer by Monday, 13 July 2099, 15:00 your time."
LONG_WAIT_SECONDS = 60.0
COMPLETE = Details(product="Desk", product_version="1", os="Linux", os_version="6")


def started(opened: TicketOpened, metric: Metric = "response", due_at: datetime = DUE) -> ClockStarted:
    return ClockStarted(
        ticket_id=opened.ticket_id,
        metric=metric,
        severity=1,
        tier="patrol",
        calendar="always",
        received_at=DUE - timedelta(hours=1),
        started_at=DUE - timedelta(hours=1),
        target=timedelta(hours=1),
        due_at=due_at,
        warnings=(),
        versions=Versions(policy="p", calendar="c", tzdata="t"),
    )


def unowed(opened: TicketOpened) -> ClockUnowed:
    return ClockUnowed(
        ticket_id=opened.ticket_id,
        metric="response",
        severity=4,
        tier="patrol",
        calendar="always",
        received_at=DUE,
        started_at=DUE,
        counted_from=DUE,
        consumed=timedelta(),
        versions=Versions(policy="p", calendar="c", tzdata="t"),
    )


def because(cause: UUID) -> Cause:
    return Cause(TICKETS, str(cause))


def words(mail: EmailMessage) -> str:
    return " ".join(text_of(mail).split())


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifier.domain.next_instant.WAIT_SECONDS", LONG_WAIT_SECONDS)


async def test_the_receipt_names_the_instant_that_its_request_started_the_clock_for(
    client: httpx2.AsyncClient, intake: Teller, sla_timer: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens(zone="Europe/Berlin")
    (asked,) = await intake.tell(opened)
    await listed(client, opened.ticket_id, "requested")
    await sla_timer.tell(started(opened, "resolution", DUE + timedelta(days=1)), cause=because(asked.event_id))
    await sla_timer.tell(started(opened), cause=because(asked.event_id))
    (sent,) = await listed(client, opened.ticket_id, "sent")
    (receipt,) = server.to(ann.email)
    assert PROMISED in words(receipt)
    about = (await client.get(f"/v1/notifications/{sent['notification_id']}")).json()["about"]
    assert (about["next_at"], about["promise"]) == ("2099-07-13T13:00:00Z", "response")


async def test_where_nothing_is_owed_the_receipt_says_so(
    client: httpx2.AsyncClient, intake: Teller, sla_timer: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens()
    (asked,) = await intake.tell(opened)
    await sla_timer.tell(unowed(opened), cause=because(asked.event_id))
    await listed(client, opened.ticket_id, "sent")
    (receipt,) = server.to(ann.email)
    assert "no time is promised" in words(receipt)


async def test_without_sla_timer_the_receipt_leaves_and_says_the_same_at_every_try(
    client: httpx2.AsyncClient,
    intake: Teller,
    sla_timer: Teller,
    server: MailServer,
    ann: Requester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("notifier.domain.next_instant.WAIT_SECONDS", 0.3)
    server.hang_up_on.add(ann.email)
    opened = ann.opens()
    (asked,) = await intake.tell(opened)

    async def taken() -> bool:
        return len(server.to(ann.email)) == 1

    await eventually(taken)
    await sla_timer.tell(started(opened), cause=because(asked.event_id))
    await listed(client, opened.ticket_id, "sent")
    first, second = server.to(ann.email)
    assert "One of our engineers will look into it." in words(first)
    assert first.as_bytes() == second.as_bytes()


async def test_whoever_gives_what_was_missing_hears_by_when_an_answer_is_promised(
    client: httpx2.AsyncClient, intake: Teller, sla_timer: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens(missing=("os",), zone="Europe/Berlin")
    given = InformationCompleted(
        ticket_id=opened.ticket_id,
        subject_id=opened.subject_id,
        severity=1,
        tier="patrol",
        calendar=None,
        details=COMPLETE,
    )
    _, completed = await intake.tell(opened, given)
    await sla_timer.tell(started(opened), cause=because(completed.event_id))
    await listed(client, opened.ticket_id, "sent", 2)
    receipt, thanks = server.to(ann.email)
    assert "begins when we have all of it" in words(receipt)
    assert f"We now have all we need about {opened.number}. {PROMISED}" in words(thanks)
    assert thanks["Subject"] == receipt["Subject"]
    assert thanks["Auto-Submitted"] == "auto-generated"


def test_dates_are_as_the_mail_names_them() -> None:
    """So that the expected words are right by the calendar."""
    assert f"{DUE:%A, %d %B %Y}" in PROMISED
