"""SQL that writes many read-model rows at once, from one array per column."""

from collections.abc import Sequence
from typing import Any

from kit.decider import Put

Shape = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A table, its key columns, and the columns to set."""


def merged(changes: Sequence[Put]) -> dict[Shape, list[list[Any]]]:
    """The rows to write, by shape and ordered by key; several changes to one row become one."""
    rows: dict[tuple[str, tuple[tuple[str, Any], ...]], dict[str, Any]] = {}
    for change in changes:
        rows.setdefault((change.table, tuple(change.key.items())), {}).update(change.values)
    shaped: dict[Shape, list[list[Any]]] = {}
    for (table, key), values in sorted(rows.items(), key=_order):
        columns = tuple(sorted(values))
        row = [value for _, value in key] + [values[column] for column in columns]
        shaped.setdefault((table, tuple(name for name, _ in key), columns), []).append(row)
    return shaped


def _order(row: tuple[tuple[str, tuple[tuple[str, Any], ...]], dict[str, Any]]) -> tuple[str, list[str]]:
    """All transactions write in this order, so that they can't deadlock."""
    (table, key), _ = row
    return table, [str(value) for _, value in key]


def upsert(table: str, keys: Sequence[str], columns: Sequence[str], types: dict[str, str]) -> str:
    """The statement that inserts or updates rows, given one array per column."""
    every = [*keys, *columns]
    return (
        f"INSERT INTO {table} ({', '.join(every)}) SELECT * FROM {unnest(every, types)} "  # noqa: S608 - names are the code's own
        + on_conflict(keys, columns)
    )


def unnest(names: Sequence[str], types: dict[str, str], first: int = 1) -> str:
    """The SQL expression for rows whose columns are array parameters, numbered from `first` on."""
    return f"unnest({', '.join(f'${n}::{types[name]}[]' for n, name in enumerate(names, first))})"


def on_conflict(keys: Sequence[str], columns: Sequence[str]) -> str:
    """The clause that updates a row that already exists."""
    settings = ", ".join(f"{name} = excluded.{name}" for name in columns)
    return f"ON CONFLICT ({', '.join(keys)}) DO " + (f"UPDATE SET {settings}" if columns else "NOTHING")
