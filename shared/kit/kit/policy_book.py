"""The policy as a service knows it: folded from the PolicyPublished events it has heard, whoever published them."""

from collections.abc import Callable
from typing import Any

from contracts import codec
from contracts.base import kind_of
from contracts.envelope import Fact
from contracts.sla import PolicyPublished
from kit.decider import Put
from kit.store import Tx

Fold = Callable[[Any, PolicyPublished], Any]
"""(what the service made of the policy so far, one more version) -> what it makes of it now. Pure."""


def no_policy(policy: Any, published: PolicyPublished) -> Any:
    """For a service that takes nothing from the policy."""
    return policy


class PolicyBook:
    """`current` is what `react` gets. Rows of the table `policies` keep the versions across restarts.

    `ordinal`: the publication that it knows last, counted from 1. A publication is one event in every shard, so it is
    the same version of each `policy-<shard>` stream; the policy of an earlier one may be put in force again.
    """

    def __init__(self, initial: Any, fold: Fold = no_policy) -> None:
        self.current = initial
        self.ordinal = 0
        self._fold = fold

    def learn(self, published: PolicyPublished, ordinal: int) -> None:
        """A publication, in whichever shard; only the first time counts."""
        if ordinal > self.ordinal:
            self.ordinal = ordinal
            self.current = self._fold(self.current, published)

    async def load(self, tx: Tx) -> None:
        """Learn what the table has, in the order of publication."""
        for row in await tx.policies():
            if row.ordinal > self.ordinal:
                self.learn(codec.decode("policy.published", row.schema_version, row.data), row.ordinal)


def row_of(fact: Fact) -> Put:
    """The row that keeps a version, and its last publication."""
    kind = kind_of(fact.event)
    data = codec.encode(fact.event, seal=None).decode()
    values = {
        "ordinal": fact.version,
        "published_at": fact.recorded_at,
        "schema_version": kind.version,
        "data": data,
    }
    return Put("policies", {"version": fact.event.version}, values)
