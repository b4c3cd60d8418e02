"""`make bench`: measure, beside what it is compared with, and keep the figures in .punctual/bench.json."""

import argparse
import asyncio
from contextlib import AsyncExitStack
from importlib import import_module

from tests.bench.figures import Figure, show, write
from tests.bench.place import Place, place

from punctual.local.places import Home, find_checkout

ALL = ("calendar", "what-if", "open", "latency", "replay", "timers", "memory", "timers-many")
ALONE = ("calendar",)
"""What needs no stack."""


async def main(names: list[str]) -> list[Figure]:
    base = (find_checkout() or Home.default().path.parent) / ".punctual"
    figures: list[Figure] = []
    async with AsyncExitStack() as stack:
        here: Place | None = None
        for name in names:
            if name not in ALONE and here is None:
                here = await stack.enter_async_context(place(Home(base / "bench")))
            print(f"· measuring {name}", flush=True)
            figures += await import_module(f"tests.bench.bench_{name.replace('-', '_')}").run(here)
    base.mkdir(exist_ok=True)
    write(figures, base / "bench.json")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make bench", epilog="for example: make bench ARGS='open latency'")
    parser.add_argument("names", nargs="*", default=list(ALL), help=f"which: {', '.join(ALL)}")
    show(asyncio.run(main(parser.parse_args().names)))
