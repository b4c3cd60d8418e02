"""Every order in which a consumer may meet the facts of a shard: each topic in its own, no effect before its cause."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any, TypeVar

from contracts.envelope import Fact
from kit.consume.views import Key, View

V = TypeVar("V")
Row = Mapping[str, Any]


def in_every_order(evolve: Callable[[V | None, Fact], V], facts: Iterable[Fact]) -> V | None:
    """What these facts of one shard come to, which must be the same on every way to it.

    AssertionError names two orders that differ, from the first facts on. It is enough to look at each set of facts that
    may have come by some moment: if all ways to each of these agree, all orders do.
    """
    topics: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=lambda fact: fact.shard_seq):
        topics.setdefault(fact.topic, []).append(fact)
    found: dict[tuple[int, ...], tuple[V | None, list[Fact]]] = {(0,) * len(topics): (None, [])}
    lengths = [range(len(queue) + 1) for queue in topics.values()]
    for place in sorted(product(*lengths), key=sum):
        if place not in found:
            continue  # what this holds can't be all that has come: something would be before its cause
        view, order = found[place]
        come = {topic: queue[:count] for (topic, queue), count in zip(topics.items(), place, strict=True)}
        for n, queue in enumerate(topics.values()):
            if place[n] == len(queue) or not _may_come(queue[place[n]], topics, come):
                continue
            fact = queue[place[n]]
            after, way = evolve(view, fact), [*order, fact]
            beyond = (*place[:n], place[n] + 1, *place[n + 1 :])
            other, another = found.setdefault(beyond, (after, way))
            assert other == after, f"{_shown(another)} gives {other!r}\n{_shown(way)} gives {after!r}"
    return found[tuple(len(queue) for queue in topics.values())][0]


def _may_come(fact: Fact, topics: Mapping[str, list[Fact]], come: Mapping[str, list[Fact]]) -> bool:
    return all(
        len([cause for cause in topics.get(topic, ()) if cause.shard_seq <= seq]) <= len(come.get(topic, ()))
        for topic, seq in fact.meta.seen.items()
        if topic != fact.topic
    )


def _shown(order: Iterable[Fact]) -> str:
    return ", ".join(f"{fact.topic}/{fact.shard_seq}" for fact in order)


def rows_in_every_order(view: View, facts: Iterable[Fact]) -> dict[Key, Row]:
    """The rows of a view after these facts of one shard, which must be the same in every order.

    Each step goes through what is stored: what a part doesn't get back from there, it would lose.
    """

    def evolve(row: Row | None, fact: Fact) -> Row:
        after = view.evolve(view.read(row) if row else None, fact)
        columns = view.columns(after)
        assert view.read(columns) == after, (
            f"{fact.topic}/{fact.shard_seq}: {after!r} is read as {view.read(columns)!r}"
        )
        return columns

    by_key: dict[Key, list[Fact]] = {}
    for fact in facts:
        if key := view.key_of(fact):
            by_key.setdefault(key, []).append(fact)
    return {key: row for key, some in by_key.items() if (row := in_every_order(evolve, some))}
