"""What must be true of the policy while it changes: running clocks keep the version that they were started under."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.simulation.ending import Ending
from tests.simulation.scenario import SPEED

from contracts.envelope import Fact
from contracts.names import SLA
from contracts.sla import (
    ClockCancelled,
    ClockEvent,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockUnowed,
    PolicyPublished,
)

KNOWN_WITHIN = 12.0
"""Seconds until a replica that is not restarted knows another version, for all faults and wrong clocks."""


def clocks_keep_their_policy(ending: Ending) -> Iterable[str]:
    """From their start to their end; a change of severity ends none."""
    clocks: dict[str, list[Fact]] = defaultdict(list)
    for fact in ending.logs[SLA]:
        if isinstance(fact.event, ClockEvent) and hasattr(fact.event, "versions"):
            clocks[fact.stream].append(fact)
    for stream, facts in clocks.items():
        version, superseded = "", False
        for fact in facts:
            event = fact.event
            if isinstance(event, ClockStarted | ClockUnowed) and not superseded:
                version = event.versions.policy
            if event.versions.policy != version and version:
                yield f"{stream} was started under {version}, and {type(event).__name__} is under another policy"
            superseded = _superseded(event, before=superseded)
            if isinstance(event, ClockCancelled) and not superseded:
                version = ""


def clocks_start_under_the_policy_in_force(ending: Ending) -> Iterable[str]:
    """The one published last in their shard; for a while still the one before, by who hasn't heard of it."""
    published: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    starting: dict[str, bool] = {}
    for fact in ending.logs[SLA]:
        if isinstance(fact.event, PolicyPublished):
            published[fact.shard].append((fact.event.version, fact.recorded_at))
        elif isinstance(fact.event, ClockStarted) and starting.get(fact.stream, True):
            versions = [version for version, _ in published[fact.shard]]
            version = fact.event.versions.policy
            if version not in versions:
                yield f"{fact.stream} is under {version}, which was not published before"
            elif version != versions[-1]:
                late = (fact.recorded_at - published[fact.shard][-1][1]) / timedelta(seconds=SPEED)
                if late > KNOWN_WITHIN:
                    yield f"{fact.stream} is under {version}, {late:.1f} s after another was published"
        if isinstance(fact.event, ClockEvent):
            starting[fact.stream] = not _superseded(fact.event, before=not starting.get(fact.stream, True))


def _superseded(event: ClockEvent, *, before: bool) -> bool:
    """Whether a start that follows takes up a course: nothing is owed at this severity."""
    match event:
        case ClockUnowed():
            return True
        case ClockCancelled(cause=cause):
            return cause == "severity"
        case ClockPaused() | ClockResumed():
            return before
        case _:
            return False
