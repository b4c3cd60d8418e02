"""Surveys in the portal: the requester's token instead of the link in the mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.base import ERASED
from feedback import queries
from feedback.domain.refusals import UnknownSurvey
from feedback.domain.state import Answered, Issued
from feedback.http.answering import asked_of, is_requester
from feedback.react import survey_stream
from kit.http.auth import Caller
from kit.http.desk import Desk

ROWS_AT_ONCE = 200
"""Surveys of an account that are read at one time, to find those of one person: addresses are in the log only."""


@dataclass(frozen=True, slots=True)
class FoundSurvey:
    """A survey of the caller's. `row`: of the read model; `version`: of its stream."""

    row: Mapping[str, Any]
    state: Issued | Answered
    version: int

    @property
    def comment(self) -> str | None:
        """The words of the last answer."""
        comment = self.state.comment if isinstance(self.state, Answered) else None
        return None if comment == ERASED else comment


async def find(desk: Desk, survey_id: UUID, caller: Caller) -> FoundSurvey:
    """The survey of that id. Raises UnknownSurvey, also for one of somebody else."""
    async with desk.store.transaction() as tx:
        rows = await tx.rows("surveys", [{"survey_id": survey_id}])
    for row in rows:
        state, version = await desk.state(survey_stream(row["ticket_id"], row["closing"]))
        if isinstance(state, Issued | Answered):
            asked = asked_of(state)
            if is_requester(caller, asked.account_id, asked.email):
                return FoundSurvey(row, state, version)
    raise UnknownSurvey("Your own that can be answered are at /v1/surveys.")


async def own_surveys(
    desk: Desk, caller: Caller, ticket_ids: Sequence[UUID] | None, last: Sequence[Any], limit: int
) -> list[Mapping[str, Any]]:
    """The caller's surveys that take an answer or a change, after the row with the sort key `last`."""
    found: list[Mapping[str, Any]] = []
    while len(found) < limit:
        rows = await desk.store.query(queries.OWN, caller.account, ticket_ids, desk.clock.now(), *last, ROWS_AT_ONCE)
        mine = await _asked(desk, caller, rows)
        found += [row for row in rows if row["survey_id"] in mine]
        if len(rows) < ROWS_AT_ONCE:
            break
        last = (rows[-1]["issued_at"], rows[-1]["survey_id"])
    return found[:limit]


async def _asked(desk: Desk, caller: Caller, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Which of these surveys ask the caller."""
    streams = [survey_stream(row["ticket_id"], row["closing"]) for row in rows]
    async with desk.store.transaction() as tx:
        history = await tx.history(streams)
        issued = [fact.event for fact in await desk.core.vault.open(tx, [facts[0] for facts in history.values()])]
    return {one.survey_id for one in issued if is_requester(caller, one.account_id, one.email)}
