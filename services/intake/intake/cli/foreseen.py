"""What would become of a mail: by the database, or without it for each supposition about its sender."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from contracts.message_ids import feedback_of, ticket_of
from contracts.names import TICKETS
from intake import queries
from intake.directory import Directory
from intake.mail import Begun, Clue, Found, Mail, earlier_key, key
from intake.mailroom.correspondents import Correspondents, Sender
from intake.mailroom.receive import Disposition, Sorter
from kit.clock import WallClock
from kit.postgres import PostgresStore
from kit.store.sql import SqlTx

SOME_ACCOUNT = UUID(int=1)
"""Stands for the sender's account where there is no database that knows it."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What becomes of the mail at each mailbox that it came to.

    `if_known`, `if_unknown`: for a sender of some account, and for one whom nobody knows; the same where a database
    said which it is. `numbers`: of the tickets named. `came_before`: the database has this mail already.
    """

    if_known: tuple[Disposition, ...]
    if_unknown: tuple[Disposition, ...]
    looked_up: bool = False
    account_id: UUID | None = None
    numbers: dict[UUID, str] = field(default_factory=dict)
    came_before: bool = False


class Supposed(Correspondents):
    """In place of a database: its sender is of some account, or of none; of tickets it knows those that a clue names by
    their id, and supposes that they are the account's."""

    def __init__(self, account_id: UUID | None) -> None:
        self._account_id = account_id

    async def sender(self, email: str) -> Sender:
        """As supposed."""
        return Sender(b"", self._account_id, frozenset())

    async def spoken_for(self, email: str, account_id: UUID) -> Sender:
        """As supposed."""
        return await self.sender(email)

    async def owner(self, email: str) -> UUID | None:
        """The supposed sender's account: whether it has the domain, too, only a database knows."""
        return self._account_id

    async def found(self, clues: Sequence[Clue], sender: Sender) -> dict[Clue, Found]:
        """The tickets named by their ids."""
        ids = {clue: clue.value if isinstance(clue.value, UUID) else ticket_of(clue.value) for clue in clues}
        return {c: Found(ticket_id=one, account_id=SOME_ACCOUNT) for c, one in ids.items() if one is not None}

    async def latest_ticket(self, addresses: Collection[str]) -> UUID | None:
        """Nobody's is known."""
        return None

    async def feedback_named(self, clues: Sequence[Clue]) -> dict[Clue, UUID]:
        """That which is named by its id."""
        ids = {clue: clue.value if isinstance(clue.value, UUID) else feedback_of(clue.value) for clue in clues}
        return {clue: one for clue, one in ids.items() if one is not None}

    async def begun(self, feedback: Collection[UUID]) -> dict[UUID, Begun]:
        """None is known to have come by mail."""
        return {}


async def foresee(sorter: Sorter, mail: Mail, content: bytes) -> Foreseen:
    """Without a database. `content`: the mail without its envelope."""
    known, unknown = [await _of(sorter, Supposed(account), mail, content) for account in (SOME_ACCOUNT, None)]
    return Foreseen(known, unknown)


async def foresee_from(url: str, master: bytes, sorter: Sorter, mail: Mail, content: bytes) -> Foreseen:
    """By the database at this address, in which nothing is changed. Raises Unavailable."""
    store = await PostgresStore.connect(url, TICKETS, size=1)
    try:
        async with store.transaction() as tx:
            await tx.connection.execute("SET TRANSACTION READ ONLY")
            book = Correspondents(tx, Directory(master))
            made = await _of(sorter, book, mail, content)
            sender, _ = await sorter.who(book, mail)
            numbers = await _numbers(tx, made)
            keys = [name for of in (key, earlier_key) for name in sorter.named(mail, memoryview(content), of).values()]
            came_before = bool(await tx.connection.fetch(queries.MAIL_EXISTS, keys))
    finally:
        await store.close()
    return Foreseen(made, made, True, sender.account_id or sender.guest_of, numbers, came_before)


async def _of(sorter: Sorter, book: Correspondents, mail: Mail, content: bytes) -> tuple[Disposition, ...]:
    names, came_at = sorter.named(mail, memoryview(content), key), mail.claimed_at or WallClock().now()
    made = await sorter.dispositions(book, names, mail, *await sorter.who(book, mail), came_at)
    return tuple(disposition for _, _, disposition in made)


async def _numbers(tx: SqlTx, made: Sequence[Disposition]) -> dict[UUID, str]:
    ids = [one for disposition in made for one in (disposition.ticket_id, disposition.related) if one]
    rows = await tx.connection.fetch(queries.TICKETS_NAMED, ids, [])
    return {row["ticket_id"]: row["number"] for row in rows if row["number"]}
