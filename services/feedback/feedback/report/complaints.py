"""Complaints by stage and age, the promises about feedback, and how often a promised time was renewed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from contracts.feedback import PromiseName
from feedback.domain.state import OPEN_STAGES, Stage
from feedback.report.figures import percent

By = Literal["stage", "promise", "renewals"]
"""What a report's rows are."""

STAGES: tuple[Stage, ...] = tuple(stage for stage in get_args(Stage) if stage != "none")
AGES: Mapping[str, timedelta | None] = {
    "up_to_7_days": timedelta(days=7),
    "up_to_28_days": timedelta(days=28),
    "older": None,
}
"""The columns by age, each with its longest."""
OUTCOMES = ("kept", "broken", "cancelled", "running")
RENEWALS = ("0", "1", "2", "3 or more")
TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint as it stood. `since`: when its stage began; `renewals`: of promised times, as customers were told."""

    received_at: datetime
    stage: Stage
    since: datetime
    renewals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """How many promises of a name came to what."""

    promise: PromiseName
    outcome: str
    count: int


Figures = Mapping[str, int | str]
"""The figures of a row, by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the report."""

    group: str
    figures: Figures


def by_stage(complaints: Iterable[Complaint], known_at: datetime) -> list[Row]:
    """How many complaints are at each stage, by the time from their receipt until now, or until they ended."""
    found: dict[str, Counter[str]] = {stage: Counter() for stage in (*STAGES, TOTAL)}
    for one in complaints:
        age = _age_of((known_at if one.stage in OPEN_STAGES else one.since) - one.received_at)
        for group in (one.stage, TOTAL):
            found[group].update(("complaints", age))
    columns = ("complaints", *AGES)
    return [Row(group=group, figures={name: counts[name] for name in columns}) for group, counts in found.items()]


def _age_of(age: timedelta) -> str:
    return next(name for name, longest in AGES.items() if longest is None or age <= longest)


def by_promise(promises: Sequence[Promises]) -> list[Row]:
    """What became of the promises; what was kept, of all that were kept or broken, in percent."""
    rows: list[Row] = []
    for group in (*get_args(PromiseName), TOTAL):
        counts: Counter[str] = Counter()
        for one in promises:
            if group in (one.promise, TOTAL):
                counts[one.outcome] += one.count
        figures: dict[str, int | str] = {name: counts[name] for name in OUTCOMES}
        figures["attainment"] = percent(counts["kept"], counts["kept"] + counts["broken"])
        rows.append(Row(group=group, figures=figures))
    return rows


def by_renewals(complaints: Iterable[Complaint]) -> list[Row]:
    """How many complaints had their promised time renewed how often, and the renewals of all."""
    counts: dict[str, Counter[str]] = {group: Counter() for group in (*RENEWALS, TOTAL)}
    for one in complaints:
        for group in (RENEWALS[min(one.renewals, len(RENEWALS) - 1)], TOTAL):
            counts[group]["complaints"] += 1
            counts[group]["renewals"] += one.renewals
    return [
        Row(group=group, figures={name: found[name] for name in ("complaints", "renewals")})
        for group, found in counts.items()
    ]
