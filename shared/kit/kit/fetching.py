"""A consumer's end of the broker: it fills the backlog, in measure, and knows what is still to come."""

import asyncio

from kit.backlog import Backlog
from kit.bus import Feed, Place
from kit.stored import Cursor

QUEUE = 2_000
"""Records of one partition that may wait in memory before its fetching is paused."""


class Fetching:
    """Without a feed there is nothing to say of any place: before the group was joined, and once it is left."""

    def __init__(self, backlog: Backlog, linger: float) -> None:
        self._backlog, self._linger = backlog, linger
        self._feed: Feed | None = None
        self._paused: set[Place] = set()

    def begin(self, feed: Feed) -> None:
        """The group is joined. Its first assignment came before there was a feed to seek with."""
        self._feed = feed
        for place, cursor in self._backlog.cursors.items():
            feed.seek(place, cursor.koffset)

    def end(self) -> None:
        """The group is left."""
        self._feed = None

    def seek(self, place: Place, cursor: Cursor) -> None:
        """Read on from there."""
        if self._feed:
            self._feed.seek(place, cursor.koffset)

    async def fetch(self, feed: Feed) -> None:
        """Queue what has come."""
        found = await feed.poll(0.02 if self._backlog.ready() else 0.25)
        if found and self._linger:
            await asyncio.sleep(self._linger)
            found += await feed.poll(0)
        for message in found:
            self._backlog.add(message)

    def regulate(self, feed: Feed) -> None:
        """Fetch no more of what piles up, and again what has shrunk."""
        sizes = {place: self._backlog.waiting(place) for place in self._backlog.places()}
        full = {place for place, size in sizes.items() if size > QUEUE} - self._paused
        thin = {place for place in self._paused if sizes.get(place, 0) < QUEUE // 4}
        if full:
            feed.pause(full)
        if mine := thin & set(feed.assigned()):
            feed.resume(mine)
        self._paused = (self._paused | full) - thin

    def behind(self) -> bool:
        """Whether the broker has records that we could take and don't get."""
        waiting = self._backlog.places() - self._backlog.broken.keys() - self._paused
        return any(self._feed and self._feed.lag(place) for place in waiting)

    def at_end(self, place: Place) -> bool:
        """Whether all that the partition is known to hold has been applied."""
        incomplete = place in self._backlog.holes or place in self._backlog.broken or self._backlog.waiting(place)
        return self._feed is not None and self._feed.lag(place) == 0 and not incomplete

    def lag(self) -> dict[Place, int | None]:
        """Per place how many records are known to be there and not applied; None: not known yet."""
        if self._feed is None:
            return {}
        beyond = {place: self._feed.lag(place) for place in self._backlog.places()}
        return {place: None if n is None else n + self._backlog.waiting(place) for place, n in beyond.items()}
