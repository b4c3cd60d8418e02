"""What parts are given to work with: the service's own ones, and those that say how well it is.

A protocol, so that a service can say what its parts are before there is anything that runs them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kit.bus import Bus
from kit.clock import Clock
from kit.consume.consumer import Consumer
from kit.http.desk import Desk
from kit.log.perform import Core
from kit.log.writer import Writer
from kit.personal.vault import Vault
from kit.policy_book import PolicyBook
from kit.process.settings import Common, ServiceSettings
from kit.recovery.adoption import Adoption
from kit.recovery.recovery import Recovery
from kit.relay.relay import Relay
from kit.shards.ownership import Ownership
from kit.shards.reach import Reach
from kit.store.sql import SqlStore
from kit.timers.audit import Auditor
from kit.timers.edge import Edge
from kit.timers.timers import Timers


class Host(Protocol):
    """A service's process, real or simulated, as the service's own parts see it."""

    common: Common
    own: ServiceSettings
    bus: Bus
    clock: Clock
    core: Core
    writer: Writer
    book: PolicyBook
    vault: Vault
    recovery: Recovery
    desk: Desk
    stopping: bool

    @property
    def store(self) -> SqlStore:
        """The service's database."""
        ...

    async def caught_up(self, shards: Collection[int], until: datetime) -> bool:
        """Whether all that the first topic had before an instant has been applied here, by whichever replica."""
        ...


class Described(Protocol):
    """What a service says of itself, as far as its health depends on it."""

    @property
    def name(self) -> str:
        """Of the service."""
        ...

    @property
    def door(self) -> bool:
        """Whether it is ready while requests can be answered and kept, whatever its consumer does."""
        ...


class DatabaseHealth(Protocol):
    """Whether the database is fit for work."""

    skew: float
    """Seconds that the server's clock is ahead of ours."""

    def trouble(self) -> str | None:
        """Why nothing can be read or recorded now, and what to do; None if it can."""
        ...


class RequestFigures(Protocol):
    """The figures that `/metrics` shows."""

    def text(self) -> bytes:
        """The Prometheus exposition."""
        ...


class LiveHost(Host, Protocol):
    """A real process, as those parts see it that say how well it is."""

    ownership: Ownership
    reach: Reach
    relay: Relay
    adoption: Adoption
    edge: Edge
    consumer: Consumer | None
    timers: Timers | None
    auditor: Auditor
    started: bool
    waits_for: str

    @property
    def service(self) -> Described:
        """What the service says of itself."""
        ...

    @property
    def probe(self) -> DatabaseHealth:
        """What looks at the database."""
        ...

    @property
    def metrics(self) -> RequestFigures:
        """The figures of this process."""
        ...

    def lag(self) -> dict[str, int | None]:
        """Per topic how many records are known to be there and not applied; None: of some shard that is not known."""
        ...
