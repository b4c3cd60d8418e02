"""The mails that wait: taken in hand one at a time, kept while in hand, and put back if they couldn't be sent."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog

from contracts.notifications import Automatic, Template
from kit.store import Unavailable
from kit.store.sql import SqlStore
from notifier import queries
from notifier.queries import LEASE
from notifier.senders.smtp import UNKNOWN

log = structlog.get_logger("mail")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail in hand. `attempts` counts the one that is to be made. `in_terms`: a call that may have left so before."""

    notification_id: UUID
    ticket_id: UUID
    template: Template
    automatic: Automatic | None
    subject_id: UUID | None
    requested_at: datetime
    attempts: int
    in_terms: bool = False


_COLUMNS = [field.name for field in fields(Waiting)]


class Outbox:
    """The outbox as one process sees it."""

    def __init__(self, database: SqlStore) -> None:
        self._database = database
        self._owner = uuid4()
        self._in_hand: set[UUID] = set()

    async def take(self) -> Waiting | None:
        """The next mail that is due, now in hand. Raises Unavailable."""
        for row in await self._database.query(queries.CLAIM, self._owner, LEASE):
            waiting = Waiting(*(row[name] for name in _COLUMNS))
            self._in_hand.add(waiting.notification_id)
            return waiting
        return None

    def let_go(self, waiting: Waiting) -> None:
        """It is no longer in hand; if it still waits, it comes by again when its lease has run out."""
        self._in_hand.discard(waiting.notification_id)

    async def defer(self, waiting: Waiting, reason: str) -> None:
        """Try again later. Raises Unavailable."""
        log.info("deferred", notification=str(waiting.notification_id), reason=reason, attempts=waiting.attempts)
        identity, later = waiting.notification_id, backoff(waiting.attempts)
        in_terms = waiting.in_terms or reason == UNKNOWN
        await self._database.query(queries.DEFER, identity, self._owner, reason, later, in_terms)

    async def give_back(self, waiting: Waiting, later: timedelta | None = None) -> None:
        """It was not tried at all, and comes by again after that time. Raises Unavailable."""
        identity, in_terms = waiting.notification_id, waiting.in_terms
        await self._database.query(queries.GIVE_BACK, identity, self._owner, later, in_terms)

    async def next_call(self, waiting: Waiting, cause: UUID) -> datetime | None:
        """When the one after a call is called, which `cause` made; None: that isn't known yet. Raises Unavailable."""
        rows = await self._database.query(queries.NEXT_CALL, waiting.ticket_id, cause)
        return rows[0]["next_at"] if rows else None

    async def leave_in_terms(self, waiting: Waiting) -> None:
        """It is about to be offered without that instant. Raises Unavailable."""
        await self._database.query(queries.LEAVE_IN_TERMS, waiting.notification_id)

    async def admit(self, waiting: Waiting, may_reply: Callable[[int], bool]) -> bool:
        """Whether an automatic reply may be sent; once it may, it always may. Raises Unavailable.

        `may_reply` is asked with how many others the person got, or is to get, within an hour of this one. Several
        processes that ask at once are answered one after the other.
        """
        identity, subject = waiting.notification_id, waiting.subject_id
        async with self._database.transaction() as tx:
            await tx.connection.execute(queries.ONE_AT_A_TIME, subject)
            if await tx.connection.fetchval(queries.ADMITTED, identity):
                return True
            if not may_reply(await tx.connection.fetchval(queries.REPLIES, subject, waiting.requested_at, identity)):
                return False
            await tx.connection.execute(queries.ADMIT, identity)
        return True

    async def may_have_left(self, notifications: Sequence[UUID]) -> bool:
        """Whether one of these was sent, or offered to a server whose answer is not known."""
        rows = await self._database.query(queries.MAY_HAVE_LEFT, notifications)
        return bool(rows[0]["left"])

    async def keep(self) -> None:
        """Say again and again, until cancelled, that we are still at it."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                await self._database.query(queries.KEEP, self._owner, LEASE, list(self._in_hand))
            except Unavailable as error:
                log.warning("leases were not renewed", error=str(error))


def backoff(attempts: int) -> timedelta:
    """From two seconds to an hour, doubling, give or take a fifth."""
    return timedelta(seconds=min(2.0**attempts, 3600.0) * random.uniform(0.8, 1.2))
