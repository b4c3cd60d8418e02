"""Replay the log into pandas: which share of the first answers came in time, by severity?

    make up                                                                   # in another terminal
    eval "$(.venv/bin/punctual env)"                                          # where the desk is
    .venv/bin/python examples/replay_into_pandas.py

It reads all that sla-timer has recorded until now, and prints a row for each severity: how many tickets have a verdict,
how many of these were answered in time, and the share. It needs aiokafka and pandas, and nothing of the project.

The log has no words of anybody in the clear, and says every verdict: nothing has to be computed again.
"""

import asyncio
import json
import os
from typing import Any

import pandas as pd
from aiokafka import AIOKafkaConsumer

KEPT = {"punctual.sla.met.v1": True, "punctual.sla.breached.v1": False, "punctual.sla.breach-retracted.v1": None}
"""Whether the promise was kept, by type of event. A retracted breach is no verdict: a later event has it."""


async def replay(topic: str) -> pd.DataFrame:
    """All events of a topic up to its present end, a row each: the event's fields, `type`, `time`, `shard`, `seq`."""
    consumer: Any = AIOKafkaConsumer(
        topic, bootstrap_servers=os.environ["PUNCTUAL_KAFKA"], auto_offset_reset="earliest"
    )
    await consumer.start()
    rows: list[dict[str, Any]] = []
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                rows += (row(record) for record in records)
    finally:
        await consumer.stop()
    # The relay may send an event twice; its number within the shard says which it is.
    events = pd.DataFrame(rows).drop_duplicates(["shard", "seq"])
    return events.sort_values(["shard", "seq"], ignore_index=True)


def row(record: Any) -> dict[str, Any]:
    """An event as a row: what the headers say of it, and its fields."""
    envelope = {name: value.decode() for name, value in record.headers}
    return {
        **json.loads(record.value),
        "type": envelope["ce_type"],
        "time": pd.Timestamp(envelope["ce_time"]),
        "shard": record.partition,
        "seq": int(envelope["ce_shardseq"]),
    }


def answered_in_time(events: pd.DataFrame) -> pd.DataFrame:
    """By severity: first answers with a verdict, those in time, and their share. The last event of a ticket counts."""
    # Before the first ticket there is no event with these fields.
    events = events.reindex(columns=["ticket_id", "metric", "severity", "type"])
    response = events[events["metric"] == "response"]
    verdicts = response[response["type"].isin(list(KEPT))].groupby("ticket_id")["type"].last().map(KEPT)
    severity = response.groupby("ticket_id")["severity"].last()  # the last that was said: not every event says it
    tickets = pd.DataFrame({"severity": severity, "in_time": verdicts}).dropna().astype(int)
    return tickets.groupby("severity")["in_time"].agg(tickets="count", in_time="sum", share="mean")


if __name__ == "__main__":
    log = asyncio.run(replay(os.environ.get("PUNCTUAL_TOPIC_PREFIX", "") + "punctual.sla.v1"))
    print(f"{len(log)} events until {log['time'].max()}")
    print(answered_in_time(log).to_string(float_format="{:.0%}".format))
