"""What replay found, for people and for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Column, Table

from contracts.envelope import Fact
from kit.replay.replay import Difference
from punctual.replay.fresh import ADMIN
from punctual.replay.timeline import event_as_json, says, state_as_json
from punctual.replay.verify import Verified

ROWS_SHOWN = 20


def show(console: Console, every: Sequence[Verified]) -> None:
    """The services, then what differs and what was not compared."""
    table = Table("service", "events", "rows rebuilt", "differences")
    for found in every:
        verdict = str(len(found.differences) or "none") if found.compared else "not compared"
        table.add_row(found.service, f"{found.rebuilt.events:,}", f"{found.rows:,}", verdict)
    console.print(table)
    for found in every:
        rows = [f"{name} ({len(some):,})" for name, some in sorted(found.rebuilt.tables.items())]
        console.print(f"{found.service}: {', '.join(rows) or 'no rows'}", markup=False)
        if found.untouched:
            others = ", ".join(f"{name} ({count:,})" for name, count in found.untouched.items())
            console.print(f"  not compared, for no projection wrote to them: {others}", markup=False)
        for difference in found.differences[:ROWS_SHOWN]:
            console.print(f"  {difference}", markup=False, soft_wrap=True)
        if len(found.differences) > ROWS_SHOWN:
            console.print(f"  and {len(found.differences) - ROWS_SHOWN} more")
        if found.database:
            left = f"  left at {found.database}, for whoever has the password of {ADMIN}"
            console.print(left, markup=False, soft_wrap=True)


def as_json(every: Sequence[Verified]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "service": found.service,
            "events": found.rebuilt.events,
            "streams": len(found.rebuilt.states),
            "rows": {table: len(rows) for table, rows in found.rebuilt.tables.items()},
            "compared": found.compared,
            "not_compared": found.untouched,
            "differences": [_difference(one) for one in found.differences],
            "database": found.database,
        }
        for found in every
    ]


def _difference(one: Difference) -> dict[str, Any]:
    missing = "live" if one.live is None else "replay" if one.replayed is None else None
    columns = {name: {"live": live, "replay": replayed} for name, (live, replayed) in one.columns.items()}
    return {"table": one.table, "key": one.key, "missing_in": missing, "columns": columns}


def show_timeline(console: Console, names: dict[str, str], facts: Sequence[Fact]) -> None:
    """The facts; `names`: the service of each topic."""
    table = Table(Column("recorded", no_wrap=True), "service", "event", "by", "says")
    for fact in facts:
        told = event_as_json(fact)
        by = f"{fact.meta.actor} ({fact.meta.role})"
        table.add_row(_moment(fact.recorded_at), names[fact.topic], told["type"], by, says(told["data"]))
    console.print(table)


def show_states(console: Console, states: dict[str, Any]) -> None:
    """The situation of each stream."""
    table = Table("stream", "is", "with")
    for stream, state in sorted(states.items()):
        told = state_as_json(state)
        table.add_row(stream, told.pop("situation"), says(told))
    console.print(table)


def timeline_as_json(facts: Sequence[Fact], states: dict[str, Any] | None) -> dict[str, Any]:
    """The same for programs."""
    told: dict[str, Any] = {"events": [event_as_json(fact) for fact in facts]}
    if states is not None:
        told["states"] = {stream: state_as_json(state) for stream, state in states.items()}
    return told


def print_json(value: Any) -> None:
    """Print it on stdout as indented JSON, without colours."""
    print(msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2).decode())


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
