"""How long to sleep until a timer is due, on a clock that may stand still between two ticks. Pure."""

from datetime import datetime

COARSEST_SECONDS = 0.05
"""The longest tick that is slept through; after a longer pause the sleeper was woken early: no clock stood still."""


class Pauses:
    """The pauses of one sleeper, one after the other."""

    def __init__(self) -> None:
        self._last: tuple[datetime, float] | None = None

    def before(self, now: datetime, seconds: float) -> float:
        """How many real seconds to sleep for a timer that is due in `seconds`.

        A clock that has not moved since the last sleep is coarse: each pause doubles until it does. Otherwise whoever
        waits for an instant just after a tick would look again and again until the next one.
        """
        if self._last and self._last[0] == now and seconds > 0.0:
            seconds = max(seconds, min(2 * self._last[1], COARSEST_SECONDS))
        self._last = now, seconds
        return seconds
