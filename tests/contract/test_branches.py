"""The gate that finds lines and branches without a test."""

from tests.contract.branches import ELSEWHERE, ROOT, pure, untested

from contracts.names import SERVICES


def test_all_that_the_import_contracts_call_pure_is_measured() -> None:
    found = pure()
    assert len(found) == len(set(found)) > 100
    assert all((ROOT / name).is_file() for name in found)
    for service in SERVICES:
        assert f"services/{service}/{service.replace('-', '_')}/domain/decide.py" in found
    assert {"shared/hours/hours/calendar.py", "shared/contracts/contracts/codec.py"} <= set(found)


def test_a_line_is_named_and_of_a_branch_both_ends_unless_one_is_such_a_line() -> None:
    file = {"missing_lines": [3, 7], "missing_branches": [[2, 3], [5, -4], [6, 9], [7, 8]]}
    assert list(untested({"a.py": file})) == ["a.py:3", "a.py:7", "a.py:5->exit", "a.py:6->9"]
    assert list(untested({"a.py": {"missing_lines": [], "missing_branches": []}})) == []


def test_the_tests_that_are_left_out_are_there() -> None:
    assert [name for name in ELSEWHERE if not any(ROOT.glob(name))] == []
