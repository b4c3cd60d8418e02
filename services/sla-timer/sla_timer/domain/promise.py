"""What is promised at a severity, and for what kinds of promises a ticket can have clocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, cast

from contracts.sla import Metric
from contracts.tickets import Severity

Kind = Literal["response", "next-reply", "update", "resolution"]
"""A clock's kind names its stream. A first answer has two forms: promised, or hoped for as an objective."""

FURTHER: tuple[Kind, ...] = ("next-reply", "update", "resolution")
"""Promised only where the policy says so (P25)."""

EVERY: tuple[Kind, ...] = ("response", *FURTHER)

ON_INFORMATION: tuple[Kind, ...] = ("response", "resolution")
"""The clocks that begin when all required information is there (P12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What is owed at a severity: within `target`, counted in support hours or in elapsed time.

    `warnings`: percents of the target, ascending, below 100. `pauses`: not while the ticket waits for its requester.
    """

    metric: Metric
    target: timedelta
    counts: Literal["support", "elapsed"]
    warnings: tuple[int, ...]
    pauses: bool = False


Promises = Mapping[Severity, Promise]


def kind_of(metric: Metric) -> Kind:
    """Which clock a metric is about."""
    return "response" if metric == "objective" else metric


def promises_of(metrics: Mapping[str, Any]) -> dict[Kind, dict[Severity, Promise]]:
    """By kind and severity, from the `metrics` of a resolved policy."""
    found: dict[Kind, dict[Severity, Promise]] = {}
    for name, entry in metrics.items():
        metric = cast(Metric, name)
        found.setdefault(kind_of(metric), {}).update(_promises(metric, entry))
    return found


def _promises(metric: Metric, entry: Mapping[str, Any]) -> dict[Severity, Promise]:
    return {
        cast(Severity, int(severity)): Promise(
            metric=metric,
            target=timedelta(seconds=seconds),
            counts=entry["counts"],
            warnings=tuple(entry["warnings"]),
            pauses="waiting-for-requester" in entry.get("pauses", ()),
        )
        for severity, seconds in entry["targets"].items()
    }
