"""Mails that somebody may have had in hand when notifier's database went back in time.

The database has forgotten whose they were, so all wait for as long as a lease lasts. By then the process that has a
mail in hand has renewed its lease, or recorded the outcome, before any other takes the mail.
"""

from collections.abc import AsyncIterator, Sequence

from contracts.envelope import Fact
from contracts.notifications import Requested
from kit.process.host import Host
from kit.recovery.adoption import AfterAdoption, BeforeAdoption
from kit.store.sql import SqlTx
from notifier import queries


def ahead(host: Host) -> BeforeAdoption:
    """Holds back the mails that the restored database has."""

    async def hold(facts: AsyncIterator[Fact]) -> None:
        async with host.store.statement() as tx:
            await tx.connection.fetch(queries.HOLD, queries.LEASE, None)

    return hold


def adopted(host: Host) -> AfterAdoption:
    """Holds back the mails that are taken up again."""

    async def hold(tx: SqlTx, facts: Sequence[Fact]) -> None:
        requested = [fact.event.notification_id for fact in facts if isinstance(fact.event, Requested)]
        await tx.connection.execute(queries.HOLD, queries.LEASE, requested)

    return hold
