"""The topics, as they must be: one partition per shard, kept for ever; the settled edge; the keys."""

from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from contracts.names import KEYS, SETTLED, SHARDS, TOPICS

_HOUR_MS = 60 * 60 * 1000
_ALREADY_EXISTS = 36


def topics(prefix: str = "", replicas: int = 1) -> list[NewTopic]:
    """All topics of a desk, each name with the prefix in front."""

    def topic(name: str, partitions: int, **settings: Any) -> NewTopic:
        configs = {key.replace("_", "."): str(value) for key, value in settings.items()}
        return NewTopic(prefix + name, partitions, replicas, topic_configs=configs)

    return [
        *(topic(name, SHARDS, retention_ms=-1, cleanup_policy="delete") for name in TOPICS),
        topic(SETTLED, 1, retention_ms=_HOUR_MS, segment_ms=_HOUR_MS // 4, cleanup_policy="delete"),
        topic(KEYS, 8, cleanup_policy="compact", max_compaction_lag_ms=24 * _HOUR_MS),
    ]


async def create_topics(bootstrap: str, prefix: str = "", *, replicas: int = 1) -> list[str]:
    """Create those of a desk that are missing; see `create`."""
    return await create(bootstrap, topics(prefix, replicas))


async def create(bootstrap: str, wanted: Sequence[NewTopic]) -> list[str]:
    """Create those that are missing, wait until they can be used; their names. Raises what else the broker refuses."""
    async with _admin(bootstrap) as admin:
        present = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in present]
        if not missing:
            return []
        answer = await admin.create_topics(missing)
    created = []
    for name, code, *_ in answer.topic_errors:
        if code == 0:
            created.append(name)
        elif code != _ALREADY_EXISTS:
            raise for_code(code)(name)
    await _led(bootstrap, missing)
    return created


async def _led(bootstrap: str, made: list[NewTopic]) -> None:
    """Wait until each partition has a leader that answers: hundreds of new ones take the broker seconds."""
    partitions = [TopicPartition(topic.name, number) for topic in made for number in range(topic.num_partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, request_timeout_ms=60_000)
    await consumer.start()
    try:
        await consumer.end_offsets(partitions)
    finally:
        await consumer.stop()


class _admin:  # noqa: N801 - used as a function
    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def __aenter__(self) -> AIOKafkaAdminClient:
        self._client = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, request_timeout_ms=30_000)
        await self._client.start()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
