"""A time zone as plain data from the published policy, independent of any library."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from contracts import policy
from hours.instants import DAY, SECOND


@dataclass(frozen=True, slots=True)
class Zone:
    """Which offset from UTC holds when, in microseconds.

    `offsets[0]` holds before the first of the `transitions` (UTC instants, ascending), `offsets[n]` from the n-th on.
    """

    transitions: tuple[int, ...]
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, published: policy.Zone) -> "Zone":
        """From a zone of the published policy."""
        changes = published.transitions
        return cls(
            tuple(at * SECOND for at, _ in changes),
            (published.offset * SECOND, *(offset * SECOND for _, offset in changes)),
        )

    def local(self, at: int) -> int:
        """The wall-clock time at an instant, as if it were UTC."""
        return at + self.offsets[bisect_right(self.transitions, at)]

    def first(self, local: int) -> int:
        """The first instant at which the wall clock shows `local` or, if it skips that, the first after the gap."""
        nearby = self.periods(local - 2 * DAY, local + 2 * DAY)
        return next(at for since, until, offset in nearby if (at := max(local - offset, since)) < until)

    def periods(self, since: int, until: int) -> Iterator[tuple[int, int, int]]:
        """The periods of constant offset that make up [since, until): from, to, offset."""
        index = bisect_right(self.transitions, since)
        while since < until:
            end = min(until, self.transitions[index]) if index < len(self.transitions) else until
            yield since, end, self.offsets[index]
            since, index = end, index + 1
