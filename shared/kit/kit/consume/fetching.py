"""Fetches records into the backlog, pauses partitions that pile up, and knows how far behind we are."""

import asyncio
from collections.abc import Collection, Mapping

from kit.bus import Feed, Place
from kit.consume.backlog import Backlog

MAX_QUEUED_RECORDS = 2_000
"""Records of one partition in memory above which we pause fetching it."""
CHECK_HOLE_AFTER_SECONDS = 2.0
"""Seconds until a hole makes us check whether the partition was replaced."""
LOST_RECORD_AFTER_SECONDS = 1.0
"""Seconds at the end of a partition without the last record applied, after which we take that record for lost."""


class Fetching:
    """Fetches from one feed at a time. Without a feed, while the broker is away, no partition's lag is known.

    `linger`: seconds to wait for more records once some have come.
    """

    def __init__(self, backlog: Backlog, linger: float) -> None:
        self._backlog, self._linger = backlog, linger
        self._feed: Feed | None = None
        self._paused: set[Place] = set()
        self._seen_again: set[Place] = set()
        """Partitions that we have checked because of a hole."""
        self._nothing: dict[Place, float] = {}
        """Partitions that end where the last record applied should be, and since when."""

    def begin(self, feed: Feed) -> None:
        """Use this feed from now on."""
        self._feed = feed

    def end(self) -> None:
        """Use no feed: the broker is lost, or the consumer ends."""
        self._feed = None
        self._paused.clear()

    def assign(self, begin: Mapping[Place, int], keep: Collection[Place]) -> None:
        """Read these partitions and no others: `begin` from its offsets, `keep` from where it is."""
        if self._feed:
            self._feed.assign(begin, keep)
            self._paused &= set(keep)

    def seek(self, place: Place, offset: int) -> None:
        """Read on from that offset."""
        if self._feed:
            self._feed.seek(place, offset)

    async def fetch(self, feed: Feed) -> None:
        """Queue the records that have come."""
        found = await feed.poll(0.02 if self._backlog.ready() else 0.25)
        if found and self._linger:
            await asyncio.sleep(self._linger)
            found += await feed.poll(0)
        for message in found:
            self._backlog.add(message)
        for place in sorted(self._backlog.strange):
            self._rewind(feed, place, "where the last record was that was applied, there is another")

    def regulate(self, feed: Feed) -> None:
        """Pause partitions whose queues are full, and resume those whose queues have shrunk."""
        sizes = {place: self._backlog.queued_count(place) for place in self._backlog.places()}
        full = {place for place, size in sizes.items() if size > MAX_QUEUED_RECORDS} - self._paused
        thin = {place for place in self._paused if sizes.get(place, 0) < MAX_QUEUED_RECORDS // 4}
        if full:
            feed.pause(full)
        if mine := thin & set(feed.assigned()):
            feed.resume(mine)
        self._paused = (self._paused | full) - thin

    def examine(self, feed: Feed, now: float) -> None:
        """Check whether partitions were replaced, or have lost records."""
        backlog = self._backlog
        for place in sorted(backlog.places()):
            if (position := feed.position(place)) is not None:
                backlog.stands(place, position)
        self._nothing = {place: self._nothing.get(place, now) for place in backlog.sought if feed.lag(place) == 0}
        for place, since in list(self._nothing.items()):
            if now - since >= LOST_RECORD_AFTER_SECONDS:
                self._rewind(feed, place, "it ends before the last record that was applied")
        self._seen_again &= backlog.holes.keys()
        for place, since in backlog.holes.items():
            if now - since >= CHECK_HOLE_AFTER_SECONDS and place not in self._seen_again:
                self._seen_again.add(place)
                feed.seek(place, backlog.seek(place))

    def _rewind(self, feed: Feed, place: Place, why: str) -> None:
        self._backlog.rewind(place, why)
        feed.seek(place, 0)

    def missing(self) -> set[Place]:
        """Our partitions that the broker lacks."""
        return {place for place in self._backlog.places() if self._feed.is_missing(place)} if self._feed else set()

    def behind(self) -> bool:
        """Whether the broker has records that we should get and don't."""
        waiting = self._backlog.places() - self._backlog.broken.keys() - self._paused
        return any(self._feed and self._feed.lag(place) for place in waiting)

    def at_end(self, place: Place) -> bool:
        """Whether all that the partition is known to hold has been applied."""
        incomplete = place in self._backlog.holes or place in self._backlog.broken or self._backlog.queued_count(place)
        return self._feed is not None and not incomplete and self._beyond(self._feed, place) == 0

    def lag(self) -> dict[Place, int | None]:
        """For each of our partitions, how many records are known to be there and not applied; None: not known."""
        if self._feed is None:
            return dict.fromkeys(self._backlog.places())
        beyond = {place: self._beyond(self._feed, place) for place in self._backlog.places()}
        return {place: None if n is None else n + self._backlog.queued_count(place) for place, n in beyond.items()}

    def _beyond(self, feed: Feed, place: Place) -> int | None:
        return None if place in self._backlog.sought or place in self._backlog.strange else feed.lag(place)
