"""Reading applied records again, to compare them with repeated ones that prove nothing by themselves."""

import asyncio

import structlog

from contracts.errors import MalformedRecord
from kit.bus import Bus, BusError, Place
from kit.consume.backlog import Backlog
from kit.consume.inbox import read
from kit.consume.repeats import applied_before, first_offset

RETRY_SECONDS = 5.0
"""Seconds until records that could not be compared are read again."""

log = structlog.get_logger("consumer")


class Comparing:
    """Compares one partition at a time, while consuming goes on."""

    def __init__(self, backlog: Backlog, bus: Bus) -> None:
        self._backlog, self._bus = backlog, bus
        self._task: asyncio.Task[None] | None = None
        self._not_before: dict[Place, float] = {}

    def look(self, now: float) -> None:
        """Begin a comparison, if one is due and none is under way. `now`: elapsed real seconds."""
        if self._task and not self._task.done():
            return
        short = self._backlog.short(now)
        self._not_before = {place: at for place, at in self._not_before.items() if place in short}
        if due := [place for place in short if self._not_before.get(place, now) <= now]:
            self._not_before[due[0]] = now + RETRY_SECONDS
            self._task = asyncio.create_task(self._compare(due[0], short[due[0]]))

    def end(self) -> None:
        """Cancel the comparison under way."""
        if self._task:
            self._task.cancel()

    async def _compare(self, place: Place, lowest: int) -> None:
        if (cursor := self._backlog.cursors.get(place)) is None:  # the shard became another replica's
            return
        log.warning("records came again that may be of another past", topic=place[0], shard=place[1], seq=lowest)
        envelopes = []
        try:
            async for message in self._bus.records(place, first_offset(lowest, cursor), cursor.koffset):
                try:
                    envelopes.append(read(message).envelope)
                except (MalformedRecord, ValueError):
                    continue  # no event of ours when it came first, either
        except BusError as error:
            log.warning("what was applied could not be read again", error=str(error))
            return
        if self._backlog.compare(place, applied_before(envelopes, cursor)):
            self._not_before.pop(place, None)
        elif place not in self._backlog.broken:
            log.warning("what was applied is not on the topic any more", topic=place[0], shard=place[1], seq=lowest)
