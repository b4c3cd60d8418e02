"""The policy as a service knows it: folded from the PolicyPublished events it has heard, whoever published them."""

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

POLICY = BY_CLASS[PolicyPublished].name
"""What a published policy is called on the wire."""

log = structlog.get_logger("policy")

Fold = Callable[[Any, PolicyPublished], Any]
"""(what the service made of the policy so far, one more version) -> what it makes of it now. Pure."""


def no_policy(policy: Any, published: PolicyPublished) -> Any:
    """For a service that takes nothing from the policy."""
    return policy


class PolicyBook:
    """`current` is what `react` gets. Rows of the table `policies` keep the versions across restarts.

    `ordinal`: the publication that it knows last, counted from 1. A publication is one event in every shard, so it is
    the same version of each `policy-<shard>` stream; the policy of an earlier one may be put in force again.
    `unreadable`: why, by version, of policies that this code can't read. What was known before goes on.
    """

    def __init__(self, initial: Any, fold: Fold = no_policy) -> None:
        self.current = initial
        self.ordinal = 0
        self.unreadable: dict[str, str] = {}
        self._fold = fold

    def learn(self, published: PolicyPublished, ordinal: int) -> None:
        """A publication, in whichever shard; only the first time counts."""
        if ordinal > self.ordinal:
            self.ordinal = ordinal
            try:
                self.current = self._fold(self.current, published)
            except Exception as error:  # it is pure: whatever it raises concerns this policy alone
                self._not_read(published.version, error)
            else:
                self.unreadable.pop(published.version, None)

    async def load(self, tx: Tx) -> None:
        """Learn what the table has, in the order of publication."""
        for row in await tx.policies():
            if row.ordinal > self.ordinal:
                self._learn(_version(row.data) or "?", row.schema_version, row.data, row.ordinal)

    def hear(self, envelope: Envelope, value: bytes) -> Put | None:
        """Learn a record's policy; the row that keeps it, whether or not this code can read it."""
        version = _version(value)
        if version is None:
            self._not_read(f"{envelope.stream} version {envelope.version}", ValueError("it has no version"))
            return None
        self._learn(version, envelope.schema_version, value, envelope.version)
        return _row(version, envelope.version, envelope.recorded_at, envelope.schema_version, value.decode())

    def _learn(self, version: str, schema_version: int, data: str | bytes, ordinal: int) -> None:
        try:
            published = codec.decode(POLICY, schema_version, data)
        except (UnknownEvent, MalformedEvent) as error:
            self.ordinal = max(ordinal, self.ordinal)
            self._not_read(version, error)
        else:
            self.learn(published, ordinal)

    def _not_read(self, version: str, error: Exception) -> None:
        if version not in self.unreadable:
            log.error("a policy can't be read here", version=version, error=repr(error))
        self.unreadable[version] = repr(error)


def row_of(fact: Fact) -> Put:
    """The row that keeps a version, and its last publication."""
    data = codec.encode(fact.event, seal=None).decode()
    return _row(fact.event.version, fact.version, fact.recorded_at, kind_of(fact.event).version, data)


def _row(version: str, ordinal: int, published_at: datetime, schema_version: int, data: str) -> Put:
    values = {"ordinal": ordinal, "published_at": published_at, "schema_version": schema_version, "data": data}
    return Put("policies", {"version": version}, values)


def _version(value: str | bytes) -> str | None:
    """The name of a policy, whatever else its event says."""
    try:
        return msgspec.json.decode(value, type=_Named).version
    except (ValueError, RecursionError):
        return None


class _Named(msgspec.Struct):
    version: str
