"""The migration that reports need finds in the log what earlier releases had not kept in tables."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Factory

from feedback.main import SERVICE
from feedback.queries import CLOSINGS, COMPLAINTS, PROMISED
from punctual.local.migrations import migrate

REPORTS = "20261130141000_reports.sql"
NOON = datetime(2026, 7, 14, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SURVEY, FEEDBACK = UUID(int=8), UUID(int=77)


class Log:
    """Events as an earlier release recorded them, a minute apart."""

    def __init__(self, owner: asyncpg.Connection) -> None:
        self._owner, self.at, self._seq = owner, NOON, 0

    async def has(self, stream: str, version: int, name: str, **data: Any) -> None:
        self._seq, self.at = self._seq + 1, self.at + MINUTE
        await self._owner.execute(
            "INSERT INTO events VALUES (0, $1, $2, $3, $4, $4, $5, 1, $6, $7, '{}')",
            self._seq,
            stream,
            version,
            uuid4(),
            name,
            self.at,
            json.dumps(data),
        )


@pytest.fixture
async def owner(database: Factory, tmp_path: Path) -> asyncpg.Connection:
    """A database as the release before left it: two answers to a survey, and a complaint that was updated twice."""
    dsns = await database("kit")
    before = tmp_path / "before"
    shutil.copytree(SERVICE.migrations, before)
    (before / REPORTS).unlink()
    await migrate(dsns.owner, [before])
    connection = await asyncpg.connect(dsns.owner)
    log = Log(connection)
    await connection.execute(
        "INSERT INTO surveys (survey_id, issued_at, rating, answered_at) VALUES ($1, $2, 5, $3)",
        SURVEY,
        NOON,
        NOON + 2 * MINUTE,
    )
    for version, rating in ((2, 1), (3, 5)):
        await log.has("survey-1", version, "survey.answered", survey_id=str(SURVEY), rating=rating)
    await connection.execute(
        "INSERT INTO feedback (feedback_id, received_at, stage, version) VALUES ($1, $2, 'review', 5)", FEEDBACK, NOON
    )
    promise = "INSERT INTO feedback_promises VALUES ($1, 'update-1', 'update', $2, 'kept', $2, false, 1)"
    await connection.execute(promise, FEEDBACK, NOON + timedelta(hours=1))
    stream, one = f"feedback-{FEEDBACK}", {"feedback_id": str(FEEDBACK)}
    await log.has(stream, 2, "feedback.scheduled", **one, alarm="update-1")
    await log.has(stream, 3, "complaint.update-given", **one, renewals=0)
    await log.has(stream, 4, "complaint.update-given", **one, renewals=1)
    await log.has(stream, 5, "feedback.judged", **one, alarm="update-1")
    await migrate(dsns.owner, [SERVICE.migrations])
    return connection


async def test_reports_know_what_was_known_before_the_upgrade(owner: asyncpg.Connection) -> None:
    def minutes(count: float) -> list[Any]:
        return [None, None, NOON + timedelta(minutes=count)]

    try:
        for known_at, rating in ((0.5, None), (1.5, 1), (9.0, 5)):
            (closing,) = await owner.fetch(CLOSINGS, *minutes(known_at), [NOON])
            assert (closing["rating"], closing["severity"], closing["count"]) == (rating, None, 1)
        for known_at, renewals in ((4.5, 0), (9.0, 1)):
            (complaint,) = await owner.fetch(COMPLAINTS, *minutes(known_at))
            assert (complaint["stage"], complaint["renewals"]) == ("review", renewals)
        assert await owner.fetch(PROMISED, *minutes(2.5)) == []
        for known_at, outcome in ((5.5, "running"), (9.0, "kept")):
            (promise,) = await owner.fetch(PROMISED, *minutes(known_at))
            assert tuple(promise) == ("update", outcome, 1)
    finally:
        await owner.close()
