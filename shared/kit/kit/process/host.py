"""What a service's parts are given to work with.

These are protocols, so that a service can define its parts without importing what runs them.
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
from kit.process.gauges import Gauges
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
    gauges: Gauges
    stopping: bool

    @property
    def store(self) -> SqlStore:
        """The service's database."""
        ...

    async def caught_up(self, shards: Collection[int], until: datetime) -> bool:
        """Whether all that was recorded on the first topic before `until` has been applied, by any replica."""
        ...


class Described(Protocol):
    """The part of a service's description on which its health depends."""

    @property
    def name(self) -> str:
        """The name of the service."""
        ...

    @property
    def door(self) -> bool:
        """Whether it is ready while it can answer and store requests, even if its consumer fails."""
        ...


class DatabaseHealth(Protocol):
    """Whether the database is fit for work."""

    skew: float
    """Seconds by which the database server's clock is ahead of ours."""

    def trouble(self) -> str | None:
        """Why nothing can be read or recorded now, and what to do; None: nothing is wrong."""
        ...


class RequestFigures(Protocol):
    """The metrics that `/metrics` shows."""

    def text(self) -> bytes:
        """All metrics, in Prometheus' text format."""
        ...


class LiveHost(Host, Protocol):
    """A real process, as health and metrics see it."""

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
        """The description of the service."""
        ...

    @property
    def probe(self) -> DatabaseHealth:
        """The probe of its database."""
        ...

    @property
    def metrics(self) -> RequestFigures:
        """The metrics of this process."""
        ...

    def lag(self) -> dict[str, int | None]:
        """By topic, how many records are known to be there and not applied; None: unknown for some shard."""
        ...
