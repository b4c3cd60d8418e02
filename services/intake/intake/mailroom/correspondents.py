"""Who wrote a mail, and which tickets or feedback it may be about: what threading asks of the database."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from contracts.message_ids import feedback_of, ticket_of
from intake import queries
from intake.directory import Directory
from intake.mail import Begun, Clue, DeliveryNotice, Found
from intake.people import known, owner
from kit.store.sql import SqlTx

ADDRESSES_LOOKED_UP = 10
"""In a Reply-To, in To and Cc together, or in a notice about a delivery."""


class Sender(NamedTuple):
    """The person with an address. `account_id`: their account; `subjects`: the subjects known at this address.

    `guest_of`: an account that speaks for them, though they are not of it: they may open tickets there, and write on
    those.
    """

    digest: bytes
    account_id: UUID | None
    subjects: frozenset[UUID]
    guest_of: UUID | None = None

    @property
    def name(self) -> str:
        """The digest in the form in which a ticket's participants are named."""
        return self.digest.hex()

    @property
    def is_known(self) -> bool:
        """Whether it is the address of an account's people or guests, or of somebody who wrote before."""
        return bool(self.account_id or self.subjects or self.guest_of)

    @property
    def only_subject(self) -> UUID | None:
        """The subject, if there is exactly one."""
        return next(iter(self.subjects)) if len(self.subjects) == 1 else None


class Correspondents:
    """Looks people and tickets up, within a transaction."""

    def __init__(self, tx: SqlTx, directory: Directory) -> None:
        self._tx, self._rows = tx, tx.connection.fetch
        self._directory = directory

    async def sender(self, email: str) -> Sender:
        """The person with this address. The account is that of the domain, or of the nearest one above it; else
        it is the only one that knows the address."""
        if not email:
            return Sender(self._directory.digest(email), None, frozenset())
        person = await known(self._tx, self._directory, email)
        return Sender(self._directory.digest(email), person.account_id, person.subjects)

    async def spoken_for(self, email: str, account_id: UUID) -> Sender:
        """The person with this address for whom that account speaks: one of its own, or a guest. What they may do in
        other accounts is left out."""
        digest = self._directory.digest(email)
        rows = await self._rows(queries.KNOWN_BY_ADDRESS, [digest])
        mine = frozenset(row["subject_id"] for row in rows if row["account_id"] == account_id)
        if (await known(self._tx, self._directory, email)).account_id == account_id:
            return Sender(digest, account_id, mine)
        return Sender(digest, None, mine, guest_of=account_id)

    async def owner(self, email: str) -> UUID | None:
        """The account of the address's domain, or of the nearest one above it."""
        return await owner(self._tx, email)

    async def found(self, clues: Sequence[Clue], sender: Sender) -> dict[Clue, Found]:
        """The ticket that each clue leads to, also one that a stored mail is still to open."""
        named = await self._tickets_named(clues)
        numbers = [clue.value for clue in clues if clue.by == "subject"]
        rows = await self._rows(queries.TICKETS_NAMED, list(set(named.values())), numbers)
        by_id = {row["ticket_id"]: row for row in rows}
        part = await self._rows(queries.PARTICIPATIONS, list(by_id), list(sender.subjects)) if sender.subjects else []
        sender_is = {row["ticket_id"]: row["subject_id"] for row in part}
        sender_is |= {row["ticket_id"]: row["subject_id"] for row in rows if row["subject_id"] in sender.subjects}
        by_number = {row["number"]: row for row in rows if row["number"]}
        found = {}
        for clue in clues:
            row = by_number.get(clue.value) if clue.by == "subject" else by_id.get(named.get(clue))
            if row:
                as_subject = sender_is.get(row["ticket_id"])
                participants = frozenset({sender.name}) if as_subject else frozenset[str]()
                found[clue] = Found(
                    ticket_id=row["ticket_id"],
                    account_id=row["account_id"],
                    requester=row["subject_id"],
                    sender_is=as_subject,
                    participants=participants,
                    closed=row["closed"],
                    changed_at=row["updated_at"],
                )
        return found

    async def _tickets_named(self, clues: Sequence[Clue]) -> dict[Clue, UUID]:
        """The ticket that a clue names: by its id, or by a Message-ID: ours, or of mails that came or are awaited."""
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
        rows = await self._rows(queries.MESSAGE_IDS, list(others.values())) if others else []
        seen = {row["digest"]: row for row in rows}
        met = {clue: seen[digest] for clue, digest in others.items() if digest in seen}
        # The mail's own id, if its mail has come before, is that of another mail: scanners use ids more than once.
        return named | {c: row["ticket_id"] for c, row in met.items() if c.by != "message-id" or not row["came"]}

    async def bounced(self, notice: DeliveryNotice) -> tuple[str, ...]:
        """The addresses to which a mail of ours failed: those that the notice names, or else the first that stands in
        its words and is of somebody we know. A word of the mail that comes back marks nobody."""
        for each in (notice.addresses, notice.mentioned):
            of_ours = [one for one in each[:ADDRESSES_LOOKED_UP] if (await self.sender(one)).subjects]
            if of_ours:
                return notice.addresses or tuple(of_ours[:1])
        return ()

    async def ticket_between(self, addresses: Collection[str], numbers: Sequence[str]) -> UUID | None:
        """The first of the tickets with these numbers in which somebody with one of these addresses takes part."""
        for clue in [Clue("subject", number) for number in numbers]:
            for address in addresses:
                found = (await self.found([clue], await self.sender(address))).get(clue)
                if found and found.sender_is:
                    return found.ticket_id
        return None

    async def latest_ticket(self, addresses: Collection[str]) -> UUID | None:
        """The last ticket that somebody with one of these addresses opened, or takes part in."""
        digests = [self._directory.digest(address) for address in addresses]
        people = await self._rows(queries.KNOWN_BY_ADDRESS, digests) if digests else []
        subjects = [row["subject_id"] for row in people]
        rows = await self._rows(queries.LATEST_TICKET_OF, subjects) if subjects else []
        return next((row["ticket_id"] for row in rows), None)

    async def feedback_named(self, clues: Sequence[Clue]) -> dict[Clue, UUID]:
        """The feedback that a clue names: by its id, by the Message-ID of a letter, or of a mail to feedback."""
        named: dict[Clue, UUID] = {}
        others: dict[Clue, bytes] = {}
        for clue in clues:
            if isinstance(clue.value, UUID):
                named[clue] = clue.value
            elif ours := feedback_of(clue.value):
                named[clue] = ours
            else:
                others[clue] = self._directory.digest_of_feedback_mail(clue.value)
        rows = await self._rows(queries.MESSAGE_IDS, list(others.values())) if others else []
        seen = {row[0]: row[1] for row in rows}
        return named | {clue: seen[digest] for clue, digest in others.items() if digest in seen}

    async def begun(self, feedback: Collection[UUID]) -> dict[UUID, Begun]:
        """Those of them that mails began, also one that a stored mail is still to begin."""
        rows = await self._rows(queries.FEEDBACK_BEGUN, sorted(feedback)) if feedback else []
        return {row["feedback_id"]: Begun(row["account_id"], row["subject_id"]) for row in rows}
