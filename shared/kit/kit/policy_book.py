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
    """`current` is what `react` gets. Rows of the table `policies` keep the versions across restarts."""

    def __init__(self, initial: Any, fold: Fold = no_policy) -> None:
        self.current = initial
        self._fold = fold
        self._known: set[str] = set()

    def learn(self, published: PolicyPublished) -> None:
        """A version that was published, in whichever shard; only the first time counts."""
        if published.version not in self._known:
            self._known.add(published.version)
            self.current = self._fold(self.current, published)

    async def load(self, tx: Tx) -> None:
        """Learn what the table has, in the order of publication."""
        for row in await tx.policies():
            self.learn(codec.decode("policy.published", row.schema_version, row.data))


def row_of(fact: Fact) -> Put:
    """The row that keeps a version which was published."""
    kind = kind_of(fact.event)
    data = codec.encode(fact.event, seal=None).decode()
    values = {"published_at": fact.recorded_at, "schema_version": kind.version, "data": data}
    return Put("policies", {"version": fact.event.version}, values)
