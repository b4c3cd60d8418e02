"""What a service says of itself; `kit.process.process` makes it run."""

from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter

from contracts.base import BY_CLASS
from kit.consume.follow import LookUp, React, ReactToAlarms, the_policy
from kit.consume.views import View
from kit.decider import Decider, Keep, Project, no_rows, nothing_kept
from kit.log.effects import AnswerFromEvent, no_answer
from kit.log.perform import Prepare, as_is
from kit.policy_book import Fold, InShard, no_policy, the_latest
from kit.process.host import Host
from kit.process.settings import ServiceSettings
from kit.recovery.adoption import AfterAdoption, BeforeAdoption
from kit.timers.timers import Ringing

Part = Callable[[Host], Coroutine[Any, Any, None]]
"""Something that runs beside HTTP, consumer and relay until it is cancelled, such as a mail listener."""

BeforeConsuming = Callable[[Host], Coroutine[Any, Any, None]]
"""Something that must have been done before consuming begins."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service. `listens`: the topics whose facts `react` answers; timers wait for the settled edge of the first."""

    name: str
    summary: str
    topic: str
    decider: Decider
    migrations: Path
    settings: type[ServiceSettings] = ServiceSettings
    listens: Sequence[str] = ()
    linger: float = 0.0
    """Seconds for more facts to come before they are applied: for a service in no hurry, fewer transactions."""
    react: React = lambda fact, context: ()
    reacts_to: Collection[type[Any]] = ()
    """The event classes in the table that `react` looks into."""
    react_to_alarms: ReactToAlarms | None = None
    """For the service that knows what time it is: it is told here what the streams of others wait for."""
    look_up: LookUp = the_policy
    keep: Keep = nothing_kept
    views: Sequence[View] = ()
    """Tables of what the topics say that it listens to."""
    project: Project = no_rows
    prepare: Prepare = as_is
    routers: Sequence[APIRouter] = ()
    policy: Any = None
    fold_policy: Fold = no_policy
    policy_in_shard: InShard = the_latest
    hears_policies: bool = False
    """It doesn't follow sla-timer, and must know the policy all the same; see `kit.consume.policy_feed`."""
    ringing: Ringing | None = None
    door: bool = False
    """It is ready while requests can be answered and kept, whatever its consumer does; others, while they consume."""
    makes_keys: bool = False
    heartbeat: bool = False
    before_consuming: BeforeConsuming | None = None
    answer_from_event: AnswerFromEvent = no_answer
    after_adoption: Callable[[Host], AfterAdoption] | None = None
    """Of a log that takes up again what a restored database lacks; and `before_adoption` of that."""
    before_adoption: Callable[[Host], BeforeAdoption] | None = None
    parts: Sequence[Part] = ()
    finishing: Sequence[Part] = ()
    """Like parts, but with work in hand: they end by themselves, soon after the service has begun to stop."""

    def __post_init__(self) -> None:
        """Raises ValueError for a view of a topic that isn't listened to: its column would stay empty unnoticed."""
        for view in self.views:
            if unheard := sorted(view.parts.keys() - set(self.listens)):
                raise ValueError(f"{self.name}: the view {view.table} is of {unheard}, which listens lacks")

    @property
    def heeds(self) -> frozenset[str]:
        """The event types, as on the wire, that are read: an event of another one may be newer than this code."""
        names = frozenset(BY_CLASS[cls].name for cls in self.reacts_to)
        return names.union(*(view.heeds for view in self.views))
