"""How much comes in from one place in an hour, so that a flood of messages does not drown those of people."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
MAX_KEYS = 10_000
"""Places that are remembered; those heard of longest ago are forgotten."""


class Allowance:
    """Counts what was taken from each place within the last hour, in this process."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()

    def take(self, key: str, now: datetime) -> datetime | None:
        """Take one more from this place: None. If it has had its share, nothing is taken: when there is room again."""
        taken = self._taken.setdefault(key, deque())
        self._taken.move_to_end(key)
        while taken and taken[0] + WINDOW <= now:
            taken.popleft()
        if len(taken) >= self._per_hour:
            return taken[0] + WINDOW
        taken.append(now)
        if len(self._taken) > MAX_KEYS:
            self._taken.popitem(last=False)
        return None
