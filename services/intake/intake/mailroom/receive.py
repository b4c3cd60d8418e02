"""Receives a mail: stores it under its key, with the ticket that it belongs to, in one transaction."""

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

from contracts.command_ids import MAILS
from intake import queries
from intake.directory import Directory
from intake.mail import Begins, Belongs, Mail, clues, key, parse, thread
from intake.mail_seal import MailSeal, seal
from intake.mailroom.correspondents import Correspondents, Sender
from intake.settings import Settings
from kit.clock import Clock
from kit.process.host import Host
from kit.store import ShardClosed
from kit.store.sql import SqlStore, SqlTx

OFF_THE_LOOP_BYTES = 64 * 1024
"""Work on more bytes than these is done in a thread, so that the event loop goes on."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Disposition(NamedTuple):
    """What is to become of a mail. `target`, `ticket_id` and `account_id` belong to a mail that is to be processed."""

    state: str
    reason: str | None = None
    target: str | None = None
    ticket_id: UUID | None = None
    account_id: UUID | None = None
    related: UUID | None = None


async def off_the_loop(size: int, work: Callable[..., Any], *values: Any) -> Any:
    """The result of `work(*values)`, done in a thread if it is about many bytes (`size`)."""
    return await asyncio.to_thread(work, *values) if size > OFF_THE_LOOP_BYTES else work(*values)


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Stores mails. It sets `stored` when there is one to process; `draw` makes ids of new subjects."""

    store: SqlStore
    mail_seal: MailSeal
    directory: Directory
    clock: Clock
    mailbox: str
    reply_keys: Sequence[bytes]
    stored: asyncio.Event
    draw: Callable[[], UUID] = uuid4

    @classmethod
    def of(cls, host: Host, stored: asyncio.Event) -> "Receiver":
        """The service's."""
        assert isinstance(host.own, Settings)
        return cls(
            store=host.store,
            mail_seal=MailSeal(host.common.master_key, host.vault),
            directory=Directory(host.common.master_key),
            clock=host.clock,
            mailbox=host.own.mailbox.lower(),
            reply_keys=[host.common.survey_secret.get_secret_value().encode()],
            stored=stored,
        )

    async def receive(self, content: bytes | bytearray, sender: str, recipients: Sequence[str]) -> None:
        """Store a mail unless it is there already. Raises Unavailable."""
        name, mail, raw = await off_the_loop(len(content), self._read, content, sender, recipients)
        async with self.store.transaction() as tx:
            if await tx.unsure():
                raise ShardClosed  # the ticket to which the mail belongs may be among those that are missing
            if not await tx.connection.fetch(queries.MAIL_EXISTS, name):
                await self._store(tx, name, mail, raw)
        self.stored.set()

    def _read(self, content: bytes | bytearray, sender: str, recipients: Sequence[str]) -> tuple[str, Mail, bytes]:
        raw = with_envelope(content, sender, recipients)
        mail = parse(raw)
        return key(self.mailbox, mail, content), mail, raw

    async def _store(self, tx: SqlTx, name: str, mail: Mail, raw: bytes) -> None:
        book = Correspondents(tx, self.directory)
        sender = await book.sender(mail.sender)
        disposition = await self._disposition(book, name, mail, sender)
        subject = None
        if disposition.account_id:
            values = {"account_id": disposition.account_id, "digest": sender.digest}
            subject = (await tx.first("subjects", values, {"subject_id": self.draw()}))["subject_id"]
        sealed_for = subject or sender.only_subject
        sealing = await self.mail_seal.key(tx, sealed_for, make=True)
        head = json.dumps({"from": mail.sender, "subject": mail.subject}).encode()
        await tx.connection.execute(
            queries.STORE_MAIL,
            name,
            self.clock.now(),
            disposition.state,
            disposition.reason,
            disposition.target,
            disposition.ticket_id,
            disposition.account_id,
            subject,
            disposition.related,
            sealed_for,
            seal(sealing, head, f"{name}/head"),
            await off_the_loop(len(raw), seal, sealing, raw, f"{name}/raw"),
        )
        if disposition.ticket_id and mail.message_id:
            digest = self.directory.digest_of_message(mail.message_id)
            await tx.connection.execute(queries.STORE_MAIL_ID, digest, disposition.ticket_id)

    async def _disposition(self, book: Correspondents, name: str, mail: Mail, sender: Sender) -> Disposition:
        if mail.automatic:
            return Disposition("ignored", mail.automatic)
        if mail.sender.lower() == self.mailbox:
            return Disposition("ignored", "own-mailbox")
        if not mail.sender:
            return Disposition("unmatched", "no-sender")
        hints = clues(mail, self.reply_keys)
        found = await book.found(hints, sender)
        match thread(hints, found, sender=sender.name, account_id=sender.account_id):
            case Belongs(ticket_id=ticket_id, account_id=account_id, by=by):
                return Disposition("stored", by, "message", ticket_id, account_id)
            case Begins(related=related) if sender.account_id:
                return Disposition("stored", None, "ticket", uuid5(MAILS, name), sender.account_id, related)
            case _:
                return Disposition("unmatched", "unknown-sender")


def with_envelope(content: bytes | bytearray, sender: str, recipients: Sequence[str]) -> bytes:
    """The mail with its envelope as headers, as final delivery adds them (RFC 5321, 4.4)."""
    lines = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
    head = "".join(_CONTROL.sub("", line) + "\r\n" for line in lines)
    return head.encode("utf-8", "surrogateescape") + content
