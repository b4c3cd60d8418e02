"""The demo's folder, and the head start of its clock."""

from datetime import timedelta
from pathlib import Path

import pytest

from punctual.demo.embedded import head_start
from punctual.demo.home import demo_home, emptied, remove
from punctual.local.places import Home


def test_a_demo_begins_without_what_the_last_one_left_and_leaves_the_desks_own_data_alone(tmp_path: Path) -> None:
    desk = Home(tmp_path).make()
    (desk.path / "kafka").mkdir()
    home = demo_home(desk).make()
    (home.path / "kafka").mkdir()
    (home.path / "kafka" / "log").write_text("old")
    (home.path / "secrets").write_text("old")
    (home.log / "intake.log").write_text("old")
    elsewhere = tmp_path / "var"
    elsewhere.mkdir()
    (elsewhere / "data").write_text("old")
    home.postgres.symlink_to(elsewhere)

    old = emptied(home, lambda text: None)
    assert {path.name for path in home.path.iterdir()} == {"log", next(p.name for p in old if p.parent == home.path)}
    assert not list(home.log.iterdir())
    assert not elsewhere.exists()
    remove(old)
    assert [path.name for path in home.path.iterdir()] == ["log"]
    assert {path.name for path in tmp_path.iterdir()} == {"demo", "kafka", "log"}


def test_what_an_interrupted_demo_did_not_remove_the_next_one_does(tmp_path: Path) -> None:
    home = demo_home(Home(tmp_path)).make()
    (home.path / "old-1").mkdir()
    remove(emptied(home, lambda text: None))
    assert [path.name for path in home.path.iterdir()] == ["log"]


@pytest.mark.parametrize(("stack_took", "seconds"), [(4, 0), (10, 2), (60, 6)])
def test_the_slower_the_machine_the_later_the_clock_begins_within_bounds(stack_took: float, seconds: float) -> None:
    assert head_start(stack_took) == timedelta(seconds=seconds)
