"""Facts of several topics in causal order."""

from collections.abc import Sequence

from contracts.envelope import Fact


def in_causal_order(topics: Sequence[Sequence[Fact]]) -> list[Fact]:
    """Merge the facts of one shard: each topic's keep their order, and all that a fact had seen comes before it.

    Facts of which neither has seen the other are in the order in which they were recorded. The services' clocks may
    differ, so that order alone could show an answer before its question.
    """
    queues = [list(reversed(facts)) for facts in topics if facts]
    merged: list[Fact] = []
    while queues:
        pending = {queue[-1].topic: queue[-1].shard_seq for queue in queues}
        queue = min(queues, key=lambda queue: (_waits(queue[-1], pending), queue[-1].recorded_at))
        merged.append(queue.pop())
        queues = [queue for queue in queues if queue]
    return merged


def _waits(fact: Fact, pending: dict[str, int]) -> bool:
    """Whether something that it had seen is still to come."""
    return any(pending.get(topic, seq + 1) <= seq for topic, seq in fact.meta.seen.items() if topic != fact.topic)
