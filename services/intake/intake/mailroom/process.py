"""Stored mails become tickets, messages and feedback, in the order they came, each ticket's one after another.

A kill at any moment is harmless: the command's id follows from the mail's key, so a second try finds what the first
did. Several processes may process the same mail; it takes effect once.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID, uuid5

import structlog

from contracts.causes import MAIL, Cause
from contracts.command_ids import MAILS, of_mail
from contracts.envelope import Meta
from contracts.errors import SealBroken, UnknownEvent
from contracts.names import shard_of
from contracts.replacing import replace
from intake import queries
from intake.domain.commands import NoteDelivery, Participant, PassOn, PostMessage, TicketRequest
from intake.domain.events import DeliveryNoticeReceived, FeedbackMailReceived
from intake.domain.policy import Policy
from intake.mail import (
    FEEDBACK_TARGETS,
    NUMBERS_READ,
    Mail,
    Written,
    feedback_words,
    from_head,
    id_of_feedback_mail,
    listed,
    message_words,
    name_of,
    named_by,
    opening_words,
    parse,
    role_of,
    staff_words,
)
from intake.mail_seal import Erased, MailSeal, off_the_loop, opened_head
from intake.mailroom.raw import read
from intake.numbers import TICKET_NUMBERS
from kit.clock import Clock
from kit.log.numbers import Numbers
from kit.log.request import CommandRequest, Done, Failed, Overtaken, Refused, Reused
from kit.log.writer import Writer
from kit.personal.vault import NoKey
from kit.policy_book import PolicyBook
from kit.process.host import Host
from kit.store import Unavailable
from kit.store.sql import SqlStore
from kit.store.values import Held
from kit.telemetry import span, traceparent

MAILS_AT_ONCE = 20
"""Mails that are processed at one time."""
RAW_MAILS_AT_ONCE = 2
"""Raw mails that are in memory at one time: each may be of the greatest size."""
WORDS_CHARACTERS = 2_000
"""A longer text is read for what it asks in a thread: a very long one takes seconds."""
POLL_SECONDS = 1.0
"""How often to look for mails that another process stored."""
RETRY_SECONDS = 5.0
"""When to try a mail again whose ticket or feedback takes nothing now; other tickets' mails don't wait for it."""

log = structlog.get_logger("mailroom")


class NotNow(Exception):
    """A mail can't be processed now; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Processor:
    """Carries out what stored mails ask for."""

    store: SqlStore
    writer: Writer
    mail_seal: MailSeal
    numbers: Numbers
    book: PolicyBook
    clock: Clock
    stored: asyncio.Event
    stopped: Callable[[int], str] = lambda shard: ""
    """Why a shard takes nothing until somebody repairs it; empty if it does."""
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(RAW_MAILS_AT_ONCE))
    retry_at: dict[UUID, float] = field(default_factory=dict)
    """By ticket: when to try its next mail again, in the clock's elapsed seconds."""

    @classmethod
    def of(cls, host: Host, stored: asyncio.Event) -> "Processor":
        """The service's."""
        return cls(
            store=host.store,
            writer=host.writer,
            mail_seal=MailSeal(host.common.master_key, host.vault),
            numbers=Numbers(host.store, TICKET_NUMBERS),
            book=host.book,
            clock=host.clock,
            stored=stored,
            stopped=host.recovery.stopped,
        )

    async def run(self) -> None:
        """Process mails until cancelled."""
        while True:
            self.stored.clear()
            try:
                if await self.process_some():
                    continue
            except Unavailable as error:
                log.warning("mails wait", error=str(error))
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self.stored.wait()
            except TimeoutError:
                continue

    async def process_some(self) -> int:
        """Process the next mails; how many were tried. Raises Unavailable."""
        now = self.clock.elapsed()
        for ticket_id in [ticket_id for ticket_id, until in self.retry_at.items() if until <= now]:
            del self.retry_at[ticket_id]
        rows = await self.store.query(queries.MAILS_TO_PROCESS, MAILS_AT_ONCE, list(self.retry_at))
        outcomes = await asyncio.gather(*[self._one(row) for row in rows], return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return len(rows)

    async def _one(self, row: Mapping[str, Any]) -> None:
        try:
            state, reason = await self._outcome(row)
        except NotNow as why:
            log.warning("a mail waits", key=row["key"], why=str(why))
            self.retry_at[row["ticket_id"]] = self.clock.elapsed() + RETRY_SECONDS
            return
        if state == "failed":
            log.error("a mail was kept but not performed", key=row["key"], reason=reason)
        await self.store.query(queries.MAIL_IS_DONE, row["key"], state, reason)

    async def _outcome(self, row: Mapping[str, Any]) -> tuple[str, str | None]:
        """What becomes of a mail, and why. Raises NotNow, Unavailable."""
        if stopped := self.stopped(shard_of(row["ticket_id"])):
            raise NotNow(stopped)
        try:
            mail, written = await self._read(row)
        except (Erased, SealBroken) as unreadable:
            # A process may have carried it out while the mail could be read, and died before it recorded that.
            reason = "erased" if isinstance(unreadable, Erased) else str(unreadable)
            return ("performed", row["reason"]) if await self._is_known(row) else ("failed", reason)
        number = await self.numbers.next() if row["target"] == "ticket" else ""
        with span("intake performs a mail", None):
            asked = (row, mail, number, self.book.current, traceparent(), written)
            request = await off_the_loop(len(mail.text), request_for, *asked, above=WORDS_CHARACTERS)
        match await self.writer.perform(request):
            case Done():
                return "performed", row["reason"]
            case Refused(refusal):
                return "failed", f"{refusal.slug}: {refusal}"
            case Reused():
                return "failed", "its command id stands for another"
            case Failed(UnknownEvent()):
                raise NotNow("a newer release has written on this ticket: it performs the mail")
            case Failed(NoKey()) if await self._gone(written):
                raise NotNow("somebody whom it names was erased meanwhile")
            case Failed(error):
                return "failed", repr(error)
            case Overtaken() | Held():
                raise NotNow("another command came first, or its shard takes nothing now")

    async def _read(self, row: Mapping[str, Any]) -> tuple[Mail, Written]:
        """The mail, and by whom it is; of those whom it names, whoever was erased since is left out."""
        async with self.reading:
            async with self.store.transaction() as tx:
                sealing = await self.mail_seal.key(tx, row["sealed_for"])
                raw = await read(tx, row["key"], sealing)
            mail: Mail = await off_the_loop(len(raw), parse, raw)
        written = from_head(opened_head(sealing, row["key"], row["head"]))
        gone = await self._gone(written)
        return mail, written._replace(named=tuple(one for one in written.named if one[0] not in gone))

    async def _gone(self, written: Written) -> set[UUID]:
        """Those whom a mail names that were erased."""
        if not written.named:
            return set()
        async with self.store.transaction() as tx:
            return await tx.erased([subject for subject, _ in written.named])

    async def _is_known(self, row: Mapping[str, Any]) -> bool:
        """Whether the mail's command was carried out. Raises NotNow while what it led to may be missing."""
        async with self.store.transaction() as tx:
            if await tx.unsure():
                raise NotNow("the database went back in time, and its log may lack what this mail led to")
            return bool(await tx.known([(shard_of(row["ticket_id"]), _command_id(row))]))


def request_for(
    row: Mapping[str, Any],
    mail: Mail,
    number: str,
    policy: Policy,
    traceparent: str | None = None,
    written: Written | None = None,
) -> CommandRequest:
    """The command of a mail. Everything in it follows from what is stored, but a new ticket's `number` and `policy`.

    `written`: by whom; None: by its sender.
    """
    written = written or Written(mail.sender, mail.sender)
    mail = replace(mail, sender=written.writer, automatic=None if written.by_form else mail.automatic)
    ticket_id = row["ticket_id"]
    category, command = _asked(row, mail, number, policy, written)
    by_server, by_staff = row["target"] == "delivery", row["target"] == "staff"
    return CommandRequest(
        command_id=_command_id(row),
        stream=f"{category}-{ticket_id}",
        command=command,
        meta=Meta(
            actor=_actor(row, mail),
            role="service" if by_server else role_of(mail.sender) if by_staff else "requester",
            traceparent=traceparent,
            cause=Cause(MAIL, row["key"]),
        ),
        answer={"ticket_id" if by_server else f"{category}_id": str(ticket_id)}
        | ({"number": number} if number else {}),
    )


def _actor(row: Mapping[str, Any], mail: Mail) -> str:
    match row["target"]:
        case "delivery":
            return "mail-server"
        case "staff":
            return name_of(mail.sender)
        case _:
            return f"customer-{row['subject_id'].hex[:16]}"


def _asked(
    row: Mapping[str, Any], mail: Mail, number: str, policy: Policy, written: Written
) -> tuple[Literal["ticket", "feedback", "delivery"], Any]:
    match row["target"]:
        case "ticket":
            return "ticket", _opening(row, mail, number, policy, written)
        case "message":
            return "ticket", _message(row, mail, written)
        case "staff":
            return "ticket", _of_staff(row, mail)
        case "delivery":
            return "delivery", NoteDelivery(by="service", notice=_notice(row, mail, written))
        case _:
            return "feedback", PassOn(by="requester", mail=_feedback(row, mail))


def _command_id(row: Mapping[str, Any]) -> UUID:
    return of_mail(row["key"], "feedback" if row["target"] in FEEDBACK_TARGETS else row["target"])


def _feedback(row: Mapping[str, Any], mail: Mail) -> FeedbackMailReceived:
    answer = row["target"] != "feedback"
    subject, text = feedback_words(mail, answer=answer)
    return FeedbackMailReceived(
        feedback_id=row["ticket_id"],
        message_id=id_of_feedback_mail(row["key"]),
        account_id=row["account_id"],
        subject_id=row["subject_id"],
        threaded=answer,
        follows=row["target"] == "addition",
        text=text,
        subject=subject,
        email=mail.sender,
        mail=row["key"],
        numbers=mail.feedback_numbers[:NUMBERS_READ],
        tickets=mail.numbers[:NUMBERS_READ],
        thread=mail.message_id,
        machine=mail.automatic is not None,
    )


def _notice(row: Mapping[str, Any], mail: Mail, written: Written) -> DeliveryNoticeReceived:
    assert mail.delivery is not None
    found = named_by(mail.delivery, ()) if row["reason"] == "message-id" else None
    return DeliveryNoticeReceived(
        ticket_id=row["ticket_id"],
        notification_id=found.notification_id if found else None,
        failed=mail.delivery.failed,
        by=row["reason"],
        status=mail.delivery.status,
        mail=row["key"],
        subjects=tuple(dict.fromkeys(subject for subject, _ in written.named)),
    )


def _opening(row: Mapping[str, Any], mail: Mail, number: str, policy: Policy, written: Written) -> TicketRequest:
    words = opening_words(mail)
    return TicketRequest(
        ticket_id=row["ticket_id"],
        by="requester",
        number=number,
        account_id=row["account_id"],
        subject_id=row["subject_id"],
        channel="email",
        severity=words.labelled.severity or 3,
        priority=words.labelled.priority or "normal",
        details=words.labelled.details,
        title=words.title,
        description=words.description,
        email=mail.sender,
        reply_to=_elsewhere(written),
        copied=_copied(written),
        claimed_at=mail.claimed_at,
        mail=row["key"],
        thread=mail.message_id,
        related=row["related"],
        policy=policy,
        machine=mail.automatic is not None,
        attachments=listed(mail.attachments),
        unread=words.unread,
        severity_unread=words.labelled.severity_unread,
    )


def _message(row: Mapping[str, Any], mail: Mail, written: Written) -> PostMessage:
    words = message_words(mail)
    return PostMessage(
        ticket_id=row["ticket_id"],
        email=mail.sender,
        by="requester",
        account_id=row["account_id"],
        subject_id=row["subject_id"],
        message_id=_message_id(row),
        channel="email",
        body=words.body,
        mail=row["key"],
        thread=mail.message_id,
        details=words.labelled.details,
        description=words.description,
        form=words.form,
        machine=mail.automatic is not None,
        attachments=listed(mail.attachments),
        reply_to=_elsewhere(written),
        copied=_copied(written),
        by_hand=row["reason"] == "by-hand",
    )


def _elsewhere(written: Written) -> str | None:
    """Where answers go, if not to the writer's own address."""
    return written.answers_to if written.answers_to != written.writer else None


def _copied(written: Written) -> tuple[Participant, ...]:
    return tuple(Participant(subject, address) for subject, address in written.named)


def _of_staff(row: Mapping[str, Any], mail: Mail) -> PostMessage:
    words = staff_words(mail)
    return PostMessage(
        ticket_id=row["ticket_id"],
        by=role_of(mail.sender),
        message_id=_message_id(row),
        channel="email",
        body=words.body,
        public=words.public,
        states=words.states,
        mail=row["key"],
        thread=mail.message_id,
        attachments=listed(mail.attachments),
    )


def _message_id(row: Mapping[str, Any]) -> UUID:
    made: UUID = uuid5(MAILS, f"{row['key']}/message")
    return made
