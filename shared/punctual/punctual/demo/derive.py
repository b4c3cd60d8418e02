"""Makes `data/day.jsonl` from the ServiceNow incident log: `python -m punctual.demo.derive FOLDER`.

A tool for whoever wants another day; the product needs only what it made. What is left out and why: `data/SOURCE.md`.
"""

import csv
import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

DAY = date(2016, 3, 2)
LOG = Path("uci-servicenow-incidents") / "incident_event_log.csv.gz"
SAMPLE = Path(__file__).with_name("data") / "day.jsonl"
EACH = {"1": 11, "2": 12, "3": 18, "4": 8}
"""How many incidents of each priority: the urgent ones are rare in the log, and the point of the demo."""
NOT_BEFORE = "06:00"
"""Local time; it leaves the services time to start while the accelerated clock runs already."""
STATES = {
    "Active": "active",
    "Resolved": "resolved",
    "Closed": "closed",
    "Awaiting User Info": "awaiting user",
    "Awaiting Vendor": "awaiting other",
    "Awaiting Problem": "awaiting other",
    "Awaiting Evidence": "awaiting other",
}

Row = dict[str, str]


def derive(log: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """The sample's incidents in the order in which they were opened. `log`: the rows, by incident, then by time."""
    found = [list(rows) for _, rows in groupby(log, key=lambda row: row["number"])]
    today = [_incident(rows) for rows in found if _at(rows[0]["opened_at"]).date() == DAY]
    chosen: list[dict[str, Any]] = []
    for priority, wanted in EACH.items():
        some = [one for one in today if str(one["priority"]) == priority and one["opened"] >= NOT_BEFORE]
        chosen += sorted(some, key=lambda one: (-_eventful(one), one["incident"]))[:wanted]
    return iter(sorted(chosen, key=lambda one: (one["opened"], one["incident"])))


def _incident(rows: list[Row]) -> dict[str, Any]:
    first = rows[0]
    opened = _at(first["opened_at"])
    changes: list[dict[str, Any]] = []
    state, priority = "new", first["priority"][0]
    for row in rows:
        at = _at(row["sys_updated_at"])
        now = STATES.get(row["incident_state"], "new"), row["priority"][0]
        if at.date() == DAY and now != (state, priority):
            state, priority = now
            changes.append({"at": f"{at:%H:%M}", "state": state, "priority": int(priority)})
    reopenings = [_at(row["sys_updated_at"]) for row in rows if row["reopen_count"] != "0"]
    return {
        "incident": first["number"],
        "opened": f"{opened:%H:%M}",
        "priority": int(first["priority"][0]),
        "changes": changes,
        "reopened_after_days": (reopenings[0].date() - DAY).days if reopenings else None,
    }


def _eventful(one: dict[str, Any]) -> int:
    """How much happened to it on that day; a reopening, even a later one, and an early opening count too."""
    early = bool(one["opened"] < "07:30")
    return len(one["changes"]) + 2 * (one["reopened_after_days"] is not None) + 3 * early


def _at(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M")  # noqa: DTZ007 - the log names no zone; see data/SOURCE.md


def read(folder: Path) -> str:
    """The sample's text, from the folder with the public data."""
    with gzip.open(folder / LOG, "rt", encoding="utf-8") as file:
        return "".join(json.dumps(one) + "\n" for one in derive(csv.DictReader(file)))


if __name__ == "__main__":
    SAMPLE.write_text(read(Path(sys.argv[1])))
