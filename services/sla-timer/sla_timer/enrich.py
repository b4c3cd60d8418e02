"""What only the database knows: which policy was in force when a fact was recorded."""

from bisect import bisect_right
from datetime import datetime

from contracts.envelope import Fact
from kit.store import Tx
from sla_timer.policy.versions import Policies


class InForce:
    """The policies as they were when a fact was recorded, however late it is heard: behind others, after a restore, or
    once it is redriven. `publications` are read again whenever what is known of the policies changes."""

    def __init__(self) -> None:
        self._policies: Policies | None = None
        self._publications: dict[int, list[tuple[datetime, str]]] = {}

    async def __call__(self, tx: Tx, fact: Fact, policies: Policies) -> Policies:
        """(transaction, fact, policies with the version published last in force) -> with the one of then."""
        if policies is not self._policies:
            self._policies, self._publications = policies, {}
        if fact.shard not in self._publications:
            stream = f"policy-{fact.shard}"
            published = (await tx.history([stream])).get(stream, [])
            self._publications[fact.shard] = [(one.recorded_at, one.event.version) for one in published]
        return policies.by(version_at(self._publications[fact.shard], fact.recorded_at))


def version_at(publications: list[tuple[datetime, str]], at: datetime) -> str | None:
    """The version published last at or before an instant, or the first one. None: none was."""
    if not publications:
        return None
    return publications[max(0, bisect_right(publications, at, key=lambda one: one[0]) - 1)][1]


look_up = InForce()
