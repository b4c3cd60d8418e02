"""What a proof cites: the ticket's fact behind each fact of the clock, its message, and the request or mail of that."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from msgspec import structs
from tests.unit.sla_timer.explained import SOON, fact
from tests.unit.sla_timer.story import (
    INFORMATION_RECEIVED,
    OFFICE,
    RESPONDED,
    STREAM,
    TICKET,
    completed,
    hours,
    ny,
    opened,
    recorded,
    reopened,
    severity_changed,
)

from contracts.attributes import written
from contracts.causes import Cause
from contracts.command_ids import of_reaction, of_ring
from contracts.envelope import Fact, Meta
from contracts.names import SLA, TICKETS
from contracts.proof import Cited
from contracts.replacing import replace
from kit.proof.text import text
from sla_timer.domain import INITIAL, decide, evolve, timers
from sla_timer.domain.commands import Ring
from sla_timer.facts.row import CitedRow, citation_of, row_of
from sla_timer.history import AsOf
from sla_timer.proof import Proof, cited, prove
from sla_timer.proof.page import page
from sla_timer.react import react

TEN, THREE = ny("2026-07-14 10:00"), ny("2026-07-14 15:00")
MAIL = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
REQUEST = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
HISTORY = [
    (TEN, opened(3), Cause("mail", MAIL)),
    (TEN + hours(1), severity_changed(3, 2), Cause("request", REQUEST)),
    (THREE, RESPONDED, Cause("request", str(UUID(int=5)))),
]


def by_intake(history: Sequence[tuple[datetime, Any, Cause]] = HISTORY) -> list[Fact]:
    """The ticket's facts, each with what it came of."""
    return [
        structs.replace(
            recorded(at, event),
            topic=TICKETS,
            shard_seq=n,
            event_id=uuid5(TICKET, f"intake {n}"),
            meta=Meta(actor="ann", role="requester", cause=cause),
        )
        for n, (at, event, cause) in enumerate(history, 1)
    ]


def kept(facts: Sequence[Fact]) -> list[CitedRow]:
    """As rows."""
    rows = [row_of(one)._asdict() | citation_of(one) for one in facts]
    return [CitedRow(**{name: row[name] for name in CitedRow._fields}) for row in rows]


def clock(facts: Sequence[Fact]) -> list[Fact]:
    """The clock's facts: what is due rings, and each names its cause."""
    log: list[Fact] = []
    state: Any = INITIAL
    setters: dict[tuple[str, int], Fact] = {}

    def keep(events: Sequence[Any], at: datetime, command_id: UUID, cause: Cause) -> None:
        nonlocal state
        for event in events:
            state = evolve(state, event)
            meta = Meta(actor="sla-timer", role="service", seen={TICKETS: len(facts)}, cause=cause)
            log.append(structs.replace(fact(event, len(log) + 1, at), command_id=command_id, meta=meta))
            for to in timers(state):
                setters.setdefault((to.kind, to.generation), log[-1])

    for one in facts:
        while due := [to for to in timers(state) if to.due_at < one.recorded_at]:
            to = min(due, key=lambda each: each.due_at)
            ring = Ring(at=to.due_at, kind=to.kind, generation=to.generation)
            set_by = setters[to.kind, to.generation]
            keep(decide(ring, state), to.due_at, of_ring(STREAM, to.kind, to.generation), set_by.as_cause)
        for n, (stream, command) in enumerate(react(one, OFFICE)):
            if stream == STREAM:
                command_id = of_reaction(one.event_id, "sla-timer", stream, type(command).__name__, n)
                keep(decide(command, state), one.recorded_at + SOON, command_id, one.as_cause)
    return log


def proof_of(log: Sequence[Fact], told: Sequence[CitedRow]) -> Proof:
    facts, at, known_at = AsOf(THREE + timedelta(hours=1)).of(log)
    return prove(facts, at, known_at, "response", OFFICE, TICKET, "P-1042", causes=cited(log, told))


INTAKE = by_intake()
LOG = clock(INTAKE)


def of_ticket(n: int, message: UUID | None = None) -> Cited:
    """The ticket's n-th fact, cited."""
    at, _, cause = HISTORY[n]
    told = kept(INTAKE)[n]
    return Cited(
        source=TICKETS,
        id=str(INTAKE[n].event_id),
        type=told.type,
        recorded_at=at,
        message_id=message,
        cause=Cited(source=cause.source, id=cause.id),
    )


def test_each_fact_cites_the_tickets_fact_behind_it_and_what_that_came_of() -> None:
    causes = {one.type: one.cause for one in proof_of(LOG, kept(INTAKE)).events}
    assert causes["clock.started"] == of_ticket(0)
    assert causes["clock.rescheduled"] == of_ticket(1)
    assert RESPONDED.message_id
    assert causes["sla.answered-late"] == of_ticket(2, RESPONDED.message_id)


@pytest.mark.parametrize("message", [UUID(int=77), None])
def test_the_start_of_a_clock_cites_the_message_that_completed_the_information_if_the_fact_tells_it(
    message: UUID | None,
) -> None:
    reply = Cause("mail", MAIL[::-1])
    facts = by_intake(
        [
            (TEN, opened(3, missing=("os",)), Cause("mail", MAIL)),
            (TEN + hours(1), replace(completed(3), message_id=message), reply),
        ]
    )
    causes = {one.type: one.cause for one in proof_of(clock(facts), kept(facts)).events}
    started = causes["clock.started"]
    assert started
    assert (started.type, started.message_id) == ("ticket.information-completed", message)
    assert started.cause == Cited(source=reply.source, id=reply.id)


def test_what_is_kept_of_each_fact_that_a_message_brought_names_it() -> None:
    message = UUID(int=77)
    brought = [replace(one, message_id=message) for one in (completed(), INFORMATION_RECEIVED, reopened())]
    assert [one.message_id for one in kept([recorded(TEN, one) for one in brought])] == [message] * 3


def test_what_time_brought_about_cites_the_fact_that_set_its_timer_and_what_that_came_of() -> None:
    breach = next(one for one in proof_of(LOG, kept(INTAKE)).events if one.type == "sla.breached")
    assert breach.cause
    assert (breach.cause.source, breach.cause.type) == (SLA, "clock.rescheduled")
    assert breach.cause.cause == of_ticket(1)


def test_of_an_older_log_the_same_is_found_again() -> None:
    older = [structs.replace(one, meta=replace(one.meta, cause=None)) for one in LOG]
    assert proof_of(older, kept(INTAKE)) == proof_of(LOG, kept(INTAKE))


def test_where_an_earlier_release_kept_no_ids_the_fact_is_cited_by_its_topic() -> None:
    bare = [one._replace(event_id=None, message_id=None, cause=None) for one in kept(INTAKE)]
    started = proof_of(LOG, bare).events[0]
    assert started.cause == Cited(source=TICKETS, id=str(INTAKE[0].event_id))
    older = [structs.replace(one, meta=replace(one.meta, cause=None)) for one in LOG]
    assert proof_of(older, bare).events[0].cause is None


@pytest.mark.parametrize("written_as", [text, page])
def test_people_read_short_ids_and_programs_whole_ones(written_as: Any) -> None:
    proof = proof_of(LOG, kept(INTAKE))
    said = written_as(proof)
    first, second, third = (str(one.event_id)[:8] for one in INTAKE)
    assert f", because of ticket.opened {first}, because of mail {MAIL[:8]}" in said
    assert f", because of ticket.severity-changed {second}, because of request {REQUEST[:8]}" in said
    message = str(RESPONDED.message_id)[:8]
    assert f", because of ticket.initial-response-given {third}, message {message}, because of request" in said
    assert f", because of clock.rescheduled {str(LOG[1].event_id)[:8]}, because of ticket.severity-changed" in said
    assert MAIL not in said


def test_what_is_kept_of_a_fact_has_its_cause_as_on_the_wire() -> None:
    assert kept(INTAKE)[0].cause == written(Cause("mail", MAIL)).decode() == f"mail/{MAIL}"
