"""Letters that reach nobody, through feedback's doors."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
from tests.desk import TestDesk, eventually
from tests.integration.teller import Teller

from contracts.notifications import NotificationFailed


async def test_staff_note_what_they_told_a_customer_whom_the_outcome_did_not_reach(
    feedback: TestDesk, notifier: Teller
) -> None:
    ann, vp = feedback.client("feedback", "requester", uuid4()), feedback.client("feedback", "vp")
    said = (await ann.post("/v1/feedback", json={"text": "Three days without a word.", "kind": "complaint"})).json()
    path, doors = f"/v1/complaints/{said['number']}", f"/v1/feedback/{said['number']}/told"
    assert (await vp.post(f"{path}/outcome", json={"found": "It was lost.", "measures": "A list."})).status_code == 200
    note = {"channel": "telephone", "text": "I read her the outcome."}
    early = await vp.post(doors, json=note)
    assert (early.status_code, early.json()["type"].rpartition("/")[2]) == (409, "nothing-untold")
    failed = NotificationFailed(
        ticket_id=UUID(said["feedback_id"]),
        notification_id=uuid4(),
        reason="550 5.1.1 no such user",
        attempts=1,
        template="complaint-outcome",
    )
    await notifier.tell(failed)
    found = await _reads(vp, path, untold=["complaint-outcome"])
    assert found["expected"] == [
        {
            "who": "staff",
            "what": "tell the customer by another way what did not reach them: complaint outcome",
            "due_at": None,
        }
    ]
    assert (await ann.post(doors, json=note)).status_code == 403
    assert (await vp.post(doors, json=note | {"channel": "page"})).status_code == 422
    assert (await vp.post(doors, json=note)).status_code == 200
    told = await _reads(ann, path, untold=[])
    assert told["history"][-1]["texts"] == {"text": "I read her the outcome."}
    assert [one["who"] for one in told["expected"]] == ["customer"]


async def _reads(client: httpx2.AsyncClient, path: str, *, untold: list[str]) -> dict[str, Any]:
    """The complaint, once these letters are untold."""

    async def look() -> dict[str, Any] | None:
        found: dict[str, Any] = (await client.get(path)).json()
        return found if found["untold"] == untold else None

    found = await eventually(look)
    assert isinstance(found, dict)
    return found
