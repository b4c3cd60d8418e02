"""One kill of each: the script of fifty rounds, in small."""

import random
from pathlib import Path

import pytest
from tests.faults.killing import rounds
from tests.faults.verdicts import faults_in

from punctual.local.places import Home


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_one_kill_of_each_loses_no_breach_and_says_none_twice(tmp_path: Path) -> None:
    told = await rounds(Home(tmp_path / "faults"), 3, random.Random(1), say=print)
    assert faults_in(told) == []
    assert told.count("sla.breached")
    assert told.count("sla.met")
