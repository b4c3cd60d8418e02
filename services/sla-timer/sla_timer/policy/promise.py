"""Promises, and the kinds of clocks that a ticket can have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from contracts import policy
from contracts.sla import Metric
from contracts.tickets import Severity

Kind = Literal["response", "next-reply", "update", "resolution"]
"""The kind of a clock, which is in its stream's name. `response`: promised, or hoped for as an objective."""

FURTHER_KINDS: tuple[Kind, ...] = ("next-reply", "update", "resolution")
"""Promised only where the policy says so (P25)."""

ALL_KINDS: tuple[Kind, ...] = ("response", *FURTHER_KINDS)

STARTED_BY_INFORMATION: tuple[Kind, ...] = ("response", "resolution")
"""The clocks that begin when all required information is there (P12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What is owed at a severity: within `target`, counted in support hours or in elapsed time.

    `warnings`: percents of the target, ascending, below 100. `pauses`: no time counts while the ticket waits for its
    requester.
    """

    metric: Metric
    target: timedelta
    counts: policy.Counting
    warnings: tuple[int, ...]
    pauses: bool = False


Promises = Mapping[Severity, Promise]


def kind_of(metric: Metric) -> Kind:
    """The kind of a metric's clock."""
    return "response" if metric == "objective" else metric


def promises_of(metrics: Mapping[Metric, policy.Promise]) -> dict[Kind, dict[Severity, Promise]]:
    """By kind and severity, from the metrics of a published policy."""
    found: dict[Kind, dict[Severity, Promise]] = {}
    for metric, entry in metrics.items():
        found.setdefault(kind_of(metric), {}).update(_promises(metric, entry))
    return found


def _promises(metric: Metric, entry: policy.Promise) -> dict[Severity, Promise]:
    return {
        severity: Promise(
            metric=metric,
            target=timedelta(seconds=seconds),
            counts=entry.counts,
            warnings=entry.warnings,
            pauses="waiting-for-requester" in entry.pauses,
        )
        for severity, seconds in entry.targets.items()
    }
