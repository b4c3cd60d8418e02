"""Timers with ten million pending beside one million: as late, started as soon, and no more memory."""

from typing import Any

from tests.bench.bench_timers import late_by, pend, ring
from tests.bench.figures import Figure, percentile
from tests.bench.place import Place


async def run(place: Place) -> list[Figure]:
    """It takes minutes to set them."""
    await pend(place, 1)
    one = await _middle(place)
    await pend(place, 9)
    ten = await _middle(place)
    limits = [percentile(one["late"], share) for share in (0.5, 0.99)]
    return [
        *late_by("timers on the wall clock, 1,000,000 pending", one),
        *late_by("timers on the wall clock, 10,000,000 pending", ten, limits, (5, 25), "one million"),
        Figure("… start-up, until the window is read", ten["started"], "s", "one million", one["started"], "≤ 5 s"),
        Figure("… memory that the window takes", ten["memory"] / 2**20, "MB", reach_for="flat"),
        Figure("… memory that it takes with one million", one["memory"] / 2**20, "MB"),
    ]


async def _middle(place: Place) -> dict[str, Any]:
    """Of three times the middle one: what was just loaded is still being written behind our back at the first."""
    found = [await ring(place, "wall-clock") for _ in range(3)]
    return sorted(found, key=lambda answer: percentile(answer["late"], 0.5))[1]
