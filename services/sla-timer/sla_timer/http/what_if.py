"""The what-if route: a deadline, or another policy for one ticket or for all of them. Nothing is recorded."""

import asyncio
from typing import cast

from fastapi import APIRouter, Request
from starlette.datastructures import State

from contracts import codec
from contracts.sla import PolicyPublished
from contracts.tickets import Severity, Tier
from kit.http.command_origin import Who
from kit.http.desk import TheDesk
from kit.http.problems import FieldError, Trouble, misunderstood
from kit.process.process import Process
from sla_timer.domain.rights import ASK_WHAT_IF
from sla_timer.facts.backfill import missing_count
from sla_timer.http.finding import place
from sla_timer.http.what_if_bodies import Compared, Deadline, TicketComparison, Warned, WhatIf
from sla_timer.policy.file import PolicyRefused, load
from sla_timer.policy.promise import ALL_KINDS
from sla_timer.policy.refusals import UnknownCalendar
from sla_timer.policy.versions import Policies
from sla_timer.react.asks import clock_of
from sla_timer.what_if.compare import NOTHING, Comparison, compare
from sla_timer.what_if.deadlines import NO_SLA, promised
from sla_timer.what_if.process import Question, TookTooLong, count_in_process
from sla_timer.what_if.reading import FactsMissing, with_absorbed
from sla_timer.what_if.whole import Outcome

router = APIRouter(prefix="/v1", tags=["what if"])

NOT_YET = Trouble(
    503,
    "not-whole",
    "Facts of the past are still being read back.",
    "After an upgrade this takes some minutes: try again.",
    Retry_After="60",
)


@router.post("/what-if")
async def what_if(body: WhatIf, request: Request, desk: TheDesk, who: Who) -> Deadline | TicketComparison | Outcome:
    """Ask what a deadline would be, or how another policy would have judged one ticket or all of them.

    - `severity`, `tier`, `at` (and `calendar`, `policy`): start, warnings and due, or why there is none.
    - `ticket`, `policy`: the verdicts on its clocks by that policy, and those on record.
    - `policy` (and `since`, `before`): which tickets it would have breached, by account and month.

    The other policy is taken to have been in force from the beginning: each ticket's facts are decided by it, one after
    the other. The last question takes a while: it runs in a process of its own, one at a time, for at most two minutes.
    """
    ASK_WHAT_IF.demand(who.role)
    body.check()
    process: Process = request.app.state.process
    published = await _published(body.policy, process) if body.policy else None
    other = Policies().published(published) if published else None
    try:
        if body.at:
            # In a thread, so that timers go on; with fresh calendars, so that the shared tables don't grow.
            return await asyncio.to_thread(_deadline, body, other or process.book.current.current_alone())
        assert published
        assert other
        if body.ticket:
            return await _of_ticket(body.ticket, other, process)
        return await _of_all(body, published, process, request.app.state)
    except UnknownCalendar as refused:
        raise misunderstood(
            "Name a calendar of the policy.", FieldError(field="calendar", detail=refused.detail)
        ) from None
    except OverflowError as error:
        raise misunderstood("Name an earlier instant, or a shorter target.", _at_fault(body, error)) from None


def _deadline(body: WhatIf, policies: Policies) -> Deadline:
    assert body.at
    started = promised(policies, cast(Severity, body.severity), cast(Tier, body.tier), body.at, body.calendar)
    hoped = started.metric == "objective"
    return Deadline(
        start=started.started_at,
        warnings=[Warned(percent=one.percent, at=one.at) for one in started.warnings],
        due=None if hoped else started.due_at,
        objective=started.due_at if hoped else None,
        why=f"{NO_SLA.format(started.severity)}." if hoped else None,
        calendar=started.calendar,
        policy=started.versions.policy,
        known_until=started.known_until,
    )


async def _of_ticket(ticket: str, other: Policies, process: Process) -> TicketComparison:
    there = await place(process.store, ticket, field="ticket")
    if await missing_count(process.store):
        raise NOT_YET
    facts = await with_absorbed(process.store, [there.ticket_id])
    recorded = {kind: await process.desk.facts(clock_of(there.ticket_id, kind)) for kind in ALL_KINDS}
    clocks = await asyncio.to_thread(compare, there.ticket_id, facts, recorded, other, process.clock.now())
    answer = clocks.pop("response", Comparison(NOTHING, NOTHING))
    return TicketComparison(
        ticket_id=there.ticket_id,
        number=there.number,
        policy=other.latest,
        on_record=answer.on_record,
        would_be=answer.would_be,
        further={kind: Compared(on_record=both.on_record, would_be=both.would_be) for kind, both in clocks.items()},
    )


async def _of_all(body: WhatIf, published: PolicyPublished, process: Process, state: State) -> Outcome:
    if getattr(state, "counting", False):
        raise Trouble(
            503, "busy", "Another history is being counted.", "Only one at a time: try again.", Retry_After="10"
        )
    question = Question(
        database_url=process.own.database_url,
        policy=codec.encode(published, seal=None).decode(),
        until=process.clock.now(),
        since=body.since,
        before=body.before,
    )
    state.counting = True
    try:
        return await count_in_process(question)
    except TookTooLong as error:
        detail = f"{error}. Ask for less at once, with since and before; or use `punctual what-if`."
        raise Trouble(503, "too-much", "There is too much history to count now.", detail) from None
    except FactsMissing:
        raise NOT_YET from None
    finally:
        state.counting = False


async def _published(text: str, process: Process) -> PolicyPublished:
    """A policy file's text as if it had been published. Raises Trouble with all of its problems."""
    today = process.clock.now().date()
    try:
        document = await asyncio.to_thread(load, text, name="policy", today=today)
    except PolicyRefused as refused:
        errors = [FieldError(field="policy", detail=str(problem)) for problem in refused.problems]
        raise misunderstood("The policy can't be used; correct what errors name.", *errors) from None
    return document.published()


def _at_fault(body: WhatIf, error: OverflowError) -> FieldError:
    return FieldError(field="at" if body.at else "policy", detail=str(error))
