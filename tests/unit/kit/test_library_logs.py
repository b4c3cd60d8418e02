"""Every line of a service's log is a JSON object, whoever says it; what is said over and over is counted."""

import json
import subprocess
import sys
from typing import Any

from kit.library_logs import Repeats

PROGRAM = """
import asyncio, gc, logging, sys, threading, warnings
from kit import telemetry

telemetry.configure("test", "info", None)

async def fails():
    raise OSError("the broker is gone\\nfor good")

async def main():
    for _ in range(100):
        task = asyncio.ensure_future(fails())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
    future = asyncio.get_running_loop().create_future()
    future.set_exception(ConnectionError("reset"))
    del future
    gc.collect()
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.01)

asyncio.run(main())
for node in range(50):
    logging.getLogger("aiokafka.client").error("Unable connect to node with id %s: %s", node, OSError("no"))
logging.getLogger("uvicorn.error").error("Exception in ASGI application\\n", exc_info=ValueError("x"))
logging.getLogger("mail.log").warning("%s sessions", "many", "too")
logging.getLogger("uvicorn.error").info("Started server process")
warnings.warn("this is old", DeprecationWarning, stacklevel=1)
warnings.warn("this is odd", stacklevel=1)

class Bad:
    def __del__(self):
        raise RuntimeError("in a finaliser")

Bad()
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
raise KeyError("at the very end")
"""


def lines() -> list[dict[str, Any]]:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert ended.stderr == ""
    assert ended.returncode == 1
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_whatever_a_library_or_the_interpreter_says_is_one_object_a_line() -> None:
    said = lines()
    assert all(isinstance(line, dict) and line["event"] and line["level"] and line["timestamp"] for line in said)

    def of(library: str) -> list[dict[str, Any]]:
        return [line for line in said if line["library"] == library]

    never, future, callback = of("asyncio")
    assert never["event"].startswith("Task exception was never retrieved")
    assert "OSError: the broker is gone" in never["exception"]
    assert future["event"].startswith("Future exception was never retrieved")
    assert "ZeroDivisionError" in callback["exception"]
    (retry,) = of("aiokafka.client")
    assert (retry["level"], retry["event"]) == ("warning", "Unable connect to node with id 0: no")
    (served,) = of("uvicorn.error")
    assert (served["level"], "ValueError: x" in served["exception"]) == ("error", True)
    assert [line["event"] for line in of("mail.log")] == ["%s sessions"]
    assert [line["event"].split(": ", 1)[1].splitlines()[0] for line in of("py.warnings")] == [
        "DeprecationWarning: this is old",
        "UserWarning: this is odd",
    ]
    finaliser, thread, uncaught = of("python")
    assert "RuntimeError: in a finaliser" in finaliser["exception"]
    assert "ZeroDivisionError" in thread["exception"]
    assert (uncaught["level"], "KeyError: 'at the very end'" in uncaught["exception"]) == ("critical", True)


def test_what_was_said_is_counted_until_it_is_said_again() -> None:
    repeats = Repeats(quiet=30)
    assert [repeats.of("a", now) for now in (0, 1, 29.9)] == [0, None, None]
    assert repeats.of("b", 10) == 0
    assert repeats.of("a", 30) == 2
    assert repeats.of("a", 31) is None
    assert repeats.of("a", 60) == 1


def test_it_does_not_remember_without_end() -> None:
    repeats = Repeats()
    for number in range(5_000):
        assert repeats.of(number, 0) == 0
    assert len(repeats._said) == 1_000
