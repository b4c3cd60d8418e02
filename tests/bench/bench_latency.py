"""From the 201 of a ticket to its event in a consumer's hands, at 300 a second."""

import asyncio
import json
import time

from aiokafka import AIOKafkaConsumer, TopicPartition
from tests.bench.bench_open import TICKET
from tests.bench.client import Connection
from tests.bench.figures import Figure, percentile
from tests.bench.place import Place

from contracts.names import SHARDS, TICKETS

RATE = 300
WARM, SECONDS = 2, 6
"""Seconds before anything is counted, and seconds that are."""


async def run(place: Place) -> list[Figure]:
    """p50 and p99 of the milliseconds between the answer and the record."""
    answered: dict[str, float] = {}
    arrived: dict[str, float] = {}
    async with place.service("intake"):
        account = await place.account()
        headers = f"Authorization: {place.token('requester', account)}\r\n"
        consumer = AIOKafkaConsumer(bootstrap_servers=place.stack.bootstrap)
        await consumer.start()
        consumer.assign([TopicPartition(TICKETS, shard) for shard in range(SHARDS)])
        await consumer.seek_to_end()
        body = json.dumps(TICKET).encode()
        idle = [await Connection.open(place.ports["intake"]) for _ in range(16)]

        async def open_one(counts: bool) -> None:
            connection = idle.pop() if idle else await Connection.open(place.ports["intake"])
            status, answer = await connection.post("/v1/tickets", body, headers)
            if counts:
                answered[json.loads(answer)["ticket_id"]] = time.perf_counter()
            assert status == 201
            idle.append(connection)

        async def listen() -> None:
            async for record in consumer:
                arrived.setdefault(record.key.decode().removeprefix("ticket-"), time.perf_counter())

        listening = asyncio.create_task(listen())
        begun = time.perf_counter()
        opening = []
        for n in range(RATE * (WARM + SECONDS)):
            await asyncio.sleep(max(0.0, begun + n / RATE - time.perf_counter()))
            opening.append(asyncio.create_task(open_one(n >= RATE * WARM)))
        await asyncio.gather(*opening)
        await asyncio.sleep(2)
        listening.cancel()
        await consumer.stop()
        for connection in idle:
            connection.close()
    # Some records arrive before their answer does: those have no delay.
    delays = [max(0.0, arrived[ticket] - at) * 1000 for ticket, at in answered.items() if ticket in arrived]
    missing = len(answered) - len(delays)
    return [
        Figure(f"201 → consumer at {RATE}/s, p50", percentile(delays, 0.5), "ms"),
        Figure(f"201 → consumer at {RATE}/s, p99", percentile(delays, 0.99), "ms", reach_for="≤ 50 ms"),
        Figure("tickets that never arrived", missing, "", reach_for="0"),
    ]
