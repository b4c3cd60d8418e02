"""Of each pure core: whatever is asked of it, in whatever order, it records facts, or refuses by name; and no fact,
however odd, is one that it can't take in."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.contracts.facts import PLAIN, events_of, values_of
from tests.unit.examples import histories
from tests.unit.feedback.told import POLICIES
from tests.unit.sla_timer.story import MORE, OFFICE, PAUSING

from contracts.alarms import Alarm
from contracts.escalations import EscalationEvent
from contracts.later import Delay
from contracts.notifications import NotificationEvent
from contracts.refusals import Refusal
from contracts.sla import AlarmEvent, ClockEvent, SlaEvent
from contracts.tickets import IntakeEvent
from escalation.domain.commands import (
    AcknowledgeEscalation,
    CallRole,
    Climb,
    ComplaintCall,
    EndCalls,
    EscalationCommand,
    Schedule,
    SettleEscalation,
)
from escalation.domain.ladder import SHIPPED, Ladder, Ladders, Step
from feedback.domain import commands as feedback
from feedback.domain.events import FeedbackEvent
from feedback.domain.policy import UNHEARD
from feedback.domain.policy import Policies as FeedbackPolicies
from intake.domain import commands as intake
from notifier.domain.commands import NotificationCommand, ThreadCommand
from sla_timer.domain import commands as sla
from sla_timer.domain import identify, timers
from sla_timer.policy.promise import Kind
from sla_timer.policy.versions import Policies

BEGIN = datetime(2026, 7, 13, 8, tzinfo=UTC)
STEP = timedelta(minutes=10)
INSTANTS = st.integers(0, 2000).map(lambda steps: BEGIN + steps * STEP)
IDS = st.integers(1, 2).map(lambda number: UUID(int=number))
"""Few, so that what is asked often concerns what is there."""
WORKING_DAY = Delay(calendar="office", policy="p", working_days=1)
ROUND_AND_ROUND = Ladder(steps=(Step(role="engineer", after=timedelta(0)),), rounds=3)
FEW = PLAIN | {
    UUID: IDS,
    str: st.sampled_from(("", " ", "office", "response", "engineer", "Words.", "x" * 5000)),
    int: st.integers(-1, 6),
    datetime: INSTANTS,
    date: INSTANTS.map(datetime.date),
    timedelta: st.integers(0, 600).map(lambda steps: steps * STEP),
    Policies: st.sampled_from((OFFICE, MORE, PAUSING)),
    FeedbackPolicies: st.sampled_from((UNHEARD, POLICIES)),
    Delay: st.just(WORKING_DAY),
    Ladders: st.sampled_from((SHIPPED, Ladders({"p": ROUND_AND_ROUND}, "p"))),
}
SAID_AGAIN = (
    intake.PostMessage,
    intake.ProvideInformation,
    intake.RequestInformation,
    intake.Import,
    feedback.HearMore,
    *get_args(feedback.Step),
)
"""What a person may say twice, and means twice: that one request is one is seen by its id."""


@dataclass(frozen=True)
class Core:
    """Of a service, what one kind of its streams is asked (a union of commands), and the facts that it records.

    `same`: fields that are the same in all that is asked of one stream.
    """

    service: str
    commands: Any
    events: Any
    same: dict[str, Any] = field(default_factory=dict)
    without: tuple[type[Any], ...] = ()

    @property
    def asked(self) -> st.SearchStrategy[list[Any]]:
        """Any commands, those with instants in the order of these."""
        kinds = [kind for kind in _parts(self.commands) if kind not in self.without]
        one = st.one_of(*(values_of(kind, FEW) for kind in kinds)).map(lambda command: _with(command, self.same))
        return st.lists(one, max_size=12).map(_in_order)

    @property
    def recorded(self) -> st.SearchStrategy[list[Any]]:
        """Any facts."""
        return st.lists(st.one_of(*map(events_of, _parts(self.events))), max_size=12)


def _parts(union: Any) -> Iterable[type[Any]]:
    return get_args(union) or (union,)


def _with(command: Any, values: dict[str, Any]) -> Any:
    return replace(command, **{name: value for name, value in values.items() if hasattr(command, name)})


def _in_order(commands: list[Any]) -> list[Any]:
    """A shard's facts have ascending instants."""
    instants = iter(sorted(command.at for command in commands if hasattr(command, "at")))
    return [_with(command, {"at": next(instants)}) if hasattr(command, "at") else command for command in commands]


def _clock(kind: Kind) -> Core:
    without = sla.Fulfil if kind == "response" else sla.RecordResponse
    return Core("sla_timer", sla.ClockCommand, ClockEvent, {"kind": kind}, (without,))


CORES = {
    "ticket": Core("intake", intake.TicketCommand, IntakeEvent),
    "account": Core("intake", intake.AccountCommand, IntakeEvent),
    "brought in": Core("intake", intake.Command, IntakeEvent),
    **{f"clock of a {kind}": _clock(kind) for kind in get_args(Kind)},
    "alarm": Core("sla_timer", sla.HearAlarms, AlarmEvent),
    "escalation of a response": Core("escalation", EscalationCommand, EscalationEvent, {"escalation": "response"}),
    "escalation of an update": Core(
        "escalation", EscalationCommand, EscalationEvent, {"escalation": "update"}, (SettleEscalation,)
    ),
    **{
        f"calls about a complaint for {name}": Core(
            "escalation",
            CallRole | EndCalls | Climb | Schedule | AcknowledgeEscalation,
            EscalationEvent,
            {"escalation": name, "alarm": Alarm(name=f"escalation-{name}-1", delay=WORKING_DAY)},
        )
        for name in get_args(ComplaintCall)
    },
    "thread": Core("notifier", ThreadCommand, NotificationEvent),
    "notification": Core("notifier", NotificationCommand, NotificationEvent),
    "survey": Core("feedback", feedback.SurveyCommand, FeedbackEvent),
    "feedback": Core("feedback", feedback.FeedbackCommand, FeedbackEvent),
}
EVENTS = {core.service: core for core in CORES.values()} | {"sla_timer": Core("sla_timer", sla.Command, SlaEvent)}


@pytest.mark.parametrize("name", CORES)
@settings(max_examples=histories(20), deadline=None)
@given(data=st.data())
def test_whatever_is_asked_is_recorded_or_refused_by_name_and_asked_again_is_already_so(
    name: str, data: st.DataObject
) -> None:
    core = CORES[name]
    domain: Any = import_module(f"{core.service}.domain")
    state = domain.INITIAL
    names: list[str | None] = []
    for command in data.draw(core.asked):
        events = _answer(domain, command, state)
        if isinstance(events, Refusal):
            assert events.slug
            assert 400 <= events.status < 500
            continue
        for event in events:
            assert isinstance(event, core.events)
            names.append(_named(core, event, state))
            state = domain.evolve(state, event)
        again = _answer(domain, command, state)
        if isinstance(again, list) and not isinstance(command, SAID_AGAIN):
            assert [event for event in again if not _named(core, event, state)] == []
        if core.service == "sla_timer":
            _rings(domain, state)
    named = [name for name in names if name]
    assert len(named) == len(set(named)), "an event that time makes has a name of its own"


def _answer(domain: Any, command: Any, state: Any) -> list[Any] | Refusal:
    try:
        events: list[Any] = domain.decide(command, state)
    except Refusal as refusal:
        return refusal
    return events


def _named(core: Core, event: Any, state: Any) -> str | None:
    """The name of an event that time brings about."""
    return identify(event, state) if core.service == "sla_timer" else None


def _rings(domain: Any, state: Any) -> None:
    """Each timer that is set brings something about when it is due, and nothing if it was set otherwise since."""
    for due in timers(state):
        assert domain.decide(sla.Ring(at=due.due_at, kind=due.kind, generation=due.generation), state)
        assert not domain.decide(sla.Ring(at=due.due_at, kind=due.kind, generation=due.generation - 1), state)


@pytest.mark.parametrize("service", EVENTS)
@settings(max_examples=histories(20), deadline=None)
@given(data=st.data())
def test_any_facts_in_any_order_add_up_to_something(service: str, data: st.DataObject) -> None:
    domain: Any = import_module(f"{service}.domain")
    state = domain.INITIAL
    for event in data.draw(EVENTS[service].recorded):
        before = state
        state = domain.evolve(state, event)
        assert domain.evolve(before, event) == state
    if service == "sla_timer":
        timers(state)
