"""The ladder, from breach to acknowledgement, against the real broker and database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.desk import TestDesk, eventually
from tests.integration.teller import Teller

from contracts.later import Later
from contracts.names import shard_of
from contracts.sla import AlarmRang, AlarmSet, BreachRetracted, PolicyPublished, SlaBreached, Versions
from contracts.tickets import InitialResponseGiven

BREACHED_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
RUNGS = [{"role": "engineer", "after": 0}, {"role": "support-manager", "after": 1800}]
VERSIONS = Versions(policy="p", calendar="c", tzdata="t")


def breach(ticket_id: UUID) -> SlaBreached:
    return SlaBreached(
        ticket_id=ticket_id,
        metric="response",
        cause="deadline",
        evidence="settled",
        severity=1,
        due_at=BREACHED_AT,
        breached_at=BREACHED_AT,
        versions=VERSIONS,
    )


def alarm(ticket_id: UUID, rung: int, minutes: int) -> AlarmRang:
    due_at = BREACHED_AT + timedelta(minutes=minutes)
    return AlarmRang(ticket_id=ticket_id, alarm=f"escalation-response-{rung}", due_at=due_at)


def retraction(ticket_id: UUID) -> BreachRetracted:
    return BreachRetracted(
        ticket_id=ticket_id,
        metric="response",
        cause="answered-in-time",
        breached_at=BREACHED_AT,
        versions=VERSIONS,
    )


def response(ticket_id: UUID) -> InitialResponseGiven:
    return InitialResponseGiven(
        ticket_id=ticket_id,
        subject_id=uuid4(),
        message_id=uuid4(),
        severity=1,
        tier="patrol",
        calendar=None,
        waiting=False,
        states="plan",
        body="We found it.",
    )


async def shows(client: httpx2.AsyncClient, ticket_id: UUID, **wanted: Any) -> dict[str, Any]:
    """The escalation, once it looks like this."""

    async def look() -> dict[str, Any]:
        answer = await client.get(f"/v1/escalations/{ticket_id}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        assert {name: body[name] for name in wanted} == wanted
        return body

    found = await eventually(look)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def client(escalation: TestDesk) -> httpx2.AsyncClient:
    return escalation.client("escalation")


async def test_a_breach_calls_the_engineer_and_alarms_call_the_next(
    client: httpx2.AsyncClient, sla_timer: Teller
) -> None:
    ticket = uuid4()
    await sla_timer.tell(breach(ticket))
    called = await shows(client, ticket, status="open", rung=0, role="engineer")
    assert called["next_at"] == "2026-11-23T12:30:00Z"
    await sla_timer.tell(alarm(ticket, 1, 30))
    called = await shows(client, ticket, status="open", rung=1, role="support-manager")
    answer = await client.get(f"/v1/escalations/{ticket}")
    assert answer.headers["ETag"].startswith('"2')
    assert [call["role"] for call in called["calls"]] == ["engineer", "support-manager"]


async def test_an_acknowledgement_stops_the_ladder(client: httpx2.AsyncClient, sla_timer: Teller) -> None:
    ticket = uuid4()
    await sla_timer.tell(breach(ticket))
    await shows(client, ticket, status="open")
    key = {"Idempotency-Key": str(uuid4())}
    answer = await client.post(f"/v1/escalations/{ticket}/acknowledgement", headers=key)
    assert (answer.status_code, answer.json()["status"]) == (200, "acknowledged"), answer.text
    again = await client.post(f"/v1/escalations/{ticket}/acknowledgement", headers=key)
    assert again.json() == answer.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    await sla_timer.tell(alarm(ticket, 1, 30))
    await shows(client, ticket, status="acknowledged", next_at=None, acknowledged_by="a-engineer")
    await sla_timer.tell(retraction(ticket))  # on the same topic as the alarm: once this is known, the alarm is too
    seen = await shows(client, ticket, status="resolved", rung=0)
    assert len(seen["calls"]) == 1


async def test_the_last_rung_exhausts_the_ladder_and_can_still_be_acknowledged(
    client: httpx2.AsyncClient, sla_timer: Teller
) -> None:
    ticket = uuid4()
    await sla_timer.tell(breach(ticket))
    for rung, minutes in ((1, 30), (2, 120), (3, 480)):
        await sla_timer.tell(alarm(ticket, rung, minutes))
    await shows(client, ticket, status="exhausted", rung=3, role="ceo", next_at=None)
    listed = (await client.get("/v1/escalations", params={"status": "exhausted"})).json()["items"]
    assert str(ticket) in [item["ticket_id"] for item in listed]
    assert (await client.post(f"/v1/escalations/{ticket}/acknowledgement")).status_code == 200
    await shows(client, ticket, status="acknowledged")


async def test_an_answer_and_a_retraction_resolve_it(
    client: httpx2.AsyncClient, intake: Teller, sla_timer: Teller
) -> None:
    answered, retracted = uuid4(), uuid4()
    await sla_timer.tell(breach(answered))
    await sla_timer.tell(breach(retracted))
    await shows(client, answered, status="open")
    await intake.tell(response(answered))
    await shows(client, answered, status="resolved", cause="answered")
    await sla_timer.tell(retraction(retracted))
    await shows(client, retracted, status="resolved", cause="retracted")
    await sla_timer.tell(breach(retracted))
    await shows(client, retracted, status="open", cause=None, resolved_at=None)


async def test_lists_come_in_pages_that_neither_overlap_nor_leave_out(
    client: httpx2.AsyncClient, sla_timer: Teller
) -> None:
    tickets = [uuid4() for _ in range(5)]
    for ticket in tickets:
        await sla_timer.tell(breach(ticket))
    for ticket in tickets:
        await shows(client, ticket, status="open")
    seen: list[str] = []
    url: str | None = "/v1/escalations?limit=2&status=open"
    while url:
        answer = await client.get(url)
        items = answer.json()["items"]
        assert len(items) <= 2
        seen += [item["ticket_id"] for item in items]
        url = answer.links["next"]["url"] if "next" in answer.links else None
    assert len(seen) == len(set(seen))
    assert {str(ticket) for ticket in tickets} <= set(seen)


async def test_who_may_not_is_told_so(escalation: TestDesk, client: httpx2.AsyncClient, sla_timer: Teller) -> None:
    ticket = uuid4()
    customer = escalation.client("escalation", "requester", uuid4())
    assert (await customer.get("/v1/escalations")).status_code == 403
    await sla_timer.tell(breach(ticket))
    await shows(client, ticket, status="open")
    refused = await customer.post(f"/v1/escalations/{ticket}/acknowledgement")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (403, "not-staff")
    nobody = await client.post(f"/v1/escalations/{uuid4()}/acknowledgement")
    assert (nobody.status_code, nobody.json()["type"].rpartition("/")[2]) == (409, "no-open-escalation")
    assert (await client.get(f"/v1/escalations/{uuid4()}")).status_code == 404
    odd = await client.get("/v1/escalations", params={"cursor": "nonsense"})
    assert (odd.status_code, odd.json()["errors"][0]["field"]) == (422, "cursor")


async def test_when_the_next_rung_is_called_is_shown_as_soon_as_sla_timer_knows(
    client: httpx2.AsyncClient, sla_timer: Teller
) -> None:
    """The last test here: it publishes a policy, which holds for those that come after it."""
    ticket = uuid4()
    shard = shard_of(ticket)
    feedback = {"calendar": "office", "acknowledge_working_days": 2, "review_days": 7}
    ladder = {"rungs": RUNGS, "rounds": 1, "every": 86_400, "counts": "support"}
    resolved = {"ladders": {"breach": ladder}, "feedback": feedback}
    policy = PolicyPublished(shard=shard, version="support", name="n", tzdata="t", holidays="h", resolved=resolved)
    await sla_timer.tell(policy, stream=f"policy-{shard}")
    await sla_timer.tell(replace(breach(ticket), calendar="office", versions=replace(VERSIONS, policy="support")))
    called = await shows(client, ticket, status="open", rung=0, next_at=None)
    terms = Later(since=BREACHED_AT, calendar="office", policy="support", support_time=timedelta(minutes=30))
    about: dict[str, Any] = {
        "ticket_id": ticket,
        "alarm": "escalation-response-1",
        "owner": f"escalation-{ticket}-response",
    }
    due_at = BREACHED_AT + timedelta(days=1)
    await sla_timer.tell(AlarmSet(**about, due_at=due_at, later=terms, set_by=uuid4()), stream=f"alarm-{ticket}-x")
    called = await shows(client, ticket, status="open", rung=0, next_at="2026-11-24T12:00:00Z")
    await sla_timer.tell(AlarmRang(**about, due_at=due_at, later=terms, set_by=uuid4()), stream=f"alarm-{ticket}-x")
    await sla_timer.tell(AlarmRang(**about, due_at=due_at, later=terms), stream=f"alarm-{ticket}-x")
    called = await shows(client, ticket, rung=1, role="support-manager")
    assert len(called["calls"]) == 2
