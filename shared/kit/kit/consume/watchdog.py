"""Watches whether a consumer makes progress, logs what is missing, and ends a process that is stuck."""

from collections.abc import Callable

import structlog

from kit.bus import Place
from kit.clock import Clock
from kit.consume.backlog import Backlog

ALARM_AFTER_SECONDS = 30.0
"""Seconds until a hole, a missing cause or a stalled consumer is an error."""
LOOK_EVERY_SECONDS = 1.0
"""Seconds between looks."""
GIVE_UP_AFTER_SECONDS = 120.0
"""Seconds with records to apply and without progress, after which the process ends."""

log = structlog.get_logger("consumer")


class Stuck(Exception):
    """A consumer has records to apply and makes no progress: end the process, so that another may try."""


class Watchdog:
    """Watches one consumer. `behind`: whether the broker has records that the consumer should get and doesn't."""

    def __init__(self, name: str, clock: Clock, backlog: Backlog, behind: Callable[[], bool]) -> None:
        self._name, self._clock, self._backlog, self._behind = name, clock, backlog, behind
        self._progress = clock.elapsed()
        self._watched = clock.elapsed()
        self._said: dict[tuple[str, Place], float] = {}

    def progress(self) -> None:
        """Note that the consumer has made progress."""
        self._progress = self._clock.elapsed()

    def stalled(self) -> bool:
        """Whether records have waited for a while and none was applied."""
        return self._clock.elapsed() - self._progress > ALARM_AFTER_SECONDS

    def look(self) -> None:
        """Look, if it is time to. Raises Stuck."""
        now = self._clock.elapsed()
        if now - self._watched < LOOK_EVERY_SECONDS:
            return
        self._watched = now
        for message, since_when in (
            ("a hole is not refilled", self._backlog.holes),
            ("what caused it has not come", self._backlog.held),
        ):
            for place, since in since_when.items():
                if now - max(since, self._said.get((message, place), since)) > ALARM_AFTER_SECONDS:
                    log.error(message, topic=place[0], shard=place[1], seconds=round(now - since))
                    self._said[message, place] = now
        if not (self._backlog.ready() or self._behind()):
            self._progress = now
        elif now - self._progress > GIVE_UP_AFTER_SECONDS:
            raise Stuck(f"{self._name} has records that wait, and has applied none for {GIVE_UP_AFTER_SECONDS:.0f} s")
