"""What the shell expects of a service's core: a module or object with these names."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, cast

import msgspec

from contracts.envelope import Fact


class Due(Protocol):
    """A timer that a state asks for. A later generation of the same kind replaces an earlier one."""

    @property
    def kind(self) -> str:
        """The name of the timer, unique within the stream."""
        ...

    @property
    def due_at(self) -> datetime:
        """When it rings, in the domain's time."""
        ...

    @property
    def generation(self) -> int:
        """The number of this setting of the timer; rings of earlier ones are stale."""
        ...


class Decider(Protocol):
    """The functional core: it does no I/O, reads no clock and draws no ids.

    It may also have functions of the state: `timers`, the Dues that this service rings (only sla-timer does); `alarms`,
    those that sla-timer rings for the stream (contracts.alarms). And `dated(state, at)`: the state with the instant at
    which its last event was recorded (contracts.promises). And `echoes(state)`: how many of the stream's last events
    only say what became of earlier ones, so that an If-Match with the version before them still holds.
    """

    INITIAL: Any

    def decide(self, command: Any, state: Any, /) -> list[Any]:
        """The events that follow; none if nothing changes. Raises a Refusal."""
        ...

    def evolve(self, state: Any, event: Any, /) -> Any:
        """The state after the event. Never fails: the event has happened."""
        ...


def evolved(decider: Decider, state: Any, fact: Fact) -> Any:
    """The state after a recorded fact."""
    after = decider.evolve(state, fact.event)
    dated = _dated_of(cast(Hashable, decider))
    return dated(after, fact.happened_at) if dated else after


def folded(decider: Decider, facts: Iterable[Fact]) -> Any:
    """The state that a stream's recorded facts add up to."""
    state = decider.INITIAL
    for fact in facts:
        state = evolved(decider, state, fact)
    return state


@lru_cache(maxsize=64)
def _dated_of(decider: Hashable) -> Callable[[Any, datetime], Any] | None:
    """Cached: to find that a module lacks a name takes as long as replaying a small event."""
    dated: Callable[[Any, datetime], Any] | None = getattr(decider, "dated", None)
    return dated


class Put(msgspec.Struct, frozen=True):
    """Sets columns of one row of a read model; other columns keep their values.

    A struct, because replay makes one for almost every event.
    """

    table: str
    key: dict[str, Any]
    values: dict[str, Any] = {}


class Project(Protocol):
    """The rows of read models that a fact changes, given the stream's state before and after it."""

    def __call__(self, fact: Fact, before: Any, after: Any, /) -> Iterable[Put]:
        """Pure: live and replay give the same rows."""
        ...


class Keep(Protocol):
    """The rows that a service stores of a fact from another topic, in the transaction that moves the cursor past it."""

    def __call__(self, fact: Fact, /) -> Iterable[Put]:
        """Pure: the same rows when the fact is read again."""
        ...


def nothing_kept(fact: Fact) -> Sequence[Put]:
    """For a service that stores nothing of others' facts."""
    return ()


def no_rows(fact: Fact, before: Any, after: Any) -> Sequence[Put]:
    """The projection of a service without read models."""
    return ()
