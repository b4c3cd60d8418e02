"""Sends what was requested, each mail once, as far as mail can promise that.

The request is in the log, and its row waits, before anything is sent. A mail in hand is leased; whoever dies with it
leaves it to others. Between the server's "taken" and our record of it there is a moment in which dying means that it
is sent again, with the same Message-ID: the only at-least-once in this house.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Literal
from uuid import UUID

import structlog
from jinja2 import TemplateError

from contracts.command_ids import of_outcome
from contracts.envelope import Meta
from contracts.names import shard_of
from contracts.replacing import replace
from kit.log.request import Done, Work
from kit.process.host import Host
from kit.store import Unavailable
from kit.store.values import Held
from kit.telemetry import span
from notifier.compose import UnusableAddress
from notifier.domain.commands import NotificationCommand, RecordFailed, RecordSent, Suppress
from notifier.domain.policy import Policy
from notifier.domain.streams import notification_stream, thread_stream
from notifier.senders.asked import Asked, asked
from notifier.senders.letters import Letterhead, Request, erased
from notifier.senders.outbox import Outbox, Waiting
from notifier.senders.smtp import Away, Deferred, Line, Rejected
from notifier.settings import Settings

LOOK = 0.2
"""Seconds between two looks for something to send."""
LONGEST_PAUSE = 15.0
"""Seconds until a server that was away is tried again."""
STOPPED = timedelta(seconds=15)
"""After which is looked again whether the shard of a mail takes anything."""

COMPARED_FIRST = Held()
"""What the log answers while its database may have gone back in time: it takes seconds."""

Reason = Literal["erased", "overtaken", "rate-limited"]

log = structlog.get_logger("mail")


async def send(host: Host) -> None:
    """The part of the service that sends, until it is stopped."""
    await Sender.of(host).run()


class Sender:
    """Several connections, each with at most one mail in hand."""

    def __init__(self, host: Host, own: Settings, letterhead: Letterhead, connect: Callable[[], Line]) -> None:
        self._host, self._own, self._letterhead, self._connect = host, own, letterhead, connect
        self._outbox = Outbox(host.store)
        self._looking = asyncio.Lock()
        self._taken: set[UUID] = set()
        """What the server took and we could not record yet: if it comes by again, it is only recorded."""

    @classmethod
    def of(cls, host: Host, connect: Callable[[], Line] | None = None) -> "Sender":
        """The service's; `connect` makes a connection to another server than that of the settings."""
        own, common = host.own, host.common
        assert isinstance(own, Settings)
        letterhead = Letterhead(
            sender=own.sender,
            name=own.sender_name,
            staff_domain=own.staff_domain,
            surveys=f"{common.feedback_url.rstrip('/')}/s",
            survey_for=timedelta(days=own.survey_days),
            secret=common.survey_secret.get_secret_value(),
        )
        return cls(host, own, letterhead, connect or (lambda: Line(own.smtp_url, letterhead.domain)))

    async def run(self) -> None:
        """Send until the service stops; what is in hand then is finished."""
        keeping = asyncio.create_task(self._outbox.keep())
        try:
            async with asyncio.TaskGroup() as lanes:
                for _ in range(self._own.connections):
                    lanes.create_task(self._lane())
        finally:
            keeping.cancel()

    async def _lane(self) -> None:
        line = self._connect()
        pause = 0.0
        try:
            while not self._host.stopping:
                try:
                    pause = 0.0 if await self._one(line) else min(max(0.5, pause * 2), LONGEST_PAUSE)
                except Unavailable as error:
                    log.warning("the database gave no answer", error=str(error))
                    pause = 1.0
                await self._rest(pause * random.uniform(0.8, 1.2))
        finally:
            line.close()

    async def _rest(self, seconds: float) -> None:
        """Wait, but not when the service stops."""
        while seconds > 0 and not self._host.stopping:
            await asyncio.sleep(min(seconds, LOOK))
            seconds -= LOOK

    async def _one(self, line: Line) -> bool:
        """Send the next mail, if there is one. False: the server is away. Raises Unavailable."""
        async with self._looking:  # one looks, the others wait for their turn
            waiting = None if self._host.stopping else await self._outbox.take()
            if waiting is None:
                await self._rest(LOOK)
                return True
        try:
            if stopped := self._host.recovery.stopped(shard_of(waiting.ticket_id)):
                # That it was sent could not be recorded: it would be sent again and again.
                log.warning("a mail waits", notification=str(waiting.notification_id), why=stopped)
                await self._outbox.give_back(waiting, STOPPED)
                return True
            asking = await self._ask(waiting)
            if (pause := asking.pause(self._waited(asking.request))) is not None and not waiting.in_terms:
                await self._outbox.give_back(waiting, timedelta(seconds=pause))
                return True
            with span("send mail", asking.request.meta.traceparent, template=waiting.template):
                return await self._deal(line, waiting, asking)
        finally:
            self._outbox.let_go(waiting)

    async def _ask(self, waiting: Waiting) -> Asked:
        """What is known of it now; of a call that may have left in terms, what was known then."""
        asking = asked(await self._host.desk.facts(thread_stream(waiting.ticket_id)), waiting.notification_id)
        if not asking.in_terms or waiting.in_terms:
            return asking
        return replace(asking, next_at=await self._outbox.next_call(waiting, asking.request.event.cause))

    def _waited(self, request: Request) -> float:
        """Real seconds since it was requested."""
        clock = self._host.clock
        return clock.real(clock.now() - request.recorded_at)

    async def _deal(self, line: Line, waiting: Waiting, asking: Asked) -> bool:
        try:
            outcome = await self._outcome(line, waiting, asking)
        except Away as error:
            log.warning("the mail server is away", error=str(error))
            await self._outbox.give_back(waiting)
            return False
        except Deferred as error:
            if waiting.attempts < self._own.attempts:
                await self._outbox.defer(waiting, str(error))
                return True
            outcome = self._failed(waiting, str(error))
        await self._record(outcome, asking.request)
        return True

    async def _outcome(self, line: Line, waiting: Waiting, asking: Asked) -> NotificationCommand:
        """What became of it. Raises Away or Deferred."""
        identity, ticket_id = waiting.notification_id, waiting.ticket_id
        message_id = self._letterhead.identity(ticket_id, identity)
        sent = RecordSent(ticket_id=ticket_id, notification_id=identity, message_id=message_id)
        if identity in self._taken:
            return sent
        if reason := await self._reason_not_to(waiting, asking):
            template, cause = waiting.template, asking.request.event.cause
            return Suppress(
                ticket_id=ticket_id, notification_id=identity, template=template, cause=cause, reason=reason
            )
        try:
            mail = self._letterhead.letter(asking.said)
        except UnusableAddress:  # its message has the address
            return self._failed(waiting, "unusable-address")
        except (TemplateError, ValueError, LookupError, TypeError) as error:
            log.exception("not composable", notification=str(identity), exc_info=error)
            return self._failed(waiting, "not-composable")
        if asking.in_terms and not waiting.in_terms:
            await self._outbox.leave_in_terms(waiting)
        try:
            await line.offer(mail)
        except Rejected as error:
            return self._failed(waiting, str(error))
        self._taken.add(identity)
        return sent

    async def _reason_not_to(self, waiting: Waiting, asking: Asked) -> Reason | None:
        """Asked at every try: since it was requested, or since the last try, it may have become untrue."""
        if erased(asking.request.event):
            return "erased"
        if asking.overtaken or (asking.retracts and not await self._outbox.may_have_left(asking.retracts)):
            return "overtaken"
        if waiting.automatic != "replied":
            return None
        policy = self._host.book.current
        assert isinstance(policy, Policy)
        return None if await self._outbox.admit(waiting, policy.may_reply) else "rate-limited"

    def _failed(self, waiting: Waiting, reason: str) -> RecordFailed:
        log.warning("failed", notification=str(waiting.notification_id), reason=reason, attempts=waiting.attempts)
        return RecordFailed(
            ticket_id=waiting.ticket_id,
            notification_id=waiting.notification_id,
            reason=reason,
            attempts=waiting.attempts,
        )

    async def _record(self, command: NotificationCommand, request: Request) -> None:
        """Write down what became of it, however long the database takes: to send again would be worse."""
        identity = command.notification_id
        work = Work(
            command_id=of_outcome(identity, type(command).__name__),
            stream=notification_stream(command.ticket_id, identity),
            command=command,
            meta=Meta(actor="notifier", role="service", traceparent=request.meta.traceparent, cause=request.as_cause),
        )
        while True:
            try:
                result = await self._host.writer.perform(work)
                if result != COMPARED_FIRST:
                    break
                why = "its shard is compared with the broker first"
            except Unavailable as error:
                why = str(error)
            log.warning("not recorded yet", notification=str(identity), error=why)
            await asyncio.sleep(1)
        if isinstance(result, Done):
            self._taken.discard(identity)
        else:
            log.error("not recorded", notification=str(identity), result=repr(result))
