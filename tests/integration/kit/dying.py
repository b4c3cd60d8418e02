"""Intake with a part that dies: `python -m tests.integration.kit.dying ROLE`."""

import asyncio
import sys
from dataclasses import replace
from typing import Any

from intake.main import SERVICE
from kit.consume.consumer import Consumer
from kit.consume.watchdog import Stuck
from kit.process.run import run


async def stuck(consumer: Consumer) -> None:
    """A consumer without progress."""
    await asyncio.sleep(0.5)
    raise Stuck("no progress")


async def leaves(running: Any) -> None:
    """A part that ends as if nothing were."""
    await asyncio.sleep(0.5)


async def defect(running: Any) -> None:
    """A part with a defect, in a task group of its own."""
    async with asyncio.TaskGroup() as group:
        group.create_task(dividing())


async def dividing() -> None:
    await asyncio.sleep(0.5)
    _ = 1 / 0


if __name__ == "__main__":
    role = sys.argv[1]
    if role == "stuck":
        Consumer.run = stuck  # type: ignore[method-assign,assignment]
        run([SERVICE])
    else:
        run([replace(SERVICE, parts=({"leaves": leaves, "defect": defect}[role],))])
