"""Consume the desk's topics with aiokafka, and nothing of the project.

    make up                                                                   # in another terminal
    eval "$(.venv/bin/punctual env)"                                          # where the desk is
    .venv/bin/python examples/consume_topics.py

It prints a line for each event, from the first on: when it was recorded, in which shard, its type, its stream, and what
it says. Ctrl-C ends it; run `examples/follow_a_clock.py` meanwhile, and see what that brings about.

Events are CloudEvents: the headers are the envelope, the value is the event as JSON. All of them, with their schemas,
are in `shared/contracts/contracts/asyncapi.json`. What a person wrote is sealed, and stays so here. Of two topics
either may be ahead; a program that minds holds an event back until it has read as far as the event's `ce_seen` says.
"""

import asyncio
import contextlib
import json
import os
from collections import defaultdict
from typing import Any

from aiokafka import AIOKafkaConsumer

SERVICES = ("tickets", "sla", "escalations", "notifications", "feedback")
MAX_PRINTED_CHARACTERS = 160
"""The rest of an event's content is cut off."""


async def main() -> None:
    """Print each event once, those of a shard in the order in which they were recorded."""
    prefix = os.environ.get("PUNCTUAL_TOPIC_PREFIX", "")
    consumer: Any = AIOKafkaConsumer(
        *(f"{prefix}punctual.{name}.v1" for name in SERVICES),
        bootstrap_servers=os.environ["PUNCTUAL_KAFKA"],
        auto_offset_reset="earliest",  # no group: all partitions are ours, from the beginning
    )
    await consumer.start()
    # A program that stores anything made from the events must store these numbers in the same transaction, so that it
    # can go on from there.
    last: dict[tuple[str, int], int] = defaultdict(int)
    try:
        async for record in consumer:
            envelope = {name: value.decode() for name, value in record.headers}
            shard, number = (record.topic, record.partition), int(envelope["ce_shardseq"])
            # Events of a shard are numbered without gaps. One that was sent twice is old; one that comes too early
            # comes again, after those that were lost on the way.
            if number == last[shard] + 1:
                last[shard] = number
                print(line(envelope, record.partition, json.loads(record.value)), flush=True)
    finally:
        await consumer.stop()


def line(envelope: dict[str, str], shard: int, event: dict[str, Any]) -> str:
    """What we print of an event."""
    said = {name: "(sealed)" if is_sealed(value) else value for name, value in event.items()}
    words = json.dumps(said, ensure_ascii=False)[:MAX_PRINTED_CHARACTERS]
    return f"{envelope['ce_time']} {shard:>2} {envelope['ce_type']} {envelope['ce_subject']} {words}"


def is_sealed(value: Any) -> bool:
    """Whether it is a person's words: encrypted with that person's key, which the services have."""
    return isinstance(value, str) and value.startswith("sealed:v1:")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
