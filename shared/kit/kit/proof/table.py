"""The rows of a proof's table: with running totals, and merged in the middle if there are too many."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby

from contracts.proof import Segment

MIN_ROWS_OF_PART = 5
"""The rows that a part keeps at least, if it has that many."""


def totalled(segments: Iterable[Segment]) -> list[Segment]:
    """The segments, each with the time counted up to its end."""
    every = list(segments)
    totals = accumulate(one.counted for one in every)
    return [replace(one, total=total) for one, total in zip(every, totals, strict=True)]


def condensed(segments: Sequence[Segment], at_most: int) -> list[Segment]:
    """At most so many rows, or five per part if that is more; their sum is the same.

    A part is counted by one rule, and lies before the deadline or after it. The rows in the middle of a part become
    one; rows are never merged across a change of rules or the deadline.
    """
    parts = [list(part) for _, part in groupby(segments, _part(segments))]
    if len(segments) <= at_most:
        return list(segments)
    each = max(at_most // len(parts), MIN_ROWS_OF_PART)
    return [row for part in parts for row in _merged(part, each)]


def _part(segments: Sequence[Segment]) -> Callable[[Segment], tuple[int | None, bool]]:
    late_from = next((one.since for one in segments if one.reason == "late"), None)
    return lambda one: (one.rule, late_from is not None and one.since >= late_from)


def _merged(part: Sequence[Segment], at_most: int) -> Iterator[Segment]:
    if len(part) <= at_most:
        yield from part
        return
    head = at_most // 2
    tail = len(part) - (at_most - head - 1)
    middle = part[head:tail]
    first, last = middle[0], middle[-1]
    yield from part[:head]
    yield replace(
        first,
        until=last.until,
        local_until=last.local_until,
        reason="merged",
        why=f"{len(middle)} stretches, counted and skipped",
        counted=last.total - first.total + first.counted,
        total=last.total,
        on=None,
        merged=len(middle),
    )
    yield from part[tail:]
