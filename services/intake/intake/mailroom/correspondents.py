"""Who wrote a mail, and which tickets it may be about: what threading needs to know from the database."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from contracts.message_ids import ticket_of
from intake import queries
from intake.directory import Directory
from intake.mail import Clue, Found
from kit.store.sql import SqlTx


class Sender(NamedTuple):
    """Whoever has that address. `account_id`: the account whose mail it is; `subjects`: as whom we know them."""

    digest: bytes
    account_id: UUID | None
    subjects: frozenset[UUID]

    @property
    def name(self) -> str:
        """In the form of the participants of a ticket."""
        return self.digest.hex()

    @property
    def only_subject(self) -> UUID | None:
        """As whom we know them, if there is no doubt."""
        return next(iter(self.subjects)) if len(self.subjects) == 1 else None


class Correspondents:
    """Looks people and tickets up, inside a transaction."""

    def __init__(self, tx: SqlTx, directory: Directory) -> None:
        self._rows = tx.connection.fetch
        self._directory = directory

    async def sender(self, email: str) -> Sender:
        """Who has the address: by its domain's account, else by the only account that knows the address itself."""
        digest = self._directory.digest(email)
        if not email:
            return Sender(digest, None, frozenset())
        owners = [row[0] for row in await self._rows(queries.OWNER_OF_DOMAIN, email.rpartition("@")[2].lower())]
        known = await self._rows(queries.KNOWN_BY_ADDRESS, digest)
        accounts = owners or list({row["account_id"] for row in known})
        return Sender(
            digest, accounts[0] if len(accounts) == 1 else None, frozenset(row["subject_id"] for row in known)
        )

    async def found(self, clues: Sequence[Clue], sender: Sender) -> dict[Clue, Found]:
        """The tickets that clues lead to. One that a mail is still to open counts too."""
        named = await self._tickets_named(clues)
        numbers = [clue.value for clue in clues if clue.by == "subject"]
        rows = await self._rows(queries.TICKETS_NAMED, list(set(named.values())), numbers)
        by_id = {row["ticket_id"]: row for row in rows}
        by_number = {row["number"]: row for row in rows if row["number"]}
        found = {}
        for clue in clues:
            row = by_number.get(clue.value) if clue.by == "subject" else by_id.get(named.get(clue))
            if row:
                takes_part = row["subject_id"] in sender.subjects
                participants = frozenset({sender.name}) if takes_part else frozenset[str]()
                found[clue] = Found(ticket_id=row["ticket_id"], account_id=row["account_id"], participants=participants)
        return found

    async def _tickets_named(self, clues: Sequence[Clue]) -> dict[Clue, UUID]:
        """Which ticket a clue names: itself, by a Message-ID of ours, or by one that we have seen."""
        named: dict[Clue, UUID] = {}
        others: dict[Clue, bytes] = {}
        for clue in clues:
            if isinstance(clue.value, UUID):
                named[clue] = clue.value
            elif clue.by != "subject":
                if ours := ticket_of(clue.value):
                    named[clue] = ours
                else:
                    others[clue] = self._directory.digest_of_message(clue.value)
        seen = (
            {row[0]: row[1] for row in await self._rows(queries.MESSAGE_IDS, list(others.values()))} if others else {}
        )
        return named | {clue: seen[digest] for clue, digest in others.items() if digest in seen}
