"""Memory of all five services in one process."""

import asyncio

from tests.bench.figures import Figure
from tests.bench.place import Place

from punctual.local.services import Service, await_ready


async def run(place: Place) -> list[Figure]:
    """Resident megabytes once all are ready and have rested for a while."""
    async with place.process("all", "-m", "punctual", "serve", "all") as child:
        for name, port in place.ports.items():
            if name != "smtp":
                await await_ready(Service(name, child, port))
        await asyncio.sleep(10)
        resident = _resident(child.pid)
    return [Figure("memory of all five in one process", resident, "MB", reach_for="≤ 300 MB")]


def _resident(pid: int) -> float:
    from pathlib import Path

    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
