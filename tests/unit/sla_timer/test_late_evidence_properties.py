"""Whenever a history is heard of, and whatever was announced meanwhile, it leaves what it leaves if heard in time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.examples import histories
from tests.unit.sla_timer.histories import MONDAY, POLICIES, STEP, tickets
from tests.unit.sla_timer.story import Log, after_rings, carried_out, recorded

from contracts.names import SLA
from contracts.replacing import replace
from contracts.sla import AnsweredLate, BreachRetracted, Metric, ObjectiveMissed, SlaBreached, SlaMet
from sla_timer.domain import INITIAL, evolve
from sla_timer.domain.commands import Evidence
from sla_timer.domain.state import (
    AwaitingInformation,
    Breached,
    Cancelled,
    Clock,
    Met,
    Missed,
    Paused,
    Running,
    Situation,
    Unowed,
)
from sla_timer.policy.versions import Policies
from sla_timer.projection import project
from sla_timer.react import react

Heard = Sequence[tuple[datetime, datetime, Any]]
"""Facts: when recorded, when heard, and what."""
END = timedelta(days=40)
AT_ONCE = timedelta(0)
OUTAGES = st.one_of(*(st.integers(0, most) for most in (24, 288))).map(lambda steps: steps * STEP)


@st.composite
def delays(draw: st.DrawFn, history: Sequence[tuple[datetime, Any]]) -> list[timedelta]:
    """How much later than recorded each fact is heard: never before an earlier one."""
    heard: list[timedelta] = []
    last = history[0][0]
    for at, _ in history:
        last = max(last, at + draw(st.one_of(st.just(AT_ONCE), OUTAGES)))
        heard.append(last - at)
    return heard


@st.composite
def heard_late(draw: st.DrawFn) -> Heard:
    """A history of a ticket, and when each fact is heard."""
    history = draw(tickets())
    return [(at, at + delay, event) for (at, event), delay in zip(history, draw(delays(history)), strict=True)]


def announced(heard: Heard, policies: Policies, evidence: Evidence) -> dict[str, tuple[Log, Situation]]:
    """Per clock what is announced, each timer as soon as it rings, and how it stands in the end."""
    clocks: dict[str, tuple[Log, Situation]] = {}
    for at, now, event in heard:
        for stream, (log, state) in clocks.items():
            more, after = after_rings(state, now, evidence)
            clocks[stream] = [*log, *more], after
        for stream, command in react(recorded(at, event), policies):
            log, state = clocks.get(stream, ([], INITIAL))
            more, after = carried_out(command, state)
            clocks[stream] = [*log, *more], after
    for stream, (log, state) in clocks.items():
        more, after = after_rings(state, heard[-1][1] + END)
        clocks[stream] = [*log, *more], after
    return clocks


def standing_verdicts(log: Log) -> Iterator[Any]:
    """The verdicts that were not taken back."""
    found: list[Any] = []
    for _, event in log:
        if isinstance(event, BreachRetracted):
            taken_back = found.pop()
            assert isinstance(taken_back, SlaBreached | ObjectiveMissed), "there was nothing to take back"
            assert taken_back.metric == event.metric
            assert event.breached_at == getattr(taken_back, "breached_at", taken_back.due_at)
        elif isinstance(event, SlaBreached | ObjectiveMissed | SlaMet | AnsweredLate):
            found.append(event)
    yield from found


def bare(state: Situation) -> Situation:
    """Without what may tell how one came there: how often timers were set, and when it was announced."""
    match state:
        case AwaitingInformation():
            return replace(state, generation=0)
        case Cancelled(awaited=AwaitingInformation() as awaited):
            return replace(state, awaited=replace(awaited, generation=0))
        case Breached(clock):
            return replace(state, clock=_bare(clock), breached_at=clock.due_at)
        case Missed(clock):
            return replace(state, clock=_bare(clock), due_at=clock.due_at)
        case Running(clock) | Paused(clock) | Unowed(clock) | Met(Clock() as clock) | Cancelled(Clock() as clock):
            return replace(state, clock=_bare(clock))
        case _:
            return state


def _bare(clock: Clock) -> Clock:
    return replace(clock, generation=0, warnings=())


def same(late: Any, in_time: Any) -> bool:
    """Whether they are one verdict. A breach on record keeps cause and deadline of its announcement."""
    match late, in_time:
        case SlaBreached(evidence="grace" | "parked"), SlaBreached():
            return in_time.breached_at <= late.breached_at and late.metric == in_time.metric
        case ObjectiveMissed(), ObjectiveMissed():
            return in_time.due_at <= late.due_at
        case _:
            return bool(late == in_time)


def in_time(heard: Heard) -> Heard:
    """The same, each heard when it was recorded."""
    return [(at, at, event) for at, _, event in heard]


@settings(max_examples=histories(150), deadline=None)
@given(heard=heard_late(), policies=POLICIES, evidence=st.sampled_from(("grace", "parked")))
def test_facts_heard_late_leave_the_verdicts_that_they_leave_in_time(
    heard: Heard, policies: Policies, evidence: Evidence
) -> None:
    ought, were = announced(in_time(heard), policies, "settled"), announced(heard, policies, evidence)
    assert ought.keys() == were.keys()
    for stream, (log, state) in were.items():
        wanted, given = list(standing_verdicts(ought[stream][0])), list(standing_verdicts(log))
        assert [type(one) for one in given] == [type(one) for one in wanted], f"{stream}: {given} for {wanted}"
        assert all(map(same, given, wanted)), f"{stream}: {given} for {wanted}"
        assert bare(state) == bare(ought[stream][1])
        names = [name for name, _ in log if name]
        assert len(names) == len(set(names)), "an event that time makes has a name of its own"


@settings(max_examples=histories(100), deadline=None)
@given(heard=heard_late(), policies=POLICIES)
def test_facts_heard_late_leave_the_rows_that_they_leave_in_time(heard: Heard, policies: Policies) -> None:
    ought, were = announced(in_time(heard), policies, "settled"), announced(heard, policies, "grace")
    for stream, (log, _) in were.items():
        wanted, given = _rows(ought[stream][0]), _rows(log)
        assert given.keys() >= wanted.keys()
        assert {metric: given[metric] for metric in wanted} == wanted, stream
        # A promise that was announced as running and never was is void, and nothing else.
        assert all(row["state"] == "cancelled" for metric, row in given.items() if metric not in wanted)


def _rows(log: Log) -> dict[Metric, dict[str, Any]]:
    """The read model's, by metric, without when and how things were announced."""
    rows: dict[Metric, dict[str, Any]] = {}
    state: Situation = INITIAL
    for _, event in log:
        before, state = state, evolve(state, event)
        for put in project(recorded(MONDAY, event, topic=SLA), before, state):
            rows.setdefault(put.key["metric"], {}).update(put.values)
    for row in rows.values():
        row["warned"] = row["updated_at"] = None
        row["breached_at"] = bool(row.get("breached_at"))
    return rows
