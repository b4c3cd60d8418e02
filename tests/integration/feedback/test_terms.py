"""By which policy the deadlines of feedback count."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from tests.desk import TestDesk, eventually
from tests.integration.feedback.test_complaining import both
from tests.unit.sla_timer.story import DEFAULT

__all__ = ["both"]

SLOWER = DEFAULT.replace("working_days: 2, rule: P17", "working_days: 9, rule: P17")


async def acknowledged_by(desk: TestDesk, received_at: datetime | None = None) -> datetime:
    """Until when a call is acknowledged that came then, or now."""
    client = desk.client("feedback", "engineer")
    said: dict[str, Any] = {"text": "Nobody answers.", "kind": "praise", "email": "ann@customer.example"}
    said |= {"channel": "telephone"} | ({"received_at": received_at.isoformat()} if received_at else {})
    answer = await client.post("/v1/feedback", json=said)
    assert answer.status_code == 201, answer.text

    async def look() -> Any:
        (promise,) = (await client.get(f"/v1/feedback/{answer.json()['number']}")).json()["promises"] or [None]
        return promise

    promise = await eventually(look)
    assert isinstance(promise, dict)
    return datetime.fromisoformat(promise["due_at"])


async def test_what_is_entered_later_counts_by_the_policy_that_was_in_force_at_the_receipt(both: TestDesk) -> None:
    database = await asyncpg.connect(both.dsns["feedback"].app)
    try:

        async def known(versions: int) -> None:
            async def look() -> bool:
                return bool(await database.fetchval("SELECT count(*) FROM policies") == versions)

            await eventually(look)

        await known(1)
        called_at = datetime.now(UTC)
        admin = both.client("sla-timer", "admin")
        answer = await admin.post("/v1/policies", json={"policy": SLOWER})
        assert answer.is_success, answer.text
        await known(2)
    finally:
        await database.close()
    assert await acknowledged_by(both) - called_at > timedelta(days=9)
    assert await acknowledged_by(both, called_at) - called_at < timedelta(days=7)
    assert await acknowledged_by(both, called_at - timedelta(days=1)) - called_at < timedelta(days=7)
