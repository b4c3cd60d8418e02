"""Which events follow from a command; none if it changes nothing or is stale. What was due before it comes first."""

from collections.abc import Callable
from typing import Any

from sla_timer.domain.alarm import hear
from sla_timer.domain.clock.apply import generation_of
from sla_timer.domain.clock.change import absorb, change_entitlement, change_severity, migrate
from sla_timer.domain.clock.fulfil import (
    end_clock,
    fulfil,
    record_response,
    void_clock,
)
from sla_timer.domain.clock.pause import pause, reopen, resume
from sla_timer.domain.clock.retract import reconsider
from sla_timer.domain.clock.start import await_information, start_clock
from sla_timer.domain.commands import (
    AbsorbClock,
    AwaitInformation,
    ChangeEntitlement,
    ChangeSeverity,
    Command,
    EndClock,
    Fulfil,
    HearAlarms,
    MigrateClock,
    Note,
    PauseClock,
    PublishPolicy,
    RecordResponse,
    ReopenClock,
    ResumeClock,
    Ring,
    StartClock,
    VoidClock,
)
from sla_timer.domain.elapse import elapse, on_ring, timers
from sla_timer.domain.events import PolicyPublished, SlaEvent
from sla_timer.domain.evolve import fold
from sla_timer.domain.state import Breached, InForce, Missed, Running, Situation, StreamAlarms


def decide(command: Command, state: Situation) -> list[SlaEvent]:
    """The events that follow from a command in a state.

    Raises UnknownCalendar or UnknownPolicy if the rules to count by are missing; OtherPromise or NoClockYet for
    a migration.
    """
    match command, state:
        case PublishPolicy(), _:
            return _publish(command, state)
        case Note(), _:
            return []
        case Ring(kind=kind, generation=generation), StreamAlarms():
            is_pending = any((to.kind, to.generation) == (kind, generation) for to in timers(state))
            return elapse(state, command.at) if is_pending else []
        case Ring(), _:
            return on_ring(state, command) if command.generation == generation_of(state) else []
        case HearAlarms(), _:
            return _after_due_events(command, state)
        case MigrateClock(), Breached() | Missed():
            return []  # a migration is no evidence about the past
        case _, Breached(clock) | Missed(clock) if command.at < clock.due_at:
            return reconsider(state, _after_due_events(command, Running(clock)))
        case _:
            return _after_due_events(command, state)


def _after_due_events(command: Any, state: Situation) -> list[SlaEvent]:
    """First the events due at or before the command's instant, then those of the command itself."""
    due = elapse(state, command.at)
    return [*due, *HANDLERS[type(command)](command, fold(state, due))]


def _publish(command: PublishPolicy, state: Situation) -> list[SlaEvent]:
    if state == InForce(command.version):
        return []
    return [
        PolicyPublished(
            shard=command.shard,
            version=command.version,
            name=command.name,
            tzdata=command.tzdata,
            holidays=command.holidays,
            resolved=command.resolved,
        )
    ]


HANDLERS: dict[type[Any], Callable[[Any, Situation], list[SlaEvent]]] = {
    AwaitInformation: await_information,
    StartClock: start_clock,
    VoidClock: void_clock,
    ChangeSeverity: change_severity,
    ChangeEntitlement: change_entitlement,
    MigrateClock: migrate,
    RecordResponse: record_response,
    Fulfil: fulfil,
    EndClock: end_clock,
    PauseClock: pause,
    ResumeClock: resume,
    ReopenClock: reopen,
    AbsorbClock: absorb,
    HearAlarms: hear,
}
