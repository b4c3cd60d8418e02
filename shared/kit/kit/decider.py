"""What a service's core looks like to the shell: a module, or any object, with these names."""

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
        """What rings, unique within the stream."""
        ...

    @property
    def due_at(self) -> datetime:
        """When, in the domain's time."""
        ...

    @property
    def generation(self) -> int:
        """Which setting of this timer it is; a ring of an older one is stale."""
        ...


class Decider(Protocol):
    """The functional core: no I/O, no clock, no ids drawn.

    It may have these too, each a function of the state: `timers`, the Dues that ring here (sla-timer alone knows what
    time it is, so they are its own); `alarms`, what its stream wants to be told when it is later (contracts.alarms).
    And `dated(state, at)`: the state once its last event is on record, since that instant (contracts.promises).
    """

    INITIAL: Any

    def decide(self, command: Any, state: Any, /) -> list[Any]:
        """The events that follow. `[]`: already so. Raises the service's Refusal."""
        ...

    def evolve(self, state: Any, event: Any, /) -> Any:
        """The state after the event. Never fails: it has already happened."""
        ...


def evolved(decider: Decider, state: Any, fact: Fact) -> Any:
    """The state after a fact that is on record."""
    after = decider.evolve(state, fact.event)
    dated = _dated_of(cast(Hashable, decider))
    return dated(after, fact.happened_at) if dated else after


@lru_cache(maxsize=64)
def _dated_of(decider: Hashable) -> Callable[[Any, datetime], Any] | None:
    """Looked up once: to find that a module has no such name takes as long as replaying a small event."""
    dated: Callable[[Any, datetime], Any] | None = getattr(decider, "dated", None)
    return dated


class Put(msgspec.Struct, frozen=True):
    """Sets columns of one row of a read model; columns not named keep their values.

    A struct, for replay makes one of almost every event.
    """

    table: str
    key: dict[str, Any]
    values: dict[str, Any] = {}


class Project(Protocol):
    """Which rows of the read models a fact changes, given the stream's state before and after it."""

    def __call__(self, fact: Fact, before: Any, after: Any, /) -> Iterable[Put]:
        """Pure; the same when live and in replay."""
        ...


class Keep(Protocol):
    """Which rows are kept of a fact that the service follows, in the transaction that moves its cursor past it."""

    def __call__(self, fact: Fact, /) -> Iterable[Put]:
        """Pure, and the same when the fact is read again."""
        ...


def nothing_kept(fact: Fact) -> Sequence[Put]:
    """For a service that keeps nothing of what others record."""
    return ()


def no_rows(fact: Fact, before: Any, after: Any) -> Sequence[Put]:
    """The projection of a service without read models."""
    return ()
