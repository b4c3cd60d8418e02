"""Changes of promises: target, counting, warnings and pauses."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from contracts.policy import Counting, Policy
from contracts.tickets import Severity
from sla_timer.policy.diff.kinds import Change, Kind
from sla_timer.policy.wording import duration, listed

EVERYBODY = "every tier"


ANSWER = ("response", "objective")
"""The two forms of a first answer: a severity has one of them."""

OWED = {"next-reply": "the next reply", "update": "an update", "resolution": "a resolution"}


class Promise(NamedTuple):
    """What is owed, how it counts, and in how many seconds."""

    metric: str
    counts: Counting
    seconds: int


Owed = tuple[Severity, str]
"""A severity, and the metric owed at it; an empty string for the first answer, in either form."""


def promise_changes(before: Policy, after: Policy) -> Iterator[Change]:
    """Changes by severity; promises are the same for every tier."""
    old, new = _promises(before), _promises(after)
    for severity, owed in sorted(old.keys() | new.keys()):
        was, now = old.get((severity, owed)), new.get((severity, owed))
        if was != now:
            said = f"{_said(now, owed)} instead of {_said(was, owed, than=now)}"
            kind: Kind = "target" if was and now and _alike(was, now) else "promise"
            yield Change(kind, f"Severity {severity}, {EVERYBODY}: {said}.")
    warnings: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    warned, warns = _warnings(before), _warnings(after)
    for severity, owed in sorted(old.keys() & new.keys()):
        if warned[severity, owed] != warns[severity, owed]:
            warnings[owed, warned[severity, owed], warns[severity, owed]].append(str(severity))
    for (owed, before_it, after_it), severities in warnings.items():
        one = "Severity" if len(severities) == 1 else "Severities"
        about = f" for {OWED[owed]}" if owed else ""
        yield Change("warnings", f"{one} {listed(severities)}, {EVERYBODY}: {after_it} instead of {before_it}{about}.")
    yield from _pauses(before, after)


def _pauses(before: Policy, after: Policy) -> Iterator[Change]:
    """Which clocks pause from now on, or no longer; also those of new promises."""
    for owed in sorted({_owed(metric) for metric in after.metrics}):
        was, now = _paused(before, owed), _paused(after, owed)
        if was != now:
            clock = f"the clock for {OWED.get(owed, 'an answer')}"
            does = "stands still" if now else "runs on"
            yield Change("pauses", f"While a ticket waits for its requester, {clock} {does}.")


def _paused(policy: Policy, owed: str) -> bool:
    return any(entry.pauses for metric, entry in policy.metrics.items() if _owed(metric) == owed)


def _owed(metric: str) -> str:
    return "" if metric in ANSWER else metric


def _promises(policy: Policy) -> dict[Owed, Promise]:
    return {
        (severity, _owed(metric)): Promise(metric, entry.counts, seconds)
        for metric, entry in policy.metrics.items()
        for severity, seconds in entry.targets.items()
    }


def _said(promise: Promise | None, owed: str, than: Promise | None = None) -> str:
    if promise is None:
        return f"no promise of {OWED[owed]}" if owed else "no promise"
    span = duration(timedelta(seconds=promise.seconds))
    if than and _alike(promise, than):
        return span
    counted = f"{span} of support hours" if promise.counts == "support" else f"{span} elapsed"
    if promise.metric == "objective":
        return f"an objective of {counted} (no SLA)"
    return f"{OWED.get(promise.metric, 'an answer')} within {counted}"


def _alike(one: Promise, other: Promise) -> bool:
    """Whether only their time differs, if anything."""
    return (one.metric, one.counts) == (other.metric, other.counts)


def _warnings(policy: Policy) -> dict[Owed, str]:
    return {
        (severity, _owed(metric)): f"warnings at {listed([f'{percent} %' for percent in entry.warnings])}"
        if entry.warnings
        else "no warnings"
        for metric, entry in policy.metrics.items()
        for severity in entry.targets
    }
