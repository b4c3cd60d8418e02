"""Adds to a fact what only the database knows: which policy was in force when it was recorded."""

from bisect import bisect_right
from datetime import datetime

from contracts.envelope import Fact
from kit.store import Tx
from sla_timer.policy.versions import Policies


class InForce:
    """Finds the policies of a fact's time, even if it is heard late: from a backlog, after a restore, by a redrive.

    The publications of a shard are kept, and read again when the known policies change.
    """

    def __init__(self) -> None:
        self._policies: Policies | None = None
        self._publications: dict[int, list[tuple[datetime, str]]] = {}

    async def __call__(self, tx: Tx, fact: Fact, policies: Policies) -> Policies:
        """The policies, with the version current that was in force when the fact was recorded."""
        if policies is not self._policies:
            self._policies, self._publications = policies, {}
        if fact.shard not in self._publications:
            stream = f"policy-{fact.shard}"
            published = (await tx.history([stream])).get(stream, [])
            self._publications[fact.shard] = [(one.recorded_at, one.event.version) for one in published]
        return policies.by(version_at(self._publications[fact.shard], fact.recorded_at))


def version_at(publications: list[tuple[datetime, str]], at: datetime) -> str | None:
    """The last version published at or before an instant, else the first one; None if there is none at all."""
    if not publications:
        return None
    return publications[max(0, bisect_right(publications, at, key=lambda one: one[0]) - 1)][1]


look_up = InForce()
