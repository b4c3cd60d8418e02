"""The parts of a process: none ends unnoticed."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from kit.process.run import PartEnded, _until_stopped


def running(*, stopping: bool = False) -> Any:
    return SimpleNamespace(stopping=stopping, service=SimpleNamespace(name="intake"))


async def lets_a_cancellation_out() -> None:
    """As a library does that waits for what it has cancelled itself."""
    raise asyncio.CancelledError


async def test_a_cancellation_that_nobody_asked_for_ends_the_process() -> None:
    """A task group would take it for an end in order, and the others would go on without that part."""
    with pytest.raises(ExceptionGroup) as ended:
        async with asyncio.TaskGroup() as group:
            group.create_task(_until_stopped(running(), lets_a_cancellation_out()))
    assert isinstance(ended.value.exceptions[0], PartEnded)


async def test_a_part_that_is_cancelled_ends_in_order() -> None:
    part = asyncio.create_task(_until_stopped(running(), asyncio.sleep(60)))
    await asyncio.sleep(0)
    part.cancel()
    with pytest.raises(asyncio.CancelledError):
        await part


@pytest.mark.parametrize("stopping", [False, True])
async def test_a_part_that_ends_by_itself_ends_the_process_unless_it_stops(stopping: bool) -> None:
    part = _until_stopped(running(stopping=stopping), asyncio.sleep(0))
    if stopping:
        await part
    else:
        with pytest.raises(PartEnded, match="a part of intake ended by itself"):
            await part
