"""The proof of a clock: every stretch of its time, the rules that count it, the facts behind it, and the sum."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from uuid import UUID

from contracts.base import kind_of
from contracts.envelope import Fact
from contracts.proof import Cited, ProofEvent, Rule
from contracts.proof import Segment as ProofSegment
from contracts.sla import Metric
from hours.wording import local
from kit.proof.arithmetic import arithmetic
from kit.proof.table import condensed, totalled
from kit.proof.words import FormatInstant, brief_wall, wall
from sla_timer.domain.state import Clock, Segment
from sla_timer.history.as_of import Dated
from sla_timer.history.clock_status import ClockStatus, status_at
from sla_timer.history.history import read_history
from sla_timer.policy.versions import Policies
from sla_timer.proof.agreement import disagreements
from sla_timer.proof.describe import describe
from sla_timer.proof.segments import calendar_of, rules_of, stretches
from sla_timer.proof.summary import THING, summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Why a clock has its status. The `counted` of all segments adds up to `clock.consumed`.

    `as_known_at`: events that the clock's log got later were left out. `arithmetic`: the sum, step by step, in words.
    `disagreements`: where the record differs from what was computed here again; empty, unless something is wrong.
    """

    clock: ClockStatus
    as_known_at: datetime
    summary: str
    arithmetic: Sequence[str]
    segments: Sequence[ProofSegment]
    rules: Sequence[Rule]
    events: Sequence[ProofEvent]
    disagreements: Sequence[str]

    @property
    def promise(self) -> ClockStatus:
        """The clock, by the name that every proof gives what it proves."""
        return self.clock


def prove(
    facts: Sequence[Dated],
    at: datetime,
    known_at: datetime,
    metric: Metric,
    policies: Policies,
    ticket_id: UUID,
    number: str | None,
    rows: int = 60,
    causes: Mapping[UUID, Cited] = MappingProxyType({}),
) -> Proof:
    """The proof of a metric's clock. `facts`: of its stream (see as_of); `rows`: about how many rows the table has;
    `causes`: the cause of each event, by event id.

    Raises UnknownPolicy, UnknownCalendar if the rules that it was counted by are missing.
    """
    history = read_history(facts, metric)
    clock = status_at(history, at, policies, ticket_id, number)
    every = totalled(stretches(history, at, policies))
    says = _says(history.clock, policies, wall)
    return Proof(
        clock=clock,
        as_known_at=known_at,
        summary=summary(clock, history, _says(history.clock, policies, brief_wall)),
        arithmetic=arithmetic(clock, says, THING[metric]),
        segments=condensed(every, rows),
        rules=list(_rules(history.clock, policies)) if history.clock else [],
        events=[_event(fact, happened, says, causes.get(fact.event_id)) for fact, happened in history.facts],
        disagreements=list(disagreements(history, clock, every, policies)),
    )


def _rules(clock: Clock, policies: Policies) -> Iterator[Rule]:
    for _, segments in groupby(zip(clock.segments, rules_of(clock), strict=True), lambda each: each[1]):
        yield _rule(next(segments)[0], policies)


def _rule(segment: Segment, policies: Policies) -> Rule:
    policy, calendar = policies[segment.policy], calendar_of(segment, policies)
    return Rule(
        since=segment.since,
        consumed=segment.consumed,
        policy=policy.version,
        policy_name=policy.name,
        calendar=calendar.name,
        calendar_version=calendar.version,
        tzdata=policy.tzdata,
        holidays=policy.holidays,
        known_until=calendar.known_until,
    )


def _says(clock: Clock | None, policies: Policies, written: Callable[[datetime], str]) -> FormatInstant:
    calendar = calendar_of(clock.segments[-1], policies) if clock else None
    return lambda at: written(local(calendar, at))


def _event(fact: Fact, happened: datetime, says: FormatInstant, cause: Cited | None) -> ProofEvent:
    return ProofEvent(
        event_id=fact.event_id,
        type=kind_of(fact.event).name,
        happened_at=happened,
        recorded_at=fact.recorded_at,
        words=describe(fact.event, says),
        cause=cause,
    )
