"""Mails that somebody may have had in hand when notifier's database went back in time.

Whose they were is forgotten with the database, so all wait for as long as a lease lasts. Whoever has one in hand keeps
it, and records what became of it, before anybody else takes it.
"""

from collections.abc import AsyncIterator, Sequence

from contracts.envelope import Fact
from contracts.notifications import NotificationRequested
from kit.adoption import Adopted, Ahead
from kit.store import Tx
from kit.wiring import Wired
from notifier import store


def ahead(wired: Wired) -> Ahead:
    """Holds back what the restored database has."""

    async def hold(facts: AsyncIterator[Fact]) -> None:
        async with wired.store.statement() as tx:
            await tx.connection.fetch(store.HOLD, store.LEASE, None)  # type: ignore[attr-defined]

    return hold


def adopted(wired: Wired) -> Adopted:
    """Holds back what it takes up again."""

    async def hold(tx: Tx, facts: Sequence[Fact]) -> None:
        requested = [fact.event.notification_id for fact in facts if isinstance(fact.event, NotificationRequested)]
        await tx.connection.execute(store.HOLD, store.LEASE, requested)  # type: ignore[attr-defined]

    return hold
