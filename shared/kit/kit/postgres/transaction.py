"""A transaction: all concerns on one connection."""

from collections.abc import Callable
from typing import Any

from kit.postgres.comparing import Comparing
from kit.postgres.cursors import Cursors
from kit.postgres.firing import Fires
from kit.postgres.keys import Keys
from kit.postgres.leases import Leases
from kit.postgres.parking import Parking
from kit.postgres.relaying import Relaying
from kit.postgres.timers import Timers


class PostgresTx(Fires, Timers, Cursors, Parking, Keys, Relaying, Leases, Comparing):
    """One transaction on one connection."""

    def __init__(self, connection: Any, topic: str, columns: dict[str, dict[str, str]], *, sound: bool) -> None:
        super().__init__(connection, topic, columns, sound=sound)
        self.then: list[Callable[[], None]] = []

    def after_commit(self, then: Callable[[], None]) -> None:
        """Call `then` once the transaction is committed."""
        self.then.append(then)
