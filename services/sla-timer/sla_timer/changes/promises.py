"""Promises: within what time, counted how, and when there is a warning."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from sla_timer.changes.words import duration, listed

EVERYBODY = "every tier"


def promise_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Severity by severity; the promises are the same for every tier."""
    old, new = _promises(before), _promises(after)
    for severity in sorted(old.keys() | new.keys()):
        was, now = old.get(severity), new.get(severity)
        if was != now:
            yield f"Severity {severity}, {EVERYBODY}: {_said(now)} instead of {_said(was, than=now)}."
    warnings: dict[tuple[str, str], list[str]] = defaultdict(list)
    warned, warns = _warnings(before), _warnings(after)
    for severity in sorted(old.keys() & new.keys()):
        if warned[severity] != warns[severity]:
            warnings[warned[severity], warns[severity]].append(severity)
    for (before_it, after_it), severities in warnings.items():
        one = "Severity" if len(severities) == 1 else "Severities"
        yield f"{one} {listed(severities)}, {EVERYBODY}: {after_it} instead of {before_it}."


class Promise(NamedTuple):
    """What is owed, how it counts, and in how many seconds."""

    metric: str
    counts: str
    seconds: int


def _promises(resolved: Mapping[str, Any]) -> dict[str, Promise]:
    return {
        severity: Promise(metric, entry["counts"], seconds)
        for metric, entry in resolved["metrics"].items()
        for severity, seconds in entry["targets"].items()
    }


def _said(promise: Promise | None, than: Promise | None = None) -> str:
    if promise is None:
        return "no promise"
    span = duration(timedelta(seconds=promise.seconds))
    if than and (promise.metric, promise.counts) == (than.metric, than.counts):
        return span
    counted = f"{span} of support hours" if promise.counts == "support" else f"{span} elapsed"
    return f"an objective of {counted} (no SLA)" if promise.metric == "objective" else f"an answer within {counted}"


def _warnings(resolved: Mapping[str, Any]) -> dict[str, str]:
    return {
        severity: f"warnings at {listed([f'{percent} %' for percent in entry['warnings']])}"
        if entry["warnings"]
        else "no warnings"
        for entry in resolved["metrics"].values()
        for severity in entry["targets"]
    }
