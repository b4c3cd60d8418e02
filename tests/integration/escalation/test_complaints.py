"""Calls about a complaint, from its review to the CEO's decision, against the real broker and database."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.desk import TestDesk, eventually
from tests.integration.teller import Teller

from contracts.complaints import (
    ComplaintDecided,
    ComplaintWithdrawn,
    MadeUrgent,
    OutcomeDisputed,
    OutcomeGiven,
    ReviewerNamed,
    ReviewOpened,
)
from contracts.later import Delay
from contracts.sla import AlarmRang, AlarmSet

DUE = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def vp(escalation: TestDesk) -> httpx2.AsyncClient:
    return escalation.client("escalation", "vp")


async def shows(client: httpx2.AsyncClient, complaint: UUID, name: str, **wanted: Any) -> dict[str, Any]:
    """The calls of that name, once they look like this."""

    async def look() -> dict[str, Any]:
        answer = await client.get(f"/v1/escalations/{complaint}", params={"escalation": name})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        assert {field: body[field] for field in wanted} == wanted
        return body

    found = await eventually(look)
    assert isinstance(found, dict)
    return found


async def acknowledge(client: httpx2.AsyncClient, complaint: UUID, name: str) -> httpx2.Response:
    return await client.post(f"/v1/escalations/{complaint}/acknowledgement", params={"escalation": name})


def slug(answer: httpx2.Response) -> tuple[int, str]:
    """What a refusal is called."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_the_vp_is_called_again_each_working_day_until_they_acknowledge(
    escalation: TestDesk, vp: httpx2.AsyncClient, feedback: Teller, sla_timer: Teller
) -> None:
    complaint, number = uuid4(), "F-7"
    await feedback.tell(ReviewOpened(feedback_id=complaint, number=number), stream=f"feedback-{complaint}")
    called = await shows(vp, complaint, "review", status="open", role="vp", rung=0, next_at=None)
    assert (called["reason"], called["number"], called["severity"], called["breached_at"]) == (
        "review",
        number,
        None,
        None,
    )
    about: dict[str, Any] = {
        "ticket_id": complaint,
        "alarm": "escalation-review-1",
        "owner": f"escalation-{complaint}-review",
        "delay": Delay(calendar="weekdays", policy="shipped", working_days=1),
        "set_by": uuid4(),
        "due_at": DUE,
    }
    await sla_timer.tell(AlarmSet(**about), stream=f"alarm-{complaint}-x")
    await shows(vp, complaint, "review", rung=0, next_at="2026-11-24T12:00:00Z")
    await sla_timer.tell(AlarmRang(**about), stream=f"alarm-{complaint}-x")
    await shows(vp, complaint, "review", rung=1, role="vp", raised_at=called["raised_at"])
    listed = (await vp.get("/v1/escalations", params={"status": "open"})).json()["items"]
    assert (str(complaint), "review") in [(item["ticket_id"], item["reason"]) for item in listed]

    manager = escalation.client("escalation", "support-manager")
    refused = await acknowledge(manager, complaint, "review")
    assert slug(refused) == (403, "not-called")
    assert "vp or ceo" in refused.json()["detail"]
    assert (await acknowledge(vp, complaint, "review")).status_code == 200
    assert (await acknowledge(vp, complaint, "review")).status_code == 200
    await shows(vp, complaint, "review", status="acknowledged", acknowledged_by="a-vp")
    named = ReviewerNamed(
        feedback_id=complaint, number=number, subject_id=uuid4(), reviewer="support-manager", reason="It is about them."
    )
    await feedback.tell(named, stream=f"feedback-{complaint}")
    seen = await shows(vp, complaint, "review", status="open", role="support-manager", acknowledged_by=None)
    assert [(call["role"], call["rung"]) for call in seen["calls"]] == [("vp", 0), ("vp", 1), ("support-manager", 0)]
    assert (await acknowledge(manager, complaint, "review")).status_code == 200


async def test_each_end_resolves_its_calls(vp: httpx2.AsyncClient, feedback: Teller) -> None:
    complaint = uuid4()
    stream = f"feedback-{complaint}"
    about: dict[str, Any] = {"feedback_id": complaint, "subject_id": uuid4()}
    await feedback.tell(ReviewOpened(feedback_id=complaint, number="F-8"), stream=stream)
    await feedback.tell(MadeUrgent(**about, number="F-8", to="vp", text="Now!"), stream=stream)
    await shows(vp, complaint, "urgent", status="open", role="vp", reason="urgent")
    await feedback.tell(OutcomeGiven(**about, found="A bug.", resolution="It is mended."), stream=stream)
    await shows(vp, complaint, "review", status="resolved", cause="answered")
    await shows(vp, complaint, "urgent", status="resolved", cause="answered")
    await feedback.tell(OutcomeDisputed(**about, number="F-8", cause="customer"), stream=stream)
    await shows(vp, complaint, "arbitration", status="open", role="ceo")
    assert slug(await acknowledge(vp, complaint, "arbitration")) == (403, "not-called")
    await feedback.tell(ComplaintDecided(**about, decision="You are right."), stream=stream)
    await shows(vp, complaint, "arbitration", status="resolved", cause="answered")
    assert slug(await acknowledge(vp, complaint, "review")) == (409, "no-open-escalation")
    never = await vp.get(f"/v1/escalations/{complaint}", params={"escalation": "update"})
    assert slug(never) == (404, "no-escalation")


async def test_without_a_name_the_one_call_that_waits_is_meant(
    escalation: TestDesk, vp: httpx2.AsyncClient, feedback: Teller
) -> None:
    complaint, key = uuid4(), {"Idempotency-Key": str(uuid4())}
    stream, path = f"feedback-{complaint}", f"/v1/escalations/{complaint}/acknowledgement"
    await feedback.tell(ReviewOpened(feedback_id=complaint, number="F-10"), stream=stream)
    await shows(vp, complaint, "review", status="open")
    first = await vp.post(path, headers=key)
    assert (first.status_code, first.json()["escalation"]) == (200, "review")
    urgent = MadeUrgent(feedback_id=complaint, subject_id=uuid4(), number="F-10", to="vp", text="Now!")
    await feedback.tell(urgent, stream=stream)
    await shows(vp, complaint, "urgent", status="open")
    again = await vp.post(path, headers=key)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert (await shows(vp, complaint, "urgent", status="open"))["acknowledged_by"] is None
    assert (await vp.post(path)).json()["escalation"] == "urgent"
    await feedback.tell(ComplaintWithdrawn(feedback_id=complaint, subject_id=uuid4()), stream=stream)
    await shows(vp, complaint, "urgent", status="resolved")
    assert slug(await vp.post(path)) == (409, "no-open-escalation")


async def test_of_several_calls_that_wait_the_answer_names_them_to_staff_only(
    escalation: TestDesk, vp: httpx2.AsyncClient, feedback: Teller
) -> None:
    complaint = uuid4()
    stream, path = f"feedback-{complaint}", f"/v1/escalations/{complaint}/acknowledgement"
    await feedback.tell(ReviewOpened(feedback_id=complaint, number="F-11"), stream=stream)
    urgent = MadeUrgent(feedback_id=complaint, subject_id=uuid4(), number="F-11", to="vp", text="Now!")
    await feedback.tell(urgent, stream=stream)
    await shows(vp, complaint, "review", status="open")
    await shows(vp, complaint, "urgent", status="open")
    asked = await vp.post(path)
    assert slug(asked) == (409, "several-escalations")
    assert all(f"?escalation={name}" in asked.json()["detail"] for name in ("review", "urgent"))
    refused = await escalation.client("escalation", "requester", uuid4()).post(path)
    assert (refused.status_code, "urgent" in refused.text) == (403, False)


async def test_a_withdrawn_complaint_calls_nobody_any_more(vp: httpx2.AsyncClient, feedback: Teller) -> None:
    complaint = uuid4()
    await feedback.tell(ReviewOpened(feedback_id=complaint, number="F-9"), stream=f"feedback-{complaint}")
    await shows(vp, complaint, "review", status="open")
    await feedback.tell(ComplaintWithdrawn(feedback_id=complaint, subject_id=uuid4()), stream=f"feedback-{complaint}")
    await shows(vp, complaint, "review", status="resolved", cause="closed")
