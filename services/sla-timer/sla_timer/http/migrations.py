"""The route that has running clocks follow another policy."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.names import shard_of
from contracts.refusals import Refusal
from kit.http.bodies import Body
from kit.http.command_origin import CommandOrigin, OriginOfNew
from kit.http.desk import Desk, TheDesk
from kit.http.problems import FieldError, Trouble, misunderstood
from kit.process.process import Process
from sla_timer import queries
from sla_timer.domain.commands import MigrateClock, Note
from sla_timer.domain.rights import MIGRATE_CLOCKS
from sla_timer.policy.promise import ALL_KINDS
from sla_timer.policy.versions import Policies
from sla_timer.react.asks import clock_of

router = APIRouter(prefix="/v1", tags=["policy"])

CLOCKS_PER_BATCH = 200
SET_ASIDE = "Records about it could not be handled and are set aside: have them handled first, see `punctual parked`."


class Migration(Body):
    """Which tickets' clocks are to follow the current policy. One of the two must be given."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ticket_ids": ["2d1f6d1a-52a6-4b8c-9d0a-6f1f8a1c7e55"]}, {"all": True}]}
    )

    ticket_ids: list[UUID] | None = Field(
        None,
        min_length=1,
        max_length=1000,
        description="The tickets; or else write `all`",
        examples=[["2d1f6d1a-52a6-4b8c-9d0a-6f1f8a1c7e55"]],
    )
    all: bool = Field(False, description="true: every ticket whose clocks run; `ticket_ids` is left out then")

    def check(self) -> None:
        """Raises Trouble unless exactly one of the two is given."""
        if self.ticket_ids is None and not self.all:
            detail = "is missing; name tickets here, or write all: true for every ticket whose clocks run"
            raise misunderstood("Say which tickets are meant.", FieldError(field="ticket_ids", detail=detail))
        if self.ticket_ids is not None and self.all:
            detail = "stands beside all: true; leave out one of the two"
            raise misunderstood("Say which tickets are meant.", FieldError(field="ticket_ids", detail=detail))


class Stayed(BaseModel, frozen=True):
    """A ticket whose clocks don't all follow the policy, and why."""

    ticket_id: UUID
    detail: str = Field(examples=["Severity 4 has a clock for objective, and now one for response."])


class Migrated(BaseModel):
    """The result: running clocks follow the policy now; clocks that are over stay as they are."""

    policy: str = Field(description="The version that is followed")
    tickets: int = Field(
        description="Number of tickets whose clocks all follow it or have ended; without those refused"
    )
    refused: list[Stayed] = Field(description="The other tickets, each with a reason")


@router.post("/policy-migrations")
async def migrate(
    body: Migration, request: Request, response: Response, origin: OriginOfNew, desk: TheDesk
) -> Migrated:
    """Have running clocks follow the current policy: what is consumed is kept, the rest counts by the new rules.

    Facts recorded before the request count before it, so the request waits until all of them have been heard. A ticket
    that waits for information is refused: its clock will start by the policy in force then. If the policy lacks the
    calendar agreed with the account, the tier's counts, the clock says so, and the Support Manager is told.

    Without a migration a clock keeps the version that it started with. The log of each migrated clock says who asked.
    """
    MIGRATE_CLOCKS.demand(origin.caller.role)
    body.check()
    policies: Policies = request.app.state.process.book.current
    note = f"migration-{origin.command_id}"
    # A key that stands for another request is refused before anything is done.
    await desk.perform(origin.part("begun"), note, Note())
    if body.ticket_ids is None:
        rows = await desk.store.query(queries.FOLLOWING_ANOTHER, policies.latest)
    else:
        rows = await desk.store.query(queries.WITH_CLOCKS, body.ticket_ids)
    tickets = [row["ticket_id"] for row in rows]
    strangers = set(body.ticket_ids or ()).difference(tickets)
    refused = [Stayed(ticket_id=one, detail="No clock runs or ran for this ticket.") for one in sorted(strangers)]
    aside = await _set_aside(desk, tickets)
    refused += [Stayed(ticket_id=one, detail=SET_ASIDE) for one in tickets if one in aside]
    heard = [one for one in tickets if one not in aside]
    streams = [(ticket, clock_of(ticket, kind)) for ticket in heard for kind in ALL_KINDS if kind in policies.kinds]
    for begin in range(0, len(streams), CLOCKS_PER_BATCH):
        some = streams[begin : begin + CLOCKS_PER_BATCH]
        command = MigrateClock(at=await _known(request.app.state.process, some), policies=policies)
        refused += [
            each for each in await asyncio.gather(*(_migrate(desk, origin, *one, command) for one in some)) if each
        ]
    refused = [*dict.fromkeys(refused)]  # once, whatever clocks of the ticket say the same
    followed = set(tickets).difference(one.ticket_id for one in refused)
    answer = Migrated(policy=policies.latest, tickets=len(followed), refused=refused)
    done = await desk.perform(origin, note, Note(), answer.model_dump(mode="json"))
    if done.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return Migrated(**{name: done.answer[name] for name in Migrated.model_fields})


async def _set_aside(desk: Desk, tickets: Sequence[UUID]) -> set[UUID]:
    """The tickets with records that could not be processed and are set aside."""
    async with desk.store.statement() as tx:
        return set().union(*(await tx.parked_in(sorted({shard_of(ticket) for ticket in tickets}))).values())


async def _known(process: Process, streams: Sequence[tuple[UUID, str]]) -> datetime:
    """An instant before which every fact of these tickets has been heard. Raises Trouble if there is none yet.

    So a migration has its place in the order of the facts: those recorded before it count before it.
    """
    now = process.clock.now()
    if await process.caught_up({shard_of(ticket) for ticket, _ in streams}, now):
        return now
    title = "It is not known whether all that came before has been heard."
    detail = "Intake's heartbeat isn't heard, or there is a backlog: send the same request again with the same "
    raise Trouble(
        503, "not-caught-up", title, f"{detail}Idempotency-Key when `punctual status` shows no lag.", Retry_After="10"
    )


async def _migrate(
    desk: Desk, origin: CommandOrigin, ticket_id: UUID, stream: str, command: MigrateClock
) -> Stayed | None:
    try:
        await desk.perform(origin.part(stream), stream, command, {"policy": command.policies.latest})
    except Refusal as refused:
        return Stayed(ticket_id=ticket_id, detail=refused.detail)
    return None
