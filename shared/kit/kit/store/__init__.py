"""What the shell asks of a database. `kit.postgres` and `kit.memory` implement it, and pass the same tests.

The statements of a transaction are grouped by concern, one module each; both implementations have the same modules.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from kit.store.comparing import Comparing
from kit.store.cursors import Cursors
from kit.store.firing import Fires
from kit.store.keys import Keys
from kit.store.leases import Leases
from kit.store.log import Log
from kit.store.parking import Parking
from kit.store.read_models import ReadModels
from kit.store.relaying import Relaying
from kit.store.timers import Timers


class CursorMoved(Exception):
    """Another process has consumed records of this batch: roll the batch back."""


class Unavailable(Exception):
    """The database didn't answer in time; whether the write happened is unknown, so try again with the same id."""


class ReadOnly(Unavailable):
    """The database takes no writes: it was demoted, or its disk or an administrator made it read-only."""


class Unfit(Unavailable):
    """The database lacks a table, column or right that this version needs: it is being restored or migrated, or is
    another service's."""


class ClockWrong(Unavailable):
    """This process's clock and the database server's disagree: nothing is recorded until they agree again."""


class ShardClosed(Unavailable):
    """Nothing may be appended to this shard now. An empty `reason`: it is being compared with the broker."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason or "the log is being compared with what the broker has of it")
        self.reason = reason


class BadValue(Exception):
    """The database refused a value of this batch."""


class Tx(Log, ReadModels, Timers, Fires, Cursors, Parking, Keys, Relaying, Leases, Comparing, Protocol):
    """One transaction."""

    def after_commit(self, then: Callable[[], None]) -> None:
        """Call `then` once the transaction is committed."""
        ...


class Store(Protocol):
    """A service's database."""

    def statement(self) -> AbstractAsyncContextManager[Tx]:
        """Calls on this Tx each commit by themselves, which saves two round trips. Raises Unavailable, BadValue."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that commits at the end of the block. Raises Unavailable, BadValue."""
        ...
