"""What if: a deadline, one ticket under another policy, the whole history under another policy. Nothing is recorded."""

import asyncio
from typing import cast
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import State

from contracts import codec
from contracts.sla import PolicyPublished
from contracts.tickets import Severity, Tier
from kit.http import TheDesk, Who
from kit.problems import FieldError, Trouble, misunderstood
from kit.running import Running
from sla_timer.domain.policies import Policies
from sla_timer.domain.react import response_clock
from sla_timer.domain.refusals import UnknownCalendar
from sla_timer.http.finding import place
from sla_timer.http.what_if_bodies import Deadline, OfTicket, Warned, WhatIf
from sla_timer.policy_file import PolicyRefused, load
from sla_timer.what_if.deadlines import NO_SLA, promised
from sla_timer.what_if.process import Impatient, Question, counted_aside
from sla_timer.what_if.ticket import beside
from sla_timer.what_if.whole import Outcome

router = APIRouter(prefix="/v1", tags=["what if"])


@router.post("/what-if")
async def what_if(body: WhatIf, request: Request, desk: TheDesk, who: Who) -> Deadline | OfTicket | Outcome:
    """Ask what a deadline would be, or what another policy would have made of one ticket, or of all of them.

    - `severity`, `tier`, `at` (and `calendar`, `policy`): start, warnings and due, or why there is none.
    - `ticket`, `policy`: its response clock decided anew, beside what is on record.
    - `policy` (and `since`, `before`): who would have been breached and who not, by account and month.

    The last takes a while: it is counted in a process of its own, one at a time, and given up after two minutes.
    """
    if who.is_customer:
        raise Trouble(403, "role-not-allowed", "Your role may not do this.", "Ask for the ticket at intake.")
    body.check()
    running: Running = request.app.state.running
    published = await _published(body.policy, running) if body.policy else None
    other = Policies().published(published) if published else None
    try:
        if body.at:
            # Whatever is asked must neither stop the timers nor stay in the calendars that they count by.
            return await asyncio.to_thread(_deadline, body, other or running.book.current.current_anew())
        assert published
        assert other
        if body.ticket:
            return await _of_ticket(body.ticket, other, running)
        return await _of_all(body, published, running, request.app.state)
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


async def _of_ticket(ticket: str, other: Policies, running: Running) -> OfTicket:
    there = await place(running.store, ticket, field="ticket")
    facts = await running.desk.facts(response_clock(there.ticket_id))
    found = await asyncio.to_thread(beside, facts, running.book.current, other, running.clock.now())
    if found is None:
        raise there.lacks("response", field="ticket")
    return OfTicket(
        ticket_id=UUID(found.history.ticket_id),
        number=found.history.number,
        policy=other.latest,
        on_record=found.on_record,
        would_be=found.would_be,
    )


async def _of_all(body: WhatIf, published: PolicyPublished, running: Running, state: State) -> Outcome:
    if getattr(state, "counting", False):
        raise Trouble(
            503, "busy", "Another history is being counted.", "Only one at a time: try again.", Retry_After="10"
        )
    question = Question(
        database_url=running.own.database_url,
        policy=codec.encode(published, seal=None).decode(),
        until=running.clock.now(),
        since=body.since,
        before=body.before,
    )
    state.counting = True
    try:
        return await counted_aside(question)
    except Impatient as error:
        detail = f"{error}. Ask for less at once, with since and before; or use `punctual what-if`."
        raise Trouble(503, "too-much", "There is too much history to count now.", detail) from None
    finally:
        state.counting = False


async def _published(text: str, running: Running) -> PolicyPublished:
    """A policy file's text as if it had been published. Raises Trouble with all that is wrong with it."""
    today = running.clock.now().date()
    try:
        document = await asyncio.to_thread(load, text, name="policy", today=today)
    except PolicyRefused as refused:
        errors = [FieldError(field="policy", detail=str(problem)) for problem in refused.problems]
        raise misunderstood("The policy can't be used; correct what errors name.", *errors) from None
    return document.published()


def _at_fault(body: WhatIf, error: OverflowError) -> FieldError:
    return FieldError(field="at" if body.at else "policy", detail=str(error))
