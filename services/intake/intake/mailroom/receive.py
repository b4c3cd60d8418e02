"""Receives a mail: stores it under its key, with the ticket or feedback that it belongs to, in one transaction."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

import structlog

from contracts.addresses import canonical
from contracts.command_ids import MAILS
from contracts.replacing import replace
from intake import queries
from intake.directory import NOBODY, Directory
from intake.mail import (
    FEEDBACK_TARGETS,
    Begins,
    Belongs,
    Clue,
    Found,
    Mail,
    Written,
    answered,
    answers_letter,
    at_once,
    clues,
    colleagues,
    earlier_key,
    feedback_clues,
    head_of,
    id_of_feedback_mail,
    is_form,
    is_fresh,
    is_no_reply,
    is_server,
    is_staff,
    key,
    key_of_copy,
    mailbox_of,
    named_by,
    offered,
    others,
    parse,
    said_by,
    thread,
    tickets_named,
)
from intake.mail_ids import remember
from intake.mail_seal import Erased, MailSeal, off_the_loop, sealed_head
from intake.mailroom.correspondents import ADDRESSES_LOOKED_UP, Correspondents, Sender
from intake.mailroom.raw import write
from intake.people import enter, known, subject_at
from intake.settings import Settings
from kit.clock import Clock
from kit.process.host import Host
from kit.process.settings import Common
from kit.store import ShardClosed
from kit.store.sql import SqlStore, SqlTx

log = structlog.get_logger("mailroom")
COPIES_OF_A_MAIL = 20
"""On how many tickets a mail is a message beside the first: each has a copy of its own, of whatever size it is."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Disposition(NamedTuple):
    """What is to become of a mail. `target` and `ticket_id`, which may be feedback's id, belong to a mail that is to be
    processed; so does `account_id`, unless it is feedback of somebody unknown, or a mail server's notice.

    `subject_id`: whose key seals it, if not its writer's.
    """

    state: str
    reason: str | None = None
    target: str | None = None
    ticket_id: UUID | None = None
    account_id: UUID | None = None
    related: UUID | None = None
    subject_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Stores mails. It sets `stored` when there is one to process; `draw` makes ids of new subjects."""

    store: SqlStore
    mail_seal: MailSeal
    directory: Directory
    clock: Clock
    sorter: "Sorter"
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
            sorter=Sorter.of(host.own, host.common),
            stored=stored,
        )

    async def receive(self, content: bytes | bytearray, sender: str | None, recipients: Sequence[str]) -> None:
        """Store a mail, once for each mailbox that it came to, unless it is there already. Raises Unavailable.

        A bytearray is not copied, and has the envelope in it afterwards.
        """
        names, earlier, mail, raw = await off_the_loop(len(content), self._read, content, sender, recipients)
        async with self.store.transaction() as tx:
            if await tx.unsure():
                raise ShardClosed  # the ticket to which the mail belongs may be among those that are missing
            book = Correspondents(tx, self.directory)
            who, written = await self.sorter.who(book, mail)
            now = self.clock.now()
            for name, mailbox, disposition in await self.sorter.dispositions(book, names, mail, who, written, now):
                known_as = [name, earlier[mailbox]] if name == names[mailbox] else [name]
                if await tx.connection.fetch(queries.MAIL_EXISTS, known_as):
                    log.info("stored before", key=name)
                    continue
                named = await self._named(tx, book, mail, written, disposition)
                await self._store(tx, name, mail, raw, who, written._replace(named=named), disposition)
        self.stored.set()

    async def _named(
        self, tx: SqlTx, book: Correspondents, mail: Mail, written: Written, disposition: Disposition
    ) -> tuple[tuple[UUID, str], ...]:
        """The people of the account whom a mail on one of its tickets names, but for machines' mails and erased people;
        nobody else is told anything, whoever names them. Of a notice about a delivery, the people to whom it was.
        """
        if disposition.target == "delivery" and mail.delivery:
            return await self._recipients(tx, await book.bounced(mail.delivery))
        account_id, by_machine = disposition.account_id, mail.automatic and not written.by_form
        if by_machine or disposition.target not in ("ticket", "message") or account_id is None:
            return ()
        copied = []
        for address in colleagues(mail, written, self.sorter.mailboxes)[:ADDRESSES_LOOKED_UP]:
            if (await known(tx, self.directory, address)).account_id != account_id:
                continue
            one = await subject_at(tx, self.directory, address, account_id, self.draw())
            with suppress(Erased):
                await self.mail_seal.key(tx, one, make=True)
                copied.append((one, address))
        return tuple(copied)

    async def _recipients(self, tx: SqlTx, addresses: Sequence[str]) -> tuple[tuple[UUID, str], ...]:
        people = [(await known(tx, self.directory, one), one) for one in addresses[:ADDRESSES_LOOKED_UP]]
        return tuple((one, address) for person, address in people for one in sorted(person.subjects))

    def _read(
        self, content: bytes | bytearray, sender: str | None, recipients: Sequence[str]
    ) -> tuple[dict[str, str], dict[str, str], Mail, bytearray]:
        """The mail's key for each mailbox, that of earlier releases, what it says, and its bytes."""
        raw = content if isinstance(content, bytearray) else bytearray(content)
        head = envelope(sender, recipients)
        raw[:0] = head
        mail = parse(raw)
        with memoryview(raw)[len(head) :] as came:
            names, earlier = (self.sorter.named(mail, came, of) for of in (key, earlier_key))
        return names, earlier, mail, raw

    async def _store(
        self,
        tx: SqlTx,
        name: str,
        mail: Mail,
        raw: bytearray,
        sender: Sender,
        written: Written,
        disposition: Disposition,
    ) -> None:
        subject = disposition.subject_id
        if subject is None and disposition.target and disposition.target != "delivery":
            member = sender.account_id is not None and sender.account_id == disposition.account_id
            account_id = disposition.account_id or NOBODY
            subject = await enter(tx, account_id, sender.digest, self.draw(), member=member)
        sealed_for = subject or sender.only_subject
        try:
            sealing = await self.mail_seal.key(tx, sealed_for, make=True)
        except Erased:  # nothing is said any more in the name of this person; staff see what they write now
            reason = "requester-erased" if disposition.target == "staff" else "sender-erased"
            disposition = Disposition("unmatched", reason) if subject else disposition
            subject = sealed_for = None
            sealing = await self.mail_seal.key(tx, None)
        row = {
            "received_at": self.clock.now(),
            "state": disposition.state,
            "reason": disposition.reason,
            "target": disposition.target,
            "ticket_id": disposition.ticket_id,
            "account_id": disposition.account_id,
            "subject_id": subject,
            "related": disposition.related,
            "sealed_for": sealed_for,
            "head": sealed_head(sealing, name, head_of(mail, written)),
        }
        await write(tx, name, row, raw, sealing)
        if subject and disposition.ticket_id:
            of_feedback = disposition.target in FEEDBACK_TARGETS
            await remember(tx, self.directory, mail, disposition.ticket_id, of_feedback=of_feedback)


@dataclass(frozen=True, kw_only=True)
class Sorter:
    """Says who wrote a mail, and what is to become of it. Mailboxes, lists and addresses are in lower case."""

    mailbox: str
    feedback_mailbox: str
    own_lists: frozenset[str] = frozenset()
    web_forms: frozenset[str] = frozenset()
    staff_domain: str
    authserv_ids: frozenset[str] = frozenset()
    reply_keys: Sequence[bytes]

    @classmethod
    def of(cls, own: Settings, common: Common) -> "Sorter":
        """By the service's settings."""
        return cls(
            mailbox=own.mailbox.lower(),
            feedback_mailbox=own.feedback_mailbox.lower(),
            own_lists=_names(own.own_lists),
            staff_domain=common.staff_domain,
            web_forms=frozenset(map(canonical, _names(own.web_forms))),
            authserv_ids=_names(own.authserv_ids),
            reply_keys=[common.survey_secret.get_secret_value().encode()],
        )

    def named(self, mail: Mail, content: memoryview, of: Callable[[str, Mail, memoryview], str]) -> dict[str, str]:
        """The mail's key for each mailbox."""
        return {box: of(box, mail, content) for box in self.mailboxes}

    @property
    def mailboxes(self) -> tuple[str, str]:
        """Those that mail is taken for: the desk's, and feedback's."""
        return self.mailbox, self.feedback_mailbox

    async def who(self, book: Correspondents, mail: Mail) -> tuple[Sender, Written]:
        """Who wrote the mail, and where answers go.

        Reply-To says who wrote if a web form sent the mail, or an account's no-reply address; that makes nobody one of
        the account's people. Otherwise it says where answers go, if it is an address of the sender's account.
        """
        sender, itself = await book.sender(mail.sender), Written(mail.sender, mail.sender)
        if is_staff(mail.sender, self.staff_domain):  # a ticket of their own makes nobody of staff a customer
            sender = sender._replace(account_id=await book.owner(mail.sender))
        addresses = offered(mail, self.mailboxes)
        if not addresses or addresses[0] == mail.sender:
            return sender, itself
        if is_form(mail.sender, self.web_forms):
            person = await book.sender(addresses[0])
            person = person if person.account_id else person._replace(guest_of=sender.account_id)
            return person, Written(addresses[0], addresses[0], by_form=True)
        if sender.account_id is None:
            return sender, itself
        if is_no_reply(mail.sender):
            return await book.spoken_for(addresses[0], sender.account_id), Written(addresses[0], addresses[0])
        owners = [(address, await book.owner(address)) for address in addresses[:ADDRESSES_LOOKED_UP]]
        own = (address for address, owner in owners if owner == sender.account_id)
        return sender, Written(mail.sender, next(own, mail.sender))

    async def dispositions(
        self,
        book: Correspondents,
        names: Mapping[str, str],
        mail: Mail,
        sender: Sender,
        written: Written,
        now: datetime,
    ) -> list[tuple[str, str, Disposition]]:
        """What is to become of the mail that comes `now` at each mailbox that it came to: a ticket or messages,
        feedback, or both. Each has a key of its own."""
        mail = replace(mail, automatic=None) if written.by_form else mail
        told = {mailbox_of(address, self.mailboxes) for address in mail.recipients}
        mailboxes = [mailbox for mailbox in self.mailboxes if mailbox in told] or [self.mailbox]
        if bounced := await self._of_delivery(book, mail):
            return [(names[mailboxes[0]], mailboxes[0], bounced)]
        if nothing := self._nothing(mail, sender, written):
            return [(names[mailboxes[0]], mailboxes[0], nothing)]
        made: list[tuple[str, str, Disposition]] = []
        if self.mailbox in mailboxes:
            name = names[self.mailbox]
            for n, one in enumerate(await self._of_tickets(book, name, mail, sender, written, now)):
                made.append((key_of_copy(name, str(one.ticket_id)) if n else name, self.mailbox, one))
            if not made:
                mailboxes = [self.feedback_mailbox]
        if self.feedback_mailbox in mailboxes:
            of_feedback = await self._of_feedback(book, names, mail, sender)
            made.append((names[self.feedback_mailbox], self.feedback_mailbox, of_feedback))
        return made

    def _nothing(self, mail: Mail, sender: Sender, written: Written) -> Disposition | None:
        """For a mail that asks for nothing, or that nobody can be asked about, or that is not who it says it is."""
        if mail.automatic and mail.automatic.kind != "sent-for":
            return Disposition("ignored", mail.automatic.reason)
        if mailbox_of(written.writer, self.mailboxes):
            return Disposition("ignored", "own-mailbox")
        if not self.own_lists.isdisjoint(mail.lists):
            return Disposition("ignored", "own-list")
        if not mail.sender:
            return Disposition("unmatched", "no-sender")
        is_forged = sender.is_known and said_by(self.authserv_ids, mail.authentication).fails_dmarc()
        return Disposition("unmatched", "not-authentic") if is_forged else None

    async def _of_delivery(self, book: Correspondents, mail: Mail) -> Disposition | None:
        """For a notice about a mail of ours; None: it is none.

        A failed mail that may be ours waits for a person if nothing says whose it was: the notice names a ticket, or
        nothing at all. Spam in our name comes back, too; its notices name strangers.
        """
        notice = mail.delivery
        if mailbox_of(mail.sender, self.mailboxes):
            return None
        numbers = tickets_named(mail) if mail.automatic and mail.automatic.kind == "notice" else ()
        if notice is None:
            is_plain = mail.automatic and mail.automatic.reason in ("null-return-path", "system-sender")
            is_unread = numbers and is_plain and is_server(mail.sender)
            return Disposition("unmatched", "notice") if is_unread else None
        if found := named_by(notice, self.reply_keys):
            return Disposition("stored", found.by, "delivery", found.ticket_id)
        addresses = await book.bounced(notice)
        ticket_id = await book.ticket_between(addresses, numbers) or await book.latest_ticket(addresses)
        if ticket_id:
            return Disposition("stored", "recipient", "delivery", ticket_id)
        is_lost = notice.failed and (numbers or not (notice.addresses or notice.mentioned or notice.ids))
        return Disposition("unmatched", "bounce") if is_lost else None

    def _of_staff(
        self, hints: Sequence[Clue], tickets: Mapping[Clue, Found], mail: Mail, sender: Sender, written: Written
    ) -> list[Disposition]:
        """For a mail of staff, if nobody vouches for it, or it is on a customer's ticket; none: there is no such
        ticket, or it is one of their own. Staff are nobody's colleagues on a customer's ticket."""
        if not is_staff(written.writer, self.staff_domain):
            return []
        clue = next((clue for clue in hints if clue in tickets), None)
        server = said_by(self.authserv_ids, mail.authentication)
        if not (written.writer == mail.sender and mail.one_author and server.vouches_for(mail.sender)):
            is_believed = clue is not None or sender.is_known
            return [Disposition("unmatched", "not-vouched-for")] if is_believed else []
        if clue is None or (first := tickets[clue]).requester in sender.subjects:
            return []
        by = Belongs(ticket_id=first.ticket_id, account_id=first.account_id, by=clue.by)
        each = (by, *islice(others(hints, tickets, by, sender="", account_id=by.account_id), COPIES_OF_A_MAIL))
        requesters = {ticket.ticket_id: ticket.requester for ticket in tickets.values()}
        return [
            Disposition("stored", one.by, "staff", one.ticket_id, one.account_id, subject_id=requesters[one.ticket_id])
            for one in each
        ]

    async def _of_tickets(
        self, book: Correspondents, name: str, mail: Mail, sender: Sender, written: Written, now: datetime
    ) -> list[Disposition]:
        """For a mail to the desk, on each ticket to whose address it is; none: it answers a letter about feedback."""
        hints = clues(mail, self.reply_keys)
        tickets = await book.found(hints, sender)
        if at_once(mail.subject, (ticket.changed_at for ticket in tickets.values()), now):
            return [Disposition("ignored", "vacation-subject")]
        if of_staff := self._of_staff(hints, tickets, mail, sender, written):
            return of_staff
        asked: dict[str, Any] = {"sender": sender.name, "account_id": sender.account_id, "fresh": is_fresh(mail)}
        found = thread(hints, tickets, **asked)
        if answers_letter(mail, found):
            return []
        match found:
            case Belongs():
                each = (found, *islice(others(hints, tickets, found, **asked), COPIES_OF_A_MAIL))
                itself = {ticket.ticket_id: ticket.sender_is for ticket in tickets.values()}
                return [
                    Disposition(
                        "stored",
                        one.by,
                        "message",
                        one.ticket_id,
                        one.account_id,
                        subject_id=itself[one.ticket_id] if one.account_id != sender.account_id else None,
                    )
                    for one in each
                ]
            case Begins(related=related) if account_id := sender.account_id or sender.guest_of:
                return [Disposition("stored", None, "ticket", uuid5(MAILS, name), account_id, related)]
            case _ if mail.automatic:
                return [Disposition("ignored", mail.automatic.reason)]
            case _:
                return [Disposition("unmatched", "unknown-sender")]

    async def _of_feedback(
        self, book: Correspondents, names: Mapping[str, str], mail: Mail, sender: Sender
    ) -> Disposition:
        """For a mail to feedback's mailbox, from whomever it comes, but a machine that nobody we know uses."""
        if mail.automatic and not sender.is_known:
            return Disposition("ignored", mail.automatic.reason)
        hints = feedback_clues(mail, self.feedback_mailbox, self.reply_keys)
        named = await book.feedback_named(hints)
        answers = answered(
            hints,
            named,
            await book.begun(set(named.values())),
            account_id=sender.account_id,
            subjects=sender.subjects,
            numbers=mail.feedback_numbers,
        )
        own = id_of_feedback_mail(names[self.feedback_mailbox])
        if answers is None:
            return Disposition("stored", None, "feedback", own, sender.account_id)
        target = "addition" if answers.follows else "answer"
        return Disposition("stored", answers.by, target, answers.feedback_id or own, sender.account_id)


def _names(listed: str) -> frozenset[str]:
    """Of a setting with commas or blanks between them, in lower case."""
    return frozenset(listed.lower().replace(",", " ").split())


def envelope(sender: str | None, recipients: Sequence[str]) -> bytes:
    """The envelope of a mail as headers above it, as final delivery adds them (RFC 5321, 4.4). `sender`: empty for a
    null one; None if it is not known."""
    lines = [f"Delivered-To: {recipient}" for recipient in recipients]
    if sender is not None:
        lines.insert(0, f"Return-Path: <{sender}>")
    head = "".join(_CONTROL.sub("", line) + "\r\n" for line in lines)
    return head.encode("utf-8", "surrogateescape")
