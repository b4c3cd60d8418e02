"""Sends each requested mail once, as far as mail allows that.

Before a mail is sent, its request is in the log and its row waits in the outbox. A mail in hand is leased; if its
process dies, another takes it. If the process dies after the server took the mail and before that is recorded, the mail
is sent again, with the same Message-ID: nothing else in Punctual happens more than once.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from jinja2 import TemplateError

from contracts.command_ids import of_outcome
from contracts.envelope import Meta
from contracts.names import shard_of
from contracts.notifications import SuppressedFor
from contracts.replacing import replace
from kit.log.request import CommandRequest, Done, Result
from kit.process.host import Host
from kit.store import Unavailable
from kit.store.values import Held
from kit.telemetry import span
from notifier.compose import UnusableAddress
from notifier.domain.commands import NotificationCommand, NotifierCommand, RecordFailed, RecordSent, Suppress
from notifier.domain.gathering import GATHERED
from notifier.domain.policy import Policy
from notifier.domain.streams import notification_stream, thread_stream
from notifier.react.untold import unsent
from notifier.senders.mail_builder import MailBuilder, Request, erased, lacking
from notifier.senders.outbox import Outbox, OutboxMail
from notifier.senders.pending import PendingMail, pending_mail
from notifier.senders.smtp import Connection, Deferred, Rejected, ServerAway
from notifier.settings import Settings

POLL_SECONDS = 0.2
"""How often to look for a mail to send."""
MAX_PAUSE_SECONDS = 15.0
"""The longest pause before a mail server that was away is tried again."""
STOPPED_SHARD_RETRY = timedelta(seconds=15)
"""When to look again whether a mail's shard takes anything."""

COMPARED_FIRST = Held()
"""The log's answer while it is compared with the broker, because its database may have gone back in time: seconds."""

log = structlog.get_logger("mail")


class OverLimit(Exception):
    """Its person has got too many automatic replies by now: it leaves at `later`, with those that wait then."""

    def __init__(self, later: datetime) -> None:
        super().__init__(later)
        self.later = later


async def send(host: Host) -> None:
    """The part of the service that sends, until it is stopped."""
    await Sender.of(host).run()


class Sender:
    """Several connections, each with at most one mail in hand."""

    def __init__(self, host: Host, own: Settings, builder: MailBuilder, connect: Callable[[], Connection]) -> None:
        self._host, self._own, self._builder, self._connect = host, own, builder, connect
        self._outbox = Outbox(host.store)
        self._looking = asyncio.Lock()
        self._taken: set[UUID] = set()
        """Mails that the server took and we could not record yet: taken again, they are only recorded."""

    @classmethod
    def of(cls, host: Host, connect: Callable[[], Connection] | None = None) -> "Sender":
        """The service's sender; `connect` opens connections to another server than that of the settings."""
        own, common = host.own, host.common
        assert isinstance(own, Settings)
        builder = MailBuilder(
            sender=own.sender,
            feedback_mailbox=own.feedback_mailbox,
            name=common.vendor_name,
            staff_domain=common.staff_domain,
            surveys=f"{common.feedback_url.rstrip('/')}/s",
            complaints=f"{common.feedback_url.rstrip('/')}/c",
            calls=f"{common.escalation_url.rstrip('/')}/a",
            zone=common.vendor_zone,
            secret=common.survey_secret.get_secret_value(),
        )
        return cls(host, own, builder, connect or (lambda: Connection(own.smtp_url, builder.domain)))

    async def run(self) -> None:
        """Send until the service stops; mails in hand are finished."""
        keeping = asyncio.create_task(self._outbox.keep())
        try:
            async with asyncio.TaskGroup() as connections:
                for _ in range(self._own.connections):
                    connections.create_task(self._send_over_one_connection())
        finally:
            keeping.cancel()

    async def _send_over_one_connection(self) -> None:
        connection = self._connect()
        pause = 0.0
        try:
            while not self._host.stopping:
                try:
                    pause = 0.0 if await self._one(connection) else min(max(0.5, pause * 2), MAX_PAUSE_SECONDS)
                except Unavailable as error:
                    log.warning("the database gave no answer", error=str(error))
                    pause = 1.0
                await self._rest(pause * random.uniform(0.8, 1.2))
        finally:
            connection.close()

    async def _rest(self, seconds: float) -> None:
        """Wait, at most until the service stops."""
        while seconds > 0 and not self._host.stopping:
            await asyncio.sleep(min(seconds, POLL_SECONDS))
            seconds -= POLL_SECONDS

    async def _one(self, connection: Connection) -> bool:
        """Send the next mail, if there is one. False: the server is away. Raises Unavailable."""
        async with self._looking:  # one connection looks, the others wait for their turn
            queued = None if self._host.stopping else await self._outbox.take()
            if queued is None:
                await self._rest(POLL_SECONDS)
                return True
        try:
            if stopped := self._host.recovery.stopped(shard_of(queued.ticket_id)):
                # Its outcome could not be recorded, so the mail would be sent again and again.
                log.warning("a mail waits", notification=str(queued.notification_id), why=stopped)
                await self._outbox.give_back(queued, STOPPED_SHARD_RETRY)
                return True
            pending = await self._pending(queued)
            if (pause := pending.pause(self._waited(pending.request))) is not None and not queued.in_terms:
                await self._outbox.give_back(queued, timedelta(seconds=pause))
                return True
            with span("send mail", pending.request.meta.traceparent, template=queued.template):
                return await self._offer(connection, queued, pending)
        finally:
            self._outbox.let_go(queued)

    async def _pending(self, queued: OutboxMail) -> PendingMail:
        """The mail as its thread sees it now; one that may have left in terms, as it was then."""
        pending = pending_mail(await self._host.desk.facts(thread_stream(queued.ticket_id)), queued.notification_id)
        if not pending.in_terms or queued.in_terms:
            return pending
        return replace(pending, known=await self._outbox.known(queued, pending.request.event.cause))

    def _waited(self, request: Request) -> float:
        """Real seconds since the request."""
        clock = self._host.clock
        return clock.real(clock.now() - request.recorded_at)

    async def _offer(self, connection: Connection, queued: OutboxMail, pending: PendingMail) -> bool:
        try:
            outcome = await self._outcome(connection, queued, pending)
        except ServerAway as error:
            log.warning("the mail server is away", error=str(error))
            await self._outbox.give_back(queued)
            return False
        except OverLimit as error:
            clock = self._host.clock
            await self._outbox.hold_back(queued, timedelta(seconds=clock.real(error.later - clock.now())))
            return True
        except Deferred as error:
            if queued.attempts < self._own.attempts:
                await self._outbox.defer(queued, str(error))
                return True
            outcome = self._failed(queued, str(error))
        await self._record(outcome, pending.request)
        return True

    async def _outcome(self, connection: Connection, queued: OutboxMail, pending: PendingMail) -> NotificationCommand:
        """Offer it, or find a reason not to: the command that records the outcome.

        Raises ServerAway, Deferred or OverLimit.
        """
        identity, ticket_id = queued.notification_id, queued.ticket_id
        message_id = self._builder.identity(ticket_id, identity, queued.template)
        sent = RecordSent(ticket_id=ticket_id, notification_id=identity, message_id=message_id)
        if identity in self._taken:
            return sent
        if queued.joined_with and (carrier := await self._outbox.carried_by(queued)):
            return replace(sent, message_id=carrier)
        if reason := await self._reason_not_to(queued, pending):
            template, cause = queued.template, pending.request.event.cause
            return Suppress(
                ticket_id=ticket_id, notification_id=identity, template=template, cause=cause, reason=reason
            )
        await self._admit(queued)
        carried = await self._together(queued, pending)
        try:
            mail = self._builder.build(*carried, subject=pending.subject)
        except UnusableAddress:  # the error's message has the address, so it is not logged
            return self._failed(queued, "unusable-address")
        except (TemplateError, ValueError, LookupError, TypeError) as error:
            log.exception("not composable", notification=str(identity), exc_info=error)
            return self._failed(queued, "not-composable")
        try:
            await connection.offer(mail)
        except Rejected as error:
            return self._failed(queued, str(error))
        self._taken.add(identity)
        return sent

    async def _admit(self, queued: OutboxMail) -> None:
        """Have the limit count it. Raises OverLimit."""
        if queued.automatic != "replied":
            return
        if later := await self._outbox.admit(queued, self._host.clock.now(), self._policy.reply_from):
            raise OverLimit(later)

    async def _together(self, queued: OutboxMail, pending: PendingMail) -> Sequence[Request]:
        """What the mail says: its own request, then those of others that it carries; each is then recorded as sent with
        it. If the server may have taken it, they are what they were then."""
        mails = [(queued, pending)]
        if queued.template == GATHERED or queued.held_in:
            for other in await self._outbox.joinable(queued):
                seen = await self._pending(other)
                if queued.may_have_left_joined or not await self._reason_not_to(other, seen):
                    mails.append((other, seen))
            if not queued.may_have_left_joined:
                mails = [(replace(one, lacks=await self._lacks(one)), seen) for one, seen in mails]
                await self._outbox.join(queued, {one.notification_id: one.lacks for one, _ in mails})
        for one, seen in mails:
            if seen.in_terms and not one.in_terms:
                await self._outbox.leave_in_terms(one)
        return [lacking(seen.completed_request, one.lacks) for one, seen in mails]

    async def _lacks(self, queued: OutboxMail) -> str | None:
        """What its ticket lacks by now, of a reply that has waited; None: what the request says."""
        return await self._outbox.missing(queued) if queued.held_in else None

    async def _reason_not_to(self, queued: OutboxMail, pending: PendingMail) -> SuppressedFor | None:
        """Asked at every try: the mail may have become untrue since the last."""
        if erased(pending.request.event):
            return "erased"
        if self._builder.asks_staff(pending.request.event):
            return "staff"
        if queued.template == GATHERED and not (pending.asked and await self._outbox.was_sent(pending.asked)):
            return "undelivered"
        if pending.overtaken or (pending.retracts and not await self._outbox.may_have_left(pending.retracts)):
            return "overtaken"
        to = pending.request.event.subject_id
        if pending.request.event.role is None and to and await self._outbox.is_undeliverable(to):
            return "bounced"
        return None

    @property
    def _policy(self) -> Policy:
        policy = self._host.book.current
        assert isinstance(policy, Policy)
        return policy

    def _failed(self, queued: OutboxMail, reason: str) -> RecordFailed:
        log.warning("failed", notification=str(queued.notification_id), reason=reason, attempts=queued.attempts)
        return RecordFailed(
            ticket_id=queued.ticket_id,
            notification_id=queued.notification_id,
            template=queued.template,
            reason=reason,
            attempts=queued.attempts,
        )

    async def _record(self, outcome: NotificationCommand, request: Request) -> None:
        """Record the outcome, however long the database takes: to send the mail again would be worse.

        Whoever is to be told of a failure is told first: if this process dies in between, the mail is tried again.
        """
        if isinstance(outcome, RecordFailed) or (isinstance(outcome, Suppress) and outcome.reason == "bounced"):
            for told in unsent(request, outcome.reason, self._policy):
                await self._perform(thread_stream(outcome.ticket_id), told, outcome, request)
        stream = notification_stream(outcome.ticket_id, outcome.notification_id)
        if isinstance(await self._perform(stream, outcome, outcome, request), Done):
            self._taken.discard(outcome.notification_id)

    async def _perform(
        self, stream: str, command: NotifierCommand, outcome: NotificationCommand, request: Request
    ) -> Result:
        """What the writer answers to a command that follows from the outcome."""
        identity = outcome.notification_id
        to_record = CommandRequest(
            command_id=of_outcome(identity, type(command).__name__),
            stream=stream,
            command=command,
            meta=Meta(actor="notifier", role="service", traceparent=request.meta.traceparent, cause=request.as_cause),
        )
        while True:
            try:
                result = await self._host.writer.perform(to_record)
                if result != COMPARED_FIRST:
                    break
                why = "its shard is compared with the broker first"
            except Unavailable as error:
                why = str(error)
            log.warning("not recorded yet", notification=str(identity), error=why)
            await asyncio.sleep(1)
        if not isinstance(result, Done):
            log.error("not recorded", notification=str(identity), result=repr(result))
        return result
