"""The outbox: mails are taken in hand one at a time, leased while in hand, and put back if they couldn't be sent."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog

from contracts.notifications import AnyTemplate, Automatic
from kit.store import Unavailable
from kit.store.sql import SqlStore
from notifier import queries
from notifier.domain.gathering import AT_MOST
from notifier.domain.next_instant import Known
from notifier.queries import LEASE
from notifier.senders.smtp import UNKNOWN

log = structlog.get_logger("mail")


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A mail in hand. `attempts` includes the coming one. `in_terms`: it may have left in terms before."""

    notification_id: UUID
    ticket_id: UUID
    template: AnyTemplate
    automatic: Automatic | None
    subject_id: UUID | None
    requested_at: datetime
    attempts: int
    in_terms: bool = False


_COLUMNS = [field.name for field in fields(OutboxMail)]


class Outbox:
    """One process's access to the outbox."""

    def __init__(self, database: SqlStore) -> None:
        self._database = database
        self._owner = uuid4()
        self._in_hand: set[UUID] = set()

    async def take(self) -> OutboxMail | None:
        """Take the next mail that is due in hand; None: none is. Raises Unavailable."""
        for row in await self._database.query(queries.CLAIM, self._owner, LEASE):
            queued = OutboxMail(*(row[name] for name in _COLUMNS))
            self._in_hand.add(queued.notification_id)
            return queued
        return None

    def let_go(self, queued: OutboxMail) -> None:
        """Take it out of hand; if it still waits, it can be taken again when its lease has run out."""
        self._in_hand.discard(queued.notification_id)

    async def defer(self, queued: OutboxMail, reason: str) -> None:
        """Try again later. Raises Unavailable."""
        log.info("deferred", notification=str(queued.notification_id), reason=reason, attempts=queued.attempts)
        identity, later = queued.notification_id, backoff(queued.attempts)
        in_terms = queued.in_terms or reason == UNKNOWN
        await self._database.query(queries.DEFER, identity, self._owner, reason, later, in_terms)

    async def give_back(self, queued: OutboxMail, later: timedelta | None = None) -> None:
        """Put it back untried, to be taken again after `later`. Raises Unavailable."""
        identity, in_terms = queued.notification_id, queued.in_terms
        await self._database.query(queries.GIVE_BACK, identity, self._owner, later, in_terms)

    async def known(self, queued: OutboxMail, cause: UUID) -> Known | None:
        """What a mail about the event `cause` was waiting for; None: not known yet. Raises Unavailable."""
        rows = await self._database.query(queries.NEXT_INSTANT, queued.ticket_id, cause)
        return queries.known_from(rows[0]) if rows else None

    async def leave_in_terms(self, queued: OutboxMail) -> None:
        """Record that it is about to be offered without that instant. Raises Unavailable."""
        await self._database.query(queries.LEAVE_IN_TERMS, queued.notification_id)

    async def admit(self, queued: OutboxMail, may_reply: Callable[[int], bool]) -> bool:
        """Whether an automatic reply may be sent; once it may, it always may. Raises Unavailable.

        `may_reply` is given the number of other replies that the person got, or is to get, within an hour of this one.
        Processes that ask at once are answered one after the other.
        """
        identity, subject = queued.notification_id, queued.subject_id
        async with self._database.transaction() as tx:
            await tx.connection.execute(queries.ONE_AT_A_TIME, subject)
            if await tx.connection.fetchval(queries.ADMITTED, identity):
                return True
            if not may_reply(await tx.connection.fetchval(queries.REPLIES, subject, queued.requested_at, identity)):
                return False
            await tx.connection.execute(queries.ADMIT, identity)
        return True

    async def joinable(self, queued: OutboxMail) -> Sequence[OutboxMail]:
        """The mails whose words this one may carry, too. Raises Unavailable."""
        rows = await self._database.query(queries.JOINABLE, queued.notification_id, AT_MOST - 1)
        return [OutboxMail(*(row[name] for name in _COLUMNS)) for row in rows]

    async def join(self, queued: OutboxMail, others: Sequence[UUID]) -> None:
        """Record that it carries the words of these others, and of no more. Raises Unavailable."""
        identity = queued.notification_id
        await self._database.query(queries.JOIN, identity, [identity, *others])

    async def carried_by(self, queued: OutboxMail) -> str | None:
        """The Message-ID of the mail that carried its words; None: none has been sent. Raises Unavailable."""
        rows = await self._database.query(queries.CARRIED_BY, queued.notification_id)
        return rows[0]["message_id"] if rows else None

    async def was_sent(self, notification: UUID) -> bool:
        """Whether a mail server took it. Raises Unavailable."""
        rows = await self._database.query(queries.WAS_SENT, notification)
        return bool(rows and rows[0]["sent"])

    async def is_undeliverable(self, subject: UUID) -> bool:
        """Whether nothing is sent to this person's address. Raises Unavailable."""
        rows = await self._database.query(queries.IS_UNDELIVERABLE, subject)
        return bool(rows[0]["undeliverable"])

    async def may_have_left(self, notifications: Sequence[UUID]) -> bool:
        """Whether one of these was sent, or offered to a server whose answer is not known."""
        rows = await self._database.query(queries.MAY_HAVE_LEFT, notifications)
        return bool(rows[0]["left"])

    async def keep(self) -> None:
        """Renew the leases of the mails in hand, until cancelled."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                await self._database.query(queries.KEEP, self._owner, LEASE, list(self._in_hand))
            except Unavailable as error:
                log.warning("leases were not renewed", error=str(error))


def backoff(attempts: int) -> timedelta:
    """Two seconds, doubled with each attempt up to an hour, give or take a fifth."""
    return timedelta(seconds=min(2.0**attempts, 3600.0) * random.uniform(0.8, 1.2))
