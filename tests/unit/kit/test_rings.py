"""What a stream waits for is in the envelopes of its events, and what a ring brings about is not before its instant."""

from datetime import timedelta
from importlib.metadata import entry_points
from typing import Any
from uuid import uuid4

import msgspec
from tests.unit.house import Room

from contracts.alarms import Alarm, Alarms
from contracts.envelope import Meta
from contracts.names import SLA
from contracts.sla import AlarmRang, SlaBreached, Versions
from kit.bus import Message
from kit.clock import WallClock
from kit.consume.inbox import read
from kit.log.perform import Core
from kit.log.request import CommandRequest
from kit.memory import MemoryStore
from kit.personal.vault import Vault
from kit.store.rows import record_of

TICKET = uuid4()
BREACHED_AT = WallClock().now() + timedelta(hours=1)
"""By a clock that is an hour ahead of escalation's."""
HALF_AN_HOUR = timedelta(minutes=30)
BREACH = SlaBreached(
    ticket_id=TICKET,
    metric="response",
    cause="deadline",
    evidence="settled",
    severity=1,
    due_at=BREACHED_AT,
    breached_at=BREACHED_AT,
    versions=Versions(policy="p", calendar="c", tzdata="t"),
)


class Scribe:
    """Writes down what it is told."""

    INITIAL = None

    def decide(self, command: Any, state: Any, /) -> list[Any]:
        return [command]

    def evolve(self, state: Any, event: Any, /) -> Any:
        return None


async def heard(room: Room, *events: Any) -> None:
    """sla-timer says so, one after the other."""
    store, scribe = MemoryStore(SLA), Core(topic=SLA, decider=Scribe(), vault=Vault(bytes(32)))
    meta = Meta(actor="sla-timer", role="service")
    for event in events:
        request = CommandRequest(command_id=uuid4(), stream=f"clock-{TICKET}-response", command=event, meta=meta)
        async with store.transaction() as tx:
            await scribe.perform(tx, [request], WallClock().now())
    for row in [row for rows in store.tables.log.values() for row in rows]:
        record = record_of(row, None, "/punctual/sla-timer")
        incoming = read(Message(SLA, row.shard, 0, record.key, record.value, record.headers))
        async with room.store.transaction() as tx:
            await room.follow.all(tx, [incoming])


async def test_each_event_says_what_it_changes_and_none_is_before_the_ring_that_brought_it_about() -> None:
    [service] = [point.load() for point in entry_points(group="punctual.services") if point.name == "escalation"]
    room = Room(service, {})
    first, second = BREACHED_AT + HALF_AN_HOUR, BREACHED_AT + 4 * HALF_AN_HOUR
    rang = AlarmRang(ticket_id=TICKET, alarm="escalation-response-1", due_at=first)
    await heard(room, BREACH, rang)
    called, called_next = [row for rows in room.store.tables.log.values() for row in rows]
    alarms = [msgspec.json.decode(row.meta, type=Meta).alarms for row in (called, called_next)]
    assert alarms == [
        Alarms(set=(Alarm(name="escalation-response-1", at=first),)),
        Alarms(set=(Alarm(name="escalation-response-2", at=second),), cancelled=("escalation-response-1",)),
    ]
    assert called.recorded_at < first == called_next.recorded_at
