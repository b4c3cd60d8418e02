"""Records as a relay would send them, to be sent in any order: duplicated, with holes, or spoilt."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from contracts import wire
from contracts.names import TICKETS, shard_of
from kit.bus import Bus
from kit.store import Store


@dataclass
class Letters:
    """A service's log of coins, made up: records in the order of each shard, one chain for each."""

    topic: str = TICKETS
    last: dict[int, tuple[int, UUID | None]] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)

    def coin(
        self, ticket: UUID, coin: int, *, seen: dict[str, int] | None = None, data: str | None = None
    ) -> wire.Record:
        """The next record: a coin in a ticket's jar."""
        shard = shard_of(ticket)
        seq, previous = self.last.get(shard, (0, None))
        event_id = uuid4()
        self.last[shard] = seq + 1, event_id
        self.versions[ticket] = self.versions.get(ticket, 0) + 1
        plain = f'{{"ticket_id":"{ticket}","escalation":"","rung":{coin}}}'
        return wire.record_of_row(
            source="/punctual/jars",
            shard=shard,
            shard_seq=seq + 1,
            stream=f"ticket-{ticket}",
            version=self.versions[ticket],
            event_id=event_id,
            command_id=uuid4(),
            type="escalation.acknowledged",
            schema_version=1,
            recorded_at=datetime(2026, 11, 23, tzinfo=UTC),
            data=plain if data is None else data,
            meta={"actor": "jars", "role": "service", "seen": seen or {}},
            previous=previous,
        )


async def post(bus: Bus, records: Iterable[wire.Record], topic: str = TICKETS) -> None:
    """Send them in this order."""
    producer = await bus.producer()
    for ack in [await producer.send(topic, one.partition, one.key, one.value, one.headers) for one in records]:
        await ack
    await producer.close()


async def effects(store: Store, tickets: Iterable[UUID]) -> dict[UUID, list[int]]:
    """The coins that a follower dropped in answer, by ticket."""
    names = {f"escalation-{ticket}-x": ticket for ticket in tickets}
    async with store.transaction() as tx:
        found = await tx.history(list(names))
    return {names[name]: [fact.event.rung for fact in facts] for name, facts in found.items()}


def of_another_release(record: wire.Record, type: str = "punctual.jar.melted.v1") -> wire.Record:
    """The same with an event type that nobody here has heard of."""
    headers = [(name, type.encode() if name == "ce_type" else value) for name, value in record.headers]
    return record._replace(headers=headers)
