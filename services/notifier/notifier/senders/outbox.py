"""The outbox: mails are taken in hand one at a time, leased while in hand, and put back if they couldn't be sent."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog

from contracts.notifications import AnyTemplate, Automatic
from kit.store import Unavailable
from kit.store.sql import SqlStore
from notifier import queries
from notifier.domain.gathering import AT_MOST, REPLIES_AT_MOST, held_in
from notifier.domain.next_instant import Known
from notifier.queries import LEASE
from notifier.senders.smtp import UNKNOWN

log = structlog.get_logger("mail")


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A mail in hand. `attempts` includes the coming one. `in_terms`: it may have left in terms before.

    `held_in`: the lane in which it waited, for it was over the limit of automatic replies. `joined_with`: the mail that
    may have left with its words; itself if it may have left with those of others. `lacks`: what that mail says is
    missing, as far as it says so.
    """

    notification_id: UUID
    ticket_id: UUID
    template: AnyTemplate
    automatic: Automatic | None
    subject_id: UUID | None
    requested_at: datetime
    attempts: int
    in_terms: bool = False
    held_in: str | None = None
    joined_with: UUID | None = None
    lacks: str | None = None

    @property
    def may_have_left_joined(self) -> bool:
        """Whether the mail server may have taken it with the words of others."""
        return self.joined_with == self.notification_id


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
        in_terms, joined = queued.in_terms or reason == UNKNOWN, queued.may_have_left_joined or reason == UNKNOWN
        await self._database.query(queries.DEFER, identity, self._owner, reason, later, in_terms, joined)

    async def give_back(self, queued: OutboxMail, later: timedelta | None = None) -> None:
        """Put it back untried, to be taken again after `later`. Raises Unavailable."""
        identity, in_terms, joined = queued.notification_id, queued.in_terms, queued.joined_with is not None
        await self._database.query(queries.GIVE_BACK, identity, self._owner, later, in_terms, joined)

    async def hold_back(self, queued: OutboxMail, later: timedelta) -> None:
        """Put a reply over the limit back, to leave after `later` with the person's others. Raises Unavailable."""
        lane = held_in(queued.subject_id, queued.template)
        await self._database.query(queries.HOLD_BACK, queued.notification_id, self._owner, later, lane)

    async def known(self, queued: OutboxMail, cause: UUID) -> Known | None:
        """What a mail about the event `cause` was waiting for; None: not known yet. Raises Unavailable."""
        rows = await self._database.query(queries.NEXT_INSTANT, queued.ticket_id, cause)
        return queries.known_from(rows[0]) if rows else None

    async def leave_in_terms(self, queued: OutboxMail) -> None:
        """Record that it is about to be offered without that instant. Raises Unavailable."""
        await self._database.query(queries.LEAVE_IN_TERMS, queued.notification_id)

    async def admit(
        self, queued: OutboxMail, now: datetime, reply_from: Callable[[datetime, Sequence[datetime]], datetime | None]
    ) -> datetime | None:
        """From when on an automatic reply may be sent; None: now, and always from then on. Raises Unavailable.

        `reply_from` is given `now` and the instants of the person's other replies. Processes that ask at once are
        answered one after the other. While replies of the person are held back, one that comes is held back, too: what
        waited longer has the first turn, and carries it.
        """
        identity, subject = queued.notification_id, queued.subject_id
        async with self._database.transaction() as tx:
            await tx.connection.execute(queries.ONE_AT_A_TIME, subject)
            if await tx.connection.fetchval(queries.ADMITTED, identity):
                return None
            others = [row["at"] for row in await tx.connection.fetch(queries.REPLIES, subject, identity, now)]
            if later := reply_from(now, others):
                return later
            if queued.held_in is None and await tx.connection.fetchval(queries.OTHERS_HELD, subject, identity):
                return now
            await tx.connection.execute(queries.ADMIT, identity, now)
        return None

    async def joinable(self, queued: OutboxMail) -> Sequence[OutboxMail]:
        """The mails whose words this one may carry, too. Raises Unavailable."""
        others = (REPLIES_AT_MOST if queued.held_in else AT_MOST) - 1
        rows = await self._database.query(queries.JOINABLE, queued.notification_id, others)
        return [OutboxMail(*(row[name] for name in _COLUMNS)) for row in rows]

    async def join(self, queued: OutboxMail, carried: Mapping[UUID, str | None]) -> None:
        """Record that it carries the words of these, its own among them, and of no more; and what it says that each
        lacks. Raises Unavailable."""
        await self._database.query(queries.JOIN, queued.notification_id, list(carried), list(carried.values()))

    async def missing(self, queued: OutboxMail) -> str | None:
        """What its ticket lacks by now, comma-separated; None: unknown. Raises Unavailable."""
        rows = await self._database.query(queries.MISSING, queued.ticket_id)
        return rows[0]["missing"] if rows else None

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
