"""The description of a service, which `kit.process.process` runs."""

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
from kit.log.perform import Enrich, as_is
from kit.personal.vault import Makes, makes_none
from kit.policy_book import Fold, InShard, no_policy, the_latest
from kit.process.host import Host
from kit.process.settings import ServiceSettings
from kit.recovery.adoption import AfterAdoption, BeforeAdoption
from kit.timers.timers import Ringing

Part = Callable[[Host], Coroutine[Any, Any, None]]
"""A part that runs beside HTTP, consumer and relay until cancelled, such as a mail listener."""

BeforeConsuming = Callable[[Host], Coroutine[Any, Any, None]]
"""A step that must be done before consuming begins."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service. `listens`: the topics that it consumes; its timers wait for the settled edge of the first."""

    name: str
    summary: str
    topic: str
    decider: Decider
    migrations: Path
    settings: type[ServiceSettings] = ServiceSettings
    listens: Sequence[str] = ()
    linger: float = 0.0
    """Seconds to wait for more facts before they are applied: fewer transactions, for a service in no hurry."""
    react: React = lambda fact, context: ()
    reacts_to: Collection[type[Any]] = ()
    """The event classes to which `react` reacts."""
    react_to_alarms: ReactToAlarms | None = None
    """Only for sla-timer: its reaction to the alarms in the envelopes of others' events."""
    look_up: LookUp = the_policy
    look_up_of: Callable[[Host], LookUp] | None = None
    """Makes the LookUp of a process, in place of `look_up`: for one that needs more than the transaction."""
    keep: Keep = nothing_kept
    views: Sequence[View] = ()
    """Tables folded from the topics that it consumes."""
    project: Project = no_rows
    enrich: Enrich = as_is
    routers: Sequence[APIRouter] = ()
    long_bodies: Collection[str] = ()
    """Paths of routes that read long bodies, and limit them themselves."""
    policy: Any = None
    fold_policy: Fold = no_policy
    policy_in_shard: InShard = the_latest
    hears_policies: bool = False
    """It needs the policy although it doesn't consume sla-timer's topic; see `kit.consume.policy_feed`."""
    ringing: Ringing | None = None
    door: bool = False
    """It is ready while it can answer and store requests; other services only while they also consume."""
    makes_keys: Makes = makes_none
    receives_keys: bool = True
    """It needs keys of persons that another service makes."""
    heartbeat: bool = False
    before_consuming: BeforeConsuming | None = None
    answer_from_event: AnswerFromEvent = no_answer
    after_adoption: Callable[[Host], AfterAdoption] | None = None
    """Of a log that takes up again what a restored database lacks; and `before_adoption` of that."""
    before_adoption: Callable[[Host], BeforeAdoption] | None = None
    parts: Sequence[Part] = ()
    finishing: Sequence[Part] = ()
    """Parts that finish their work by themselves, soon after the service has begun to stop."""

    def __post_init__(self) -> None:
        """Raises ValueError for a view of a topic that isn't consumed: its column would stay empty unnoticed."""
        for view in self.views:
            if unheard := sorted(view.parts.keys() - set(self.listens)):
                raise ValueError(f"{self.name}: the view {view.table} is of {unheard}, which listens lacks")

    @property
    def heeds(self) -> frozenset[str]:
        """The event types that are decoded, as on the wire; others may be newer than this code."""
        names = frozenset(BY_CLASS[cls].name for cls in self.reacts_to)
        return names.union(*(view.heeds for view in self.views))
