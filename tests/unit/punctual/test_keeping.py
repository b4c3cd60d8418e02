"""A part of a desk that ends by itself is started again, later each time; one that refuses its settings is not."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from punctual.local import keeping
from punctual.local.errors import StackUnavailable
from punctual.local.keeping import Part, keep
from punctual.local.process import Child, Spec

LIVES = "import time; time.sleep(60)"
REFUSES = "print('PUNCTUAL_KAFKA is missing'); raise SystemExit(2)"


class Acted:
    """A part whose processes do what the script says, one after another; the last of them over and over."""

    def __init__(self, folder: Path, *scripts: str, settings: bool = True, fails: int = 0) -> None:
        self.folder, self.scripts, self.settings, self.fails = folder, list(scripts), settings, fails
        self.child = self._start()
        self.said: list[str] = []
        self.starts = 1

    def _start(self) -> Child:
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        return Child(Spec("notifier", [sys.executable, "-c", script], self.folder / "notifier.log"))

    async def again(self) -> None:
        if self.fails:
            self.fails -= 1
            raise StackUnavailable("its port is in use")
        self.child, self.starts = self._start(), self.starts + 1

    async def kept(self, until: Callable[[], bool]) -> None:
        """Keep it until then, or until it is given up."""
        part = Part("notifier", lambda: self.child, self.again, settings=self.settings)
        task = asyncio.create_task(keep(part, self.said.append, lambda: None))
        try:
            async with asyncio.timeout(30):
                while not (task.done() or until()):  # noqa: ASYNC110 - a process ends
                    await asyncio.sleep(0.02)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self.child.stop()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(keeping, "POLL_SECONDS", 0.01)


async def test_one_that_is_killed_is_started_again_and_it_is_said(tmp_path: Path) -> None:
    part = Acted(tmp_path, LIVES)
    os.kill(part.child.pid, signal.SIGKILL)
    await part.kept(lambda: part.starts == 2 and "notifier is back" in part.said)
    assert part.said[0].startswith("notifier ended by itself (exit -9)")
    assert part.said[2:] == ["notifier is started again in 0 s", "notifier is back"]


async def test_one_that_ends_again_and_again_is_started_later_each_time_up_to_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "FIRST_PAUSE_SECONDS", 1.0)
    monkeypatch.setattr(keeping, "MAX_PAUSE_SECONDS", 5.0)
    sleep = asyncio.sleep
    monkeypatch.setattr("punctual.local.keeping.asyncio.sleep", lambda seconds: sleep(min(seconds, 0.01)))
    part = Acted(tmp_path, "raise SystemExit(1)")
    await part.kept(lambda: part.starts == 6)
    assert [said for said in part.said if "again in" in said][:5] == [
        f"notifier is started again in {seconds} s" for seconds in (1, 2, 4, 5, 5)
    ]


async def test_what_keeps_it_from_being_started_is_said_and_tried_again(tmp_path: Path) -> None:
    part = Acted(tmp_path, "raise SystemExit(1)", LIVES, fails=2)
    await part.kept(lambda: part.starts == 2 and "notifier is back" in part.said)
    assert part.said.count("notifier is not back: its port is in use") == 2


async def test_one_that_refuses_its_settings_stays_down_and_says_which(tmp_path: Path) -> None:
    part = Acted(tmp_path, REFUSES)
    await part.kept(lambda: False)
    assert part.starts == 1
    assert part.said[1] == "PUNCTUAL_KAFKA is missing"
    assert part.said[2].startswith("notifier refuses its settings and stays down")


async def test_the_same_exit_code_of_another_program_says_nothing_of_settings(tmp_path: Path) -> None:
    part = Acted(tmp_path, REFUSES, LIVES, settings=False)
    await part.kept(lambda: part.starts == 2)
    assert part.starts == 2
