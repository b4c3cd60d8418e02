"""The five services without broker, database or clock: what one says, all that heed it hear at once, till all is quiet.

A fact goes the whole way: encoded, sealed, in a record, decoded, answered by `react`, decided, projected to rows and,
where it is to be mailed, composed. What can't go on raises: nothing that intake takes may come to that.
"""

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from typing import Any
from uuid import UUID

from contracts import codec
from contracts.base import kind_of
from contracts.causes import Cause
from contracts.command_ids import of_ring
from contracts.envelope import Fact, Meta
from contracts.names import SLA, shard_of_stream
from contracts.notifications import Requested
from contracts.sla import PolicyPublished
from contracts.wire import Envelope
from kit.bus import Message
from kit.clock import WallClock
from kit.consume.follow import Follow
from kit.consume.inbox import read
from kit.decider import Put
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Failed, Result
from kit.memory import MemoryStore
from kit.personal.vault import Vault
from kit.policy_book import PolicyBook
from kit.process.service import Service
from kit.store import BadValue
from kit.store.rows import record_of
from kit.store.values import Row, Timer
from notifier.compose import UnusableAddress
from notifier.senders.mail_builder import MailBuilder

MASTER = bytes(32)
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
LETTERS = MailBuilder(
    sender="support@desk.example",
    feedback_mailbox="feedback@desk.example",
    name="The desk",
    staff_domain="desk.example",
    surveys="https://desk.example",
    complaints="https://feedback.example/c",
    calls="https://escalation.example/a",
    secret="a secret",
)


class Undigested(AssertionError):
    """Something that intake took can't be taken in elsewhere."""


@cache
def services() -> tuple[Service, ...]:
    """Those that are installed."""
    return tuple(point.load() for point in entry_points(group="punctual.services"))


@dataclass
class Room:
    """A service: its tables, core and reactions."""

    service: Service
    keys: dict[UUID, bytes]
    heard: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        service = self.service
        self.store = MemoryStore(service.topic)
        self.store.tables.keys = self.keys
        self.core = Core(
            topic=service.topic,
            decider=service.decider,
            vault=Vault(MASTER, makes=service.makes_keys),
            project=self._projected,
            enrich=service.enrich,
        )
        self.book = PolicyBook(service.policy, service.fold_policy, service.policy_in_shard)
        self.follow = Follow(
            name=service.name,
            core=self.core,
            react=service.react,
            clock=WallClock(),
            book=self.book,
            look_up=service.look_up,
            views=service.views,
            react_to_alarms=service.react_to_alarms,
            heeds=service.heeds,
        )

    def _projected(self, fact: Fact, before: Any, after: Any) -> list[Put]:
        puts = list(self.service.project(fact, before, after))
        for put in puts:
            for name, value in {**put.key, **put.values}.items():
                if not _storable(value):
                    # Intake's own database refuses it, and with it the command.
                    kind = BadValue if not self.service.receives_keys else Undigested
                    raise kind(f"{put.table}.{name} can't be {value!r}")
        return puts

    async def perform(self, request: CommandRequest, now: datetime) -> Result:
        """Carry out a command, or not at all."""
        async with self.store.transaction() as tx:
            [result] = await self.core.perform(tx, [request], now)
        return result

    def news(self, shard: int) -> list[Row]:
        """What is in a shard's log and was not there before."""
        rows, heard = self.store.tables.log[shard], self.heard.get(shard, 0)
        self.heard[shard] = len(rows)
        return rows[heard:]


def _storable(value: Any) -> bool:
    """PostgreSQL takes no NUL in a text and no half of a character, and no number beyond 64 bits."""
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


class House:
    """All of them, on one clock."""

    def __init__(self, policy: PolicyPublished, now: datetime) -> None:
        self.now = now
        self.keys: dict[UUID, bytes] = {}
        self.rooms = {service.name: Room(service, self.keys) for service in services()}
        self.mails: list[str] = []
        """What kept a mail from being composed: an address that none can be sent to."""
        self.publications = 0
        self.publish(policy)

    def publish(self, policy: PolicyPublished) -> None:
        """From now on it holds."""
        self.publications += 1
        envelope = Envelope(
            source="/punctual/sla-timer",
            shard_seq=self.publications,
            stream=f"policy-{policy.shard}",
            version=self.publications,
            event_id=UUID(int=self.publications),
            command_id=UUID(int=self.publications),
            name="policy.published",
            schema_version=kind_of(policy).version,
            recorded_at=self.now,
            meta=Meta(actor="sla-timer", role="service"),
            previous=None,
        )
        for room in self.rooms.values():
            room.book.hear(policy.shard, envelope, codec.encode(policy, seal=None))
            if room.book.unreadable:
                raise Undigested(f"{room.service.name}: {room.book.unreadable}")

    async def ask(self, service: str, request: CommandRequest) -> Result:
        """Give a command, and let everything follow from it."""
        result = await self.rooms[service].perform(request, self.now)
        if isinstance(result, Done):
            await self.settle(shard_of_stream(request.stream))
        return result

    async def settle(self, shard: int) -> None:
        """Let everything follow from what is new in a shard, until nobody has anything to say any more."""
        queue: deque[tuple[Room, Row]] = deque()
        while True:
            queue += [(room, row) for room in self.rooms.values() for row in room.news(shard)]
            if not queue:
                return
            await self._deliver(*queue.popleft())

    async def _deliver(self, sender: Room, row: Row) -> None:
        record = record_of(row, None, f"/punctual/{sender.service.name}")
        incoming = read(Message(sender.service.topic, row.shard, 0, record.key, record.value, record.headers))
        for room in self.rooms.values():
            if sender.service.topic in room.service.listens:
                async with room.store.transaction() as tx:
                    await room.follow.all(tx, [incoming])
        if row.type in ("notification.requested", "letter.requested"):
            await self._mail(sender, row)

    async def _mail(self, room: Room, row: Row) -> None:
        async with room.store.transaction() as tx:
            fact = next(one for one in await room.core.facts(tx, row.stream) if one.version == row.version)
        assert isinstance(fact.event, Requested)
        try:
            LETTERS.build(fact).as_bytes()
        except UnusableAddress as error:
            self.mails.append(str(error))

    async def until(self, then: datetime) -> None:
        """Let time pass: what is due rings, and everything follows from that."""
        timer = self.rooms["sla-timer"]
        ringing = timer.service.ringing
        assert ringing
        while due := sorted(
            (one for one in timer.store.tables.timers.values() if one.due_at <= then), key=lambda one: one.due_at
        ):
            await self._ring(timer, due[0])
        self.now = max(self.now, then)

    async def _ring(self, timer: Room, one: Timer) -> None:
        assert timer.service.ringing
        self.now = max(self.now, one.due_at)
        async with timer.store.transaction() as tx:
            gone = await tx.claim([one])
            request = CommandRequest(
                command_id=of_ring(one.stream, one.kind, one.generation),
                stream=one.stream,
                command=timer.service.ringing.command(one, "settled", one.due_at),
                meta=Meta(actor="sla-timer", role="service", cause=Cause(SLA, str(one.set_by))),
            )
            [result] = await timer.core.perform(tx, [request], self.now, gone=gone)
        if isinstance(result, Failed):
            raise Undigested(f"{one} can't ring: {result}")
        await self.settle(one.shard)
