"""Timers with ten million pending: as late as with one, started as soon, and no more memory."""

from tests.bench.bench_timers import late_by, pend, ring
from tests.bench.figures import Figure
from tests.bench.place import Place


async def run(place: Place) -> list[Figure]:
    """It takes minutes to set them."""
    await pend(place, 10)
    ten = await ring(place, "wall-clock")
    return [
        *late_by("timers on the wall clock, 10,000,000 pending", ten, reach=(5, 25)),
        Figure("… start-up, until the window is read", ten["started"], "s", reach_for="≤ 5 s"),
        Figure("… memory of the window", ten["memory"] / 2**20, "MB", reach_for="flat"),
    ]
