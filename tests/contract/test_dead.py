"""The gate that finds product code which no product code uses."""

from fnmatch import fnmatch
from pathlib import Path

from tests.contract.dead import LISTED, unused

CODE = """
from dataclasses import dataclass
from pydantic import BaseModel

class Body(BaseModel):
    shown: int

class Answer(Body):
    told: int

@dataclass
class Kept:
    counted: int

def used():
    return Answer(told=Kept(counted=1))

@router.get("/")
def door():
    return used()

def forgotten():
    return door
"""


def test_what_nothing_uses_is_found_but_for_doors_and_the_fields_of_forms(tmp_path: Path) -> None:
    room = tmp_path / "services/desk/desk"
    room.mkdir(parents=True)
    (room / "http.py").write_text(CODE)
    assert [item.name for item in unused(tmp_path)] == ["counted", "forgotten"]


def test_what_only_a_test_uses_is_found(tmp_path: Path) -> None:
    for place, text in (("services/desk/desk/core.py", "def lonely(): ..."), ("tests/test_core.py", "lonely()")):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(text)
    assert [item.name for item in unused(tmp_path)] == ["lonely"]


def test_no_name_is_listed_that_need_not_be() -> None:
    names = {item.name for item in unused(listed=())}
    assert [listed for listed in LISTED if not any(fnmatch(name, listed) for name in names)] == []
