"""The policy as a service knows it: all versions, and which of them is in force in each shard.

A publication is one event in every shard, with the same version in each `policy-<shard>` stream: its `ordinal`, counted
from 1. An earlier policy may be published again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import structlog

from contracts import codec
from contracts.base import BY_CLASS, kind_of
from contracts.envelope import Fact
from contracts.errors import MalformedEvent, UnknownEvent
from contracts.sla import PolicyPublished
from contracts.wire import Envelope
from kit.decider import Put
from kit.store import Tx

POLICY_TYPE = BY_CLASS[PolicyPublished].name
"""The type of a published policy on the wire."""

log = structlog.get_logger("policy")

Fold = Callable[[Any, PolicyPublished], Any]
"""(the service's own form of the policy so far, the next version) -> its form now. Pure."""

InShard = Callable[[Any, str | None], Any]
"""(the service's form of the policy, the version in force in a shard) -> the policy for `react` there. Pure."""


def no_policy(policy: Any, published: PolicyPublished) -> Any:
    """For a service that uses nothing of the policy."""
    return policy


def the_latest(policy: Any, version: str | None) -> Any:
    """For a service that uses the latest policy in all shards."""
    return policy


class PolicyBook:
    """`current` is the service's form of all versions, with the one published last in force.

    Rows of `policies` keep the versions across restarts, rows of `policies_in_force` the version in force in each
    shard. `unreadable`: the policies that this code can't read, by version, and why; the one before stays in force.
    """

    def __init__(self, initial: Any, fold: Fold = no_policy, in_shard: InShard = the_latest) -> None:
        self.current = initial
        self.ordinal = 0
        """The ordinal of the last publication known."""
        self.unreadable: dict[str, str] = {}
        self._initial, self._fold, self._in_shard = initial, fold, in_shard
        self._known: dict[str, tuple[int, PolicyPublished | None]] = {}
        self._since: dict[str, datetime] = {}
        self._holds: dict[int, tuple[int, str]] = {}
        self._made: dict[int, Any] = {}
        self._missed: set[str] = set()
        self._tell: Callable[[], None] = lambda: None

    def of(self, shard: int) -> Any:
        """The policy for `react` for facts of that shard."""
        if shard not in self._made:
            _, version = self._holds.get(shard, (0, None))
            self._made[shard] = self._in_shard(self.current, version)
        return self._made[shard]

    def event(self, version: str) -> PolicyPublished | None:
        """The publication of that version; None: it is unknown or can't be read."""
        return self._known.get(version, (0, None))[1]

    def in_force_at(self, at: datetime) -> str | None:
        """The version that was in force at a past instant; before all publications, the earliest; None: none is known.

        Of a version that was published more than once only the last publication counts: the others are not kept, so for
        the time before it another version may be named.
        """
        readable = [(since, version) for version, since in self._since.items() if version not in self.unreadable]
        held = [each for each in readable if each[0] <= at]
        return max(held)[1] if held else min(readable, default=(at, None))[1]

    @property
    def behind(self) -> bool:
        """Whether the version published last can't be read here, so that `current` is not the one in force."""
        return any(at == self.ordinal and name in self.unreadable for name, (at, _) in self._known.items())

    async def look_for(self, tx: Tx, version: str | None) -> None:
        """Load a version that a fact names, if it is unknown: another process may have stored it meanwhile."""
        if version and version not in self._known and version not in self._missed:
            await self.load(tx)
            if version not in self._known:
                self._missed.add(version)  # until the tables are read again

    def when_changed(self, tell: Callable[[], None]) -> None:
        """Call `tell`, the only listener, whenever `current` changes."""
        self._tell = tell

    async def load(self, tx: Tx) -> None:
        """Read new versions from the tables."""
        self._missed.clear()
        for row in await tx.policies():
            if self._is_news(row.version, row.ordinal):
                self._keep(row.version, row.ordinal, row.published_at, _decoded(row.schema_version, row.data))
        for held in await tx.policies_in_force():
            self._hold(held.shard, held.ordinal, held.version)

    async def load_anew(self, tx: Tx) -> None:
        """Forget everything and read the tables again, because their database went back in time."""
        fresh = PolicyBook(self._initial, self._fold, self._in_shard)
        await fresh.load(tx)
        vars(self).update(vars(fresh) | {"_tell": self._tell})
        self._tell()

    async def note(self, tx: Tx, shard: int, envelope: Envelope, value: bytes) -> None:
        """Learn the policy in a record, and store it even if this code can't read it."""
        # Learn it before the commit: the next record may depend on it, and a rollback doesn't unpublish it.
        self.hear(shard, envelope, value)
        await self.put(tx, shard, envelope, value)

    def hear(self, shard: int, envelope: Envelope, value: bytes) -> None:
        """Learn the policy in a record, without storing it."""
        version, ordinal = _version(value), envelope.version
        if version is None:
            self._not_read(f"{envelope.stream} version {ordinal}", ValueError("it has no version"))
            return
        if self._is_news(version, ordinal):
            self._keep(version, ordinal, envelope.recorded_at, _decoded(envelope.schema_version, value))
        self._hold(shard, ordinal, version)

    async def put(self, tx: Tx, shard: int, envelope: Envelope, value: bytes) -> None:
        """Store the policy in a record, for `load`."""
        version, ordinal = _version(value), envelope.version
        if version is None:
            return
        row = _row(version, ordinal, envelope.recorded_at, envelope.schema_version, value.decode())
        stands = await tx.first(row.table, row.key, row.values)
        changes = [Put("policies_in_force", {"shard": shard}, {"ordinal": ordinal, "version": version})]
        if stands["ordinal"] < ordinal:
            changes.append(row)
        await tx.put(changes)

    def _is_news(self, version: str, ordinal: int) -> bool:
        return ordinal > self._known.get(version, (0, None))[0]

    def _keep(self, version: str, ordinal: int, at: datetime, published: PolicyPublished | Exception) -> None:
        self._since[version] = at
        if isinstance(published, Exception):
            self._known[version] = (ordinal, None)
            self._not_read(version, published)
        else:
            self._known[version] = (ordinal, published)
            if ordinal > self.ordinal:
                self.current = self._folded(self.current, published)
            else:  # an earlier publication that came late: fold all again, the last one stays in force
                known = [each for _, each in sorted(self._known.values(), key=lambda one: one[0]) if each]
                self.current = self._initial
                for each in known:
                    self.current = self._folded(self.current, each)
        self.ordinal = max(ordinal, self.ordinal)
        self._made.clear()
        self._tell()

    def _folded(self, policy: Any, published: PolicyPublished) -> Any:
        try:
            made = self._fold(policy, published)
        except Exception as error:  # it is pure: whatever it raises concerns this policy alone
            self._not_read(published.version, error)
            return policy
        self.unreadable.pop(published.version, None)
        return made

    def _hold(self, shard: int, ordinal: int, version: str) -> None:
        if ordinal > self._holds.get(shard, (0, ""))[0]:
            self._holds[shard] = (ordinal, version)
            self._made.pop(shard, None)

    def _not_read(self, version: str, error: Exception) -> None:
        if version not in self.unreadable:
            log.error("a policy can't be read here", version=version, error=repr(error))
        self.unreadable[version] = repr(error)


def policy_row(fact: Fact) -> Put:
    """The row that stores a version and its last publication."""
    data = codec.encode(fact.event, seal=None).decode()
    return _row(fact.event.version, fact.version, fact.recorded_at, kind_of(fact.event).version, data)


def _row(version: str, ordinal: int, published_at: datetime, schema_version: int, data: str) -> Put:
    values = {"ordinal": ordinal, "published_at": published_at, "schema_version": schema_version, "data": data}
    return Put("policies", {"version": version}, values)


def _decoded(schema_version: int, data: str | bytes) -> PolicyPublished | Exception:
    try:
        published: PolicyPublished = codec.decode(POLICY_TYPE, schema_version, data)
    except (UnknownEvent, MalformedEvent) as error:
        return error
    return published


def _version(value: str | bytes) -> str | None:
    """The version in a policy's event, even if the rest can't be read."""
    try:
        return msgspec.json.decode(value, type=_Named).version
    except (ValueError, RecursionError):
        return None


class _Named(msgspec.Struct):
    version: str
