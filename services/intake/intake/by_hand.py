"""What staff make of a mail that waits for a person: a ticket, a message on one, or nothing.

It is performed as if the mailroom itself had known where it belongs. Done again, it is already so.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4, uuid5

from contracts.command_ids import MAILS
from contracts.texts import LINE_BYTES, required_text
from intake import queries
from intake.directory import Directory
from intake.domain.refusals import MailDone, MailUnknown, NoSender, WordsErased
from intake.mail import Mail, from_head, is_staff, parse
from intake.mail_ids import remember
from intake.mail_seal import Erased, MailSeal, off_the_loop, opened_head, seal, sealed_head, unseal
from intake.people import enter
from kit.store.sql import SqlStore, SqlTx

WAITING = ("unmatched", "ignored", "failed")
"""States of mails that a person may see to."""


class Made(NamedTuple):
    """What became of a mail."""

    state: str
    target: str | None
    ticket_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """Sees to mails in the name of the staff."""

    store: SqlStore
    mail_seal: MailSeal
    directory: Directory
    staff_domain: str

    async def open_ticket(self, key: str, account_id: UUID, by: str) -> Made:
        """Open a ticket from the mail, in its writer's name, for that account. Raises MailUnknown, MailDone, NoSender,
        WordsErased, or SealBroken."""
        return await self._take_up(key, "ticket", uuid5(MAILS, key), account_id, by)

    async def add_to(self, key: str, ticket_id: UUID, account_id: UUID, by: str) -> Made:
        """Make it a message on that account's ticket. Raises likewise."""
        return await self._take_up(key, "message", ticket_id, account_id, by)

    async def discard(self, key: str, reason: str, by: str) -> Made:
        """Nothing is to come of it. Raises MailUnknown, MailDone, Blank, or TooLong."""
        why = required_text(reason, "reason", LINE_BYTES)
        async with self.store.transaction() as tx:
            row = await _locked(tx, key)
            if row["state"] == "discarded":
                return Made("discarded", None, None)
            _admit(row)
            await tx.connection.execute(queries.DISCARD_MAIL, key, why, by)
        return Made("discarded", None, None)

    async def _take_up(
        self, key: str, target: Literal["ticket", "message"], ticket_id: UUID, account_id: UUID, by: str
    ) -> Made:
        async with self.store.transaction() as tx:
            row = await _locked(tx, key)
            asked = (target, ticket_id, account_id)
            known = (row["target"], row["ticket_id"], row["account_id"])
            if row["state"] in ("stored", "performed") and known in (asked, ("staff", *asked[1:])):
                return Made(row["state"], known[0], ticket_id)
            _admit(row)
            raw, head = await self._opened(tx, row)
            mail: Mail = await off_the_loop(len(raw), parse, raw)
            writer = from_head(head).writer
            if not writer:
                raise NoSender("Open a ticket of your own, and say in it whom you answer.")
            becomes: str = target
            if target == "message" and is_staff(writer, self.staff_domain):
                becomes = "staff"
                (ticket,) = await tx.rows("tickets", [{"ticket_id": ticket_id}])
                subject = ticket["subject_id"]
            else:
                # Staff know this one mail. Its writer is let in nowhere else by that.
                digest = self.directory.digest(writer)
                subject = await enter(tx, account_id, digest, uuid4(), member=False)
            # From now on it is this person's, and goes with them if they are erased.
            sealing = await self._key(tx, subject, make=True)
            await tx.connection.execute(
                queries.TAKE_UP_MAIL,
                key,
                becomes,
                ticket_id,
                account_id,
                subject,
                # Where else they want answers is believed only of mails that are let in.
                sealed_head(sealing, key, head | {"writer": writer, "answers_to": writer, "named": []}),
                await off_the_loop(len(raw), seal, sealing, raw, f"{key}/raw"),
                by,
            )
            await remember(tx, self.directory, mail, ticket_id, instead_of=row["ticket_id"])
        return Made("stored", becomes, ticket_id)

    async def _opened(self, tx: SqlTx, row: Any) -> tuple[bytearray, dict[str, Any]]:
        sealing = await self._key(tx, row["sealed_for"])
        sealed = await tx.connection.fetchval(queries.RAW_MAIL, row["key"])
        raw: bytearray = await off_the_loop(len(sealed), unseal, sealing, sealed, f"{row['key']}/raw")
        return raw, opened_head(sealing, row["key"], row["head"])

    async def _key(self, tx: SqlTx, subject: UUID | None, *, make: bool = False) -> bytes:
        try:
            return await self.mail_seal.key(tx, subject, make=make)
        except Erased as error:
            raise WordsErased("Discard it.") from error


async def _locked(tx: SqlTx, key: str) -> Any:
    rows = await tx.connection.fetch(queries.LOCKED_MAIL, key)
    if not rows:
        raise MailUnknown("Take the key from the list.")
    return rows[0]


def _admit(row: Any) -> None:
    if row["state"] not in WAITING:
        raise MailDone(f"Its state is {row['state']}: see what became of it in the list.")
