"""Read models rebuilt from the log alone, with the same cores and projections that wrote them."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.envelope import Fact
from kit.decider import Decider, Project, Put, evolved

Key = tuple[tuple[str, Any], ...]


@dataclass
class Rebuilt:
    """Rows by table and key, with the columns that projections set, and how many events made them."""

    tables: dict[str, dict[Key, dict[str, Any]]] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    events: int = 0

    def put(self, change: Put) -> None:
        """Set columns of a row."""
        table, key = change.table, tuple(change.key.items())
        rows = self.tables[table] if table in self.tables else self.tables.setdefault(table, {})
        if key in rows:
            rows[key].update(change.values)
        else:
            rows[key] = change.key | change.values

    def apply(self, decider: Decider, project: Project, fact: Fact, until: datetime | None = None) -> None:
        """Fold the next fact of its shard; with `until`, only if it was recorded before that."""
        if until is not None and fact.recorded_at >= until:
            return
        before = self.states.get(fact.stream, decider.INITIAL)
        after = self.states[fact.stream] = evolved(decider, before, fact)
        for change in project(fact, before, after):
            self.put(change)
        self.events += 1


@contextmanager
def uncollected() -> Iterator[None]:
    """Turn the garbage collector off: states and rows hold no cycles, and there are too many to search for some."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()
            gc.unfreeze()  # all objects count as old now: new ones would be searched at once
            gc.enable()


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that differs between the live table and replay. None: it is missing there."""

    table: str
    key: dict[str, Any]
    live: dict[str, Any] | None
    replayed: dict[str, Any] | None

    @property
    def columns(self) -> dict[str, tuple[Any, Any]]:
        """The differing values (live, replayed) by column, if both have the row."""
        if self.live is None or self.replayed is None:
            return {}
        live = self.live
        return {name: (live.get(name), value) for name, value in self.replayed.items() if live.get(name) != value}

    def __str__(self) -> str:
        """In words, with the columns that differ."""
        where = f"{self.table} {', '.join(f'{name}={value}' for name, value in self.key.items())}"
        if self.live is None:
            return f"{where}: replay has it, the live table has not"
        if self.replayed is None:
            return f"{where}: the live table has it, replay has not"
        return f"{where}: " + "; ".join(
            f"{name} is {live!r}, replay says {replayed!r}" for name, (live, replayed) in self.columns.items()
        )


def differences(table: str, live: Iterable[dict[str, Any]], rebuilt: Rebuilt) -> Iterable[Difference]:
    """The differences between a live table and replay."""
    rows = dict(rebuilt.tables.get(table, {}))
    names = [name for name, _ in next(iter(rows))] if rows else []
    for row in live:
        key = tuple((name, row[name]) for name in names)
        replayed = rows.pop(key, None) if names else None
        if replayed is None:
            yield Difference(table, dict(key) or dict(row), dict(row), None)
        elif any(row.get(name) != value for name, value in replayed.items()):
            yield Difference(table, dict(key), dict(row), replayed)
    for key, replayed in rows.items():
        yield Difference(table, dict(key), None, replayed)
