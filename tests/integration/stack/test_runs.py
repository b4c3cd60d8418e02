"""A run of tests leaves nothing behind, however it ends."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

TEST = """
import time
def test_that_hangs(stack):
    time.sleep(100)
"""


@pytest.mark.slow
def test_a_killed_run_leaves_no_broker_and_no_database(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    folder = root / "tests" / "integration" / "stack"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PUNCTUAL_TEST_P", "PUNCTUAL_TEST_K"))}
    env |= {"TMPDIR": str(tmp_path), "PUNCTUAL_TEST_STACK": "embedded"}
    path = folder / f"test_hanging_{os.getpid()}.py"
    path.write_text(TEST)
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
        run = subprocess.Popen(command, env=env, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = wait_for(lambda: next(iter(tmp_path.glob("punctual-test-*/addresses.json")), None))
        assert found is not None
        assert "kafka" in json.loads(found.read_text())
        run.kill()
        run.wait()
        assert wait_for(lambda: not list(tmp_path.glob("punctual-test-*")) or None), list(tmp_path.iterdir())
    finally:
        path.unlink()


def wait_for(look, within: float = 60):  # type: ignore[no-untyped-def]
    until = time.monotonic() + within
    while (found := look()) is None and time.monotonic() < until:
        time.sleep(0.1)
    return found
