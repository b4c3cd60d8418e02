"""A mail that comes in: stored under its key, with the ticket it was threaded to, in one transaction."""

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
from intake.mail_seal import Safe, seal
from intake.mailroom.correspondents import Correspondents, Sender
from intake.settings import Settings
from kit.clock import Clock
from kit.process.host import Host
from kit.store import ShardClosed
from kit.store.sql import SqlStore, SqlTx

LARGE = 64 * 1024
"""Bytes from which on work on a mail is done beside the event loop."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Verdict(NamedTuple):
    """What is to become of a mail. `target`, `ticket_id`, `account_id`: of one that is to be performed."""

    state: str
    reason: str | None = None
    target: str | None = None
    ticket_id: UUID | None = None
    account_id: UUID | None = None
    related: UUID | None = None


async def aside(size: int, work: Callable[..., Any], *values: Any) -> Any:
    """What work makes of the values; on that many bytes it is done beside the event loop, if they are many."""
    return await asyncio.to_thread(work, *values) if size > LARGE else work(*values)


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """Stores mails. `kept` is set when there is one to perform; `draw` makes ids of new subjects."""

    store: SqlStore
    safe: Safe
    directory: Directory
    clock: Clock
    mailbox: str
    reply_keys: Sequence[bytes]
    kept: asyncio.Event
    draw: Callable[[], UUID] = uuid4

    @classmethod
    def of(cls, host: Host, kept: asyncio.Event) -> "Keeper":
        """The service's."""
        assert isinstance(host.own, Settings)
        return cls(
            store=host.store,
            safe=Safe(host.common.master_key, host.vault),
            directory=Directory(host.common.master_key),
            clock=host.clock,
            mailbox=host.own.mailbox.lower(),
            reply_keys=[host.common.survey_secret.get_secret_value().encode()],
            kept=kept,
        )

    async def keep(self, content: bytes | bytearray, sender: str, recipients: Sequence[str]) -> None:
        """Store a mail unless it is there already. Raises Unavailable."""
        name, mail, raw = await aside(len(content), self._read, content, sender, recipients)
        async with self.store.transaction() as tx:
            if await tx.unsure():
                raise ShardClosed  # the ticket that it belongs to may be among those that are missing
            if not await tx.connection.fetch(queries.MAIL_IS_KEPT, name):
                await self._keep(tx, name, mail, raw)
        self.kept.set()

    def _read(self, content: bytes | bytearray, sender: str, recipients: Sequence[str]) -> tuple[str, Mail, bytes]:
        raw = traced(content, sender, recipients)
        mail = parse(raw)
        return key(self.mailbox, mail, content), mail, raw

    async def _keep(self, tx: SqlTx, name: str, mail: Mail, raw: bytes) -> None:
        book = Correspondents(tx, self.directory)
        sender = await book.sender(mail.sender)
        verdict = await self._verdict(book, name, mail, sender)
        subject = None
        if verdict.account_id:
            values = {"account_id": verdict.account_id, "digest": sender.digest}
            subject = (await tx.first("subjects", values, {"subject_id": self.draw()}))["subject_id"]
        sealed_for = subject or sender.only_subject
        sealing = await self.safe.key(tx, sealed_for, make=True)
        head = json.dumps({"from": mail.sender, "subject": mail.subject}).encode()
        await tx.connection.execute(
            queries.KEEP_MAIL,
            name,
            self.clock.now(),
            verdict.state,
            verdict.reason,
            verdict.target,
            verdict.ticket_id,
            verdict.account_id,
            subject,
            verdict.related,
            sealed_for,
            seal(sealing, head, f"{name}/head"),
            await aside(len(raw), seal, sealing, raw, f"{name}/raw"),
        )
        if verdict.ticket_id and mail.message_id:
            digest = self.directory.digest_of_message(mail.message_id)
            await tx.connection.execute(queries.KEEP_MAIL_ID, digest, verdict.ticket_id)

    async def _verdict(self, book: Correspondents, name: str, mail: Mail, sender: Sender) -> Verdict:
        if mail.automatic:
            return Verdict("ignored", mail.automatic)
        if mail.sender.lower() == self.mailbox:
            return Verdict("ignored", "own-mailbox")
        if not mail.sender:
            return Verdict("unmatched", "no-sender")
        hints = clues(mail, self.reply_keys)
        found = await book.found(hints, sender)
        match thread(hints, found, sender=sender.name, account_id=sender.account_id):
            case Belongs(ticket_id=ticket_id, account_id=account_id, by=by):
                return Verdict("stored", by, "message", ticket_id, account_id)
            case Begins(related=related) if sender.account_id:
                return Verdict("stored", None, "ticket", uuid5(MAILS, name), sender.account_id, related)
            case _:
                return Verdict("unmatched", "unknown-sender")


def traced(content: bytes | bytearray, sender: str, recipients: Sequence[str]) -> bytes:
    """The mail with the envelope as headers, as it is done on final delivery (RFC 5321, 4.4)."""
    lines = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
    head = "".join(_CONTROL.sub("", line) + "\r\n" for line in lines)
    return head.encode("utf-8", "surrogateescape") + content
