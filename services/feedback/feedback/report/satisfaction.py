"""How customers rated the support (P16): by the period of the closing, each closing for itself, the last answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from contracts.feedback import Rating
from contracts.tickets import Severity, Tier
from feedback.report.figures import mean, percent
from feedback.report.period import Period, months_between

By = Literal["month", "severity", "tier", "engineer"]
"""What a report's rows are."""

MIN_ANSWERS = 5
"""Answers from which on the figures of an engineer are shown."""
UNASSIGNED = "unassigned"
UNKNOWN = "unknown"
"""The row of tickets that were closed before their severity, tier and engineer were noted."""
TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closings:
    """Closings that were asked about: so many, in the same month, that are alike.

    `severity` None: the tickets as they were then are unknown; `rating`: the last one.
    """

    closed_at: datetime
    severity: Severity | None
    tier: Tier | None
    engineer: str | None
    delivered: bool
    rating: Rating | None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the report. What is None is hidden."""

    group: str
    asked: int
    delivered: int
    answered: int | None
    response_rate: str | None
    ratings: tuple[int, ...] | None
    average: str | None

    @property
    def hidden(self) -> bool:
        """Whether the ratings are not shown, since too few have answered."""
        return self.ratings is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """The report: its rows, and all of them together."""

    rows: tuple[Row, ...]
    total: Row


def satisfaction(closings: Iterable[Closings], period: Period, by: By) -> Satisfaction:
    """The report about these closings, all of the period."""
    groups: dict[str, list[Closings]] = {}
    for closing in closings:
        groups.setdefault(_group(closing, period, by), []).append(closing)
    hidden = _hidden({name: _answered(some) for name, some in groups.items()}) if by == "engineer" else frozenset()
    names = list(_names(groups, by))
    every = [closing for some in groups.values() for closing in some]
    alone = sum(1 for name in hidden if _answered(groups[name])) == 1
    return Satisfaction(
        rows=tuple(_row(name, groups.get(name, []), hidden=name in hidden) for name in names),
        total=_row(TOTAL, every, hidden=alone),
    )


def _group(closing: Closings, period: Period, by: By) -> str:
    match by:
        case "month":
            return period.month(closing.closed_at)
        case _ if closing.severity is None:
            return UNKNOWN
        case "severity":
            return str(closing.severity)
        case "tier":
            return str(closing.tier)
        case _:
            return closing.engineer or UNASSIGNED


def _names(groups: Mapping[str, Sequence[Closings]], by: By) -> Iterator[str]:
    """The rows in their order; months, severities and tiers also without a closing."""
    known: list[str] = []
    match by:
        case "month":
            known = list(months_between(min(groups), max(groups))) if groups else []
        case "severity":
            known = [str(severity) for severity in get_args(Severity)]
        case "tier":
            known = list(get_args(Tier))
        case _:
            known = sorted(groups.keys() - {UNASSIGNED, UNKNOWN})
    yield from known
    yield from (name for name in (UNASSIGNED, UNKNOWN) if name in groups)


def _hidden(answers: Mapping[str, int]) -> frozenset[str]:
    """The groups whose ratings are hidden: of engineers with few answers.

    If that is one alone, the total without the others would be theirs: so the next smallest is hidden too.
    """
    few = {name for name, count in answers.items() if count < MIN_ANSWERS and name not in (UNASSIGNED, UNKNOWN)}
    if sum(1 for name in few if answers[name]) == 1:
        others = sorted((count, name) for name, count in answers.items() if name not in few and count)
        few |= {name for _, name in others[:1]}
    return frozenset(few)


def _answered(closings: Sequence[Closings]) -> int:
    return sum(closing.count for closing in closings if closing.rating)


def _row(group: str, closings: Sequence[Closings], *, hidden: bool) -> Row:
    # Whoever answered had been asked, also if nobody noted that the mail arrived, or there was none.
    asked = sum(closing.count for closing in closings)
    delivered = sum(closing.count for closing in closings if closing.delivered or closing.rating)
    if hidden:
        return Row(
            group=group,
            asked=asked,
            delivered=delivered,
            answered=None,
            response_rate=None,
            ratings=None,
            average=None,
        )
    ratings = tuple(
        sum(closing.count for closing in closings if closing.rating == rating) for rating in get_args(Rating)
    )
    answered = sum(ratings)
    return Row(
        group=group,
        asked=asked,
        delivered=delivered,
        answered=answered,
        response_rate=percent(answered, delivered),
        ratings=ratings,
        average=mean(sum(rating * count for rating, count in enumerate(ratings, 1)), answered),
    )
