"""The import graph has no circle, not among modules that are imported for type checkers alone either."""

import tomllib
from collections.abc import Mapping, Set
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import grimp
import pytest

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
MEMBERS: list[str] = PROJECT["tool"]["importlinter"]["root_packages"]


def circle(imports: Mapping[str, Set[str]]) -> list[str]:
    """Modules of which each imports the next, the first again at the end; empty if there is no such circle."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found[::-1]
    return []


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*MEMBERS, cache_dir=None)


@pytest.mark.parametrize("member", MEMBERS)
def test_no_module_imports_one_that_imports_it(graph: grimp.ImportGraph, member: str) -> None:
    modules = {name for name in graph.modules if name == member or name.startswith(f"{member}.")}
    imports = {name: graph.find_modules_directly_imported_by(name) & modules for name in modules}
    assert len(modules) > 10
    assert " imports ".join(circle(imports)) == ""


def test_a_circle_is_told_in_the_order_of_its_imports() -> None:
    imports = {"a": {"b", "d"}, "b": {"c"}, "c": {"a"}, "d": set[str]()}
    found = circle(imports)
    assert found[0] == found[-1]
    assert all(to in imports[one] for one, to in pairwise(found))
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []
