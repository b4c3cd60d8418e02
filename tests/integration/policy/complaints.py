"""A complaint, and what its deadlines come to: the days and hours that the policy of its receipt allows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from tests.desk import TestDesk, eventually

from contracts.roles import Role

URGENT: dict[str, Any] = {"text": "Three days without a word.", "kind": "complaint", "urgent": True}
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass
class Complaint:
    """A complaint of somebody of an account, through feedback's door."""

    desk: TestDesk
    account: UUID
    receipt: dict[str, Any] = field(default_factory=dict)
    """What the door answered: `feedback_id`, `number`."""

    async def say(self) -> None:
        """Complain; once more is another complaint."""
        answer = await self._client("requester").post("/v1/feedback", json=URGENT)
        assert answer.status_code == 201, answer.text
        self.receipt = answer.json()

    async def take(self, role: Role, area: str, step: str, **body: Any) -> int:
        """Take a step; the status of the answer."""
        answer = await self._client(role).post(f"/v1/{area}/{self.receipt['number']}/{step}", json=body)
        return answer.status_code

    async def until(self, entries: str, name: str, since: str) -> timedelta:
        """How long after the latest event of the type `since` something is due: of `promises`, or `expected`."""

        async def look() -> Any:
            answer = await self._client("vp").get(f"/v1/feedback/{self.receipt['number']}")
            found = answer.json()
            what = "promise" if entries == "promises" else "what"
            due = [entry["due_at"] for entry in found[entries] if entry[what] == name]
            begun = [entry["at"] for entry in found["history"] if entry["type"] == since]
            return due and due[0] and begun and (due[0], begun[-1])

        due, begun = (datetime.fromisoformat(at) for at in await eventually(look))  # type: ignore[attr-defined]
        return due - begun

    def _client(self, role: Role) -> httpx2.AsyncClient:
        return self.desk.client("feedback", role, self.account if role == "requester" else None)


Look = Callable[[Complaint], Awaitable[Any]]


async def acknowledgement(complaint: Complaint) -> timedelta:
    """Until when it is acknowledged, from the receipt."""
    return await complaint.until("promises", "acknowledgement", "feedback.received")


async def review(complaint: Complaint) -> timedelta:
    """Until when it is reviewed, or an update given, from the receipt."""
    return await complaint.until("promises", "update", "feedback.received")


async def answer(complaint: Complaint) -> timedelta:
    """Until when the urgent request is answered."""
    return await complaint.until("promises", "urgent", "complaint.made-urgent")


async def silence(complaint: Complaint) -> timedelta:
    """From the outcome until silence counts as settled."""
    assert (
        await complaint.take("vp", "complaints", "outcome", found="It was forgotten.", measures="A checklist.") == 200
    )
    return await complaint.until("expected", "accept or dispute the outcome", "complaint.outcome-given")


async def marking(complaint: Complaint) -> timedelta:
    """From the customer's words after the outcome until they are a dispute."""
    await silence(complaint)
    assert await complaint.take("requester", "feedback", "words", text="I have read it.") == 200
    return await complaint.until("expected", "say what the customer's words mean", "feedback.added-to")


async def promised(complaint: Complaint, *, days: int) -> int:
    """How it is answered that an update is promised so many days ahead."""
    next_at = datetime.now(UTC) + days * DAY
    said = {"delays": "The logs are large.", "needs": "Nothing.", "next_at": next_at.isoformat()}
    return await complaint.take("support-manager", "complaints", "updates", **said)
