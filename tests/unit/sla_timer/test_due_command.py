"""`punctual due`: start, warnings, due; or why there is none."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.unit.sla_timer.story import DEFAULT, OFFICE_HOURS
from typer.testing import CliRunner

from sla_timer.cli.due import due

app = typer.Typer()
app.command()(due)


def said(*arguments: str, given: str = "") -> str:
    result = CliRunner().invoke(app, list(arguments), input=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def asked(severity: int, tier: str, at: str, *more: str) -> dict[str, Any]:
    answer = said("--severity", str(severity), "--tier", tier, "--at", at, "--json", *more)
    found: dict[str, Any] = json.loads(answer)
    return found


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 2
    return " ".join(result.output.replace("│", "").split())


def office(tmp_path: Path) -> str:
    file = tmp_path / "office.yaml"
    file.write_text(
        DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:").replace("calendar: weekdays", "calendar: office")
    )
    return str(file)


@pytest.mark.parametrize("tier", ["patrol", "enlist"])
def test_a_deadline_beyond_all_years_is_told_as_such(tier: str) -> None:
    at = "9999-12-31T23:30:00Z"
    assert "before the year 10000; write an" in refused("--severity", "1", "--tier", tier, "--at", at)
    line = json.dumps({"severity": 1, "tier": tier, "at": at})
    assert json.loads(said("--input", "-", given=line))["error"].endswith(
        "before the year 10000; write an earlier instant"
    )


def test_gmt_minus_5_is_a_fixed_offset() -> None:
    answer = asked(1, "enlist", "2026-07-13T13:30:00Z")
    assert answer["start"] == "2026-07-13T14:00:00Z"
    assert answer["due"] == "2026-07-13T15:00:00Z"
    assert [warning["percent"] for warning in answer["warnings"]] == [50, 75, 90]
    assert answer["warnings"][2]["at"] == "2026-07-13T14:54:00Z"
    assert answer["calendar"] == "weekdays"


def test_another_policy_may_name_new_york(tmp_path: Path) -> None:
    assert asked(1, "enlist", "2026-07-13T13:30:00Z", "--policy", office(tmp_path))["due"] == "2026-07-13T14:30:00Z"


@pytest.mark.parametrize(
    ("at", "due_at"),
    [
        ("2026-11-25T21:00:00Z", "2026-11-27T17:00:00Z"),  # over a holiday
        ("2026-10-30T20:30:00Z", "2026-11-02T17:30:00Z"),  # over the end of daylight saving
    ],
)
def test_rows_of_semantics(tmp_path: Path, at: str, due_at: str) -> None:
    assert asked(2, "enlist", at, "--policy", office(tmp_path))["due"] == due_at


def test_the_clock_round_is_elapsed_time() -> None:
    assert asked(3, "patrol", "2026-11-01T02:00:00Z")["due"] == "2026-11-01T10:00:00Z"
    assert asked(3, "patrol", "2026-03-08T03:00:00Z")["due"] == "2026-03-08T11:00:00Z"


def test_severity_4_has_an_objective_and_nothing_is_due() -> None:
    answer = asked(4, "enlist", "2026-07-13T13:30:00Z")
    assert (answer["due"], answer["warnings"]) == (None, [])
    assert answer["objective"] == "2026-07-14T14:00:00Z"
    assert answer["why"].startswith("severity 4 has no SLA")
    told = said("--severity", "4", "--tier", "enlist", "--at", "2026-07-13T13:30:00Z")
    assert "objective 2026-07-14T14:00:00Z  24h elapsed" in told
    assert "Nothing is due: severity 4 has no SLA" in told


def test_people_get_a_line_for_each_instant() -> None:
    told = said("--severity", "1", "--tier", "enlist", "--at", "2026-07-13T13:30:00Z").splitlines()
    assert told[:6] == [
        "received  2026-07-13T13:30:00Z  with all required information",
        "start     2026-07-13T14:00:00Z  when the calendar weekdays opens next",
        "warning   2026-07-13T14:30:00Z  at 50 %",
        "warning   2026-07-13T14:45:00Z  at 75 %",
        "warning   2026-07-13T14:54:00Z  at 90 %",
        "due       2026-07-13T15:00:00Z  1h of support hours",
    ]
    assert "start     2026-07-13T14:30:00Z  at once" in said(
        "--severity", "1", "--tier", "enlist", "--at", "2026-07-13T14:30:00Z"
    )


def test_an_agreed_calendar_overrides_the_tiers() -> None:
    assert asked(1, "enlist", "2026-07-11T13:30:00Z", "--calendar", "around-the-clock")["due"] == "2026-07-11T14:30:00Z"


def test_a_deadline_beyond_what_is_known_is_flagged(tmp_path: Path) -> None:
    answer = asked(1, "enlist", "2031-01-06T15:00:00Z", "--policy", office(tmp_path))
    assert answer["known_until"] == "2030-12-31"
    told = said("--severity", "1", "--tier", "enlist", "--at", "2031-01-06T15:00:00Z", "--policy", office(tmp_path))
    assert "known only until 2030-12-31" in told


def test_many_are_answered_in_order_and_a_bad_one_in_its_place(tmp_path: Path) -> None:
    lines = [
        '{"severity": 1, "tier": "enlist", "at": "2026-07-13T13:30:00Z"}',
        '{"severity": 5, "tier": "enlist", "at": "2026-07-13T13:30:00Z"}',
        '{"severity": 1, "tier": "gold", "at": "2026-07-13T13:30:00Z"}',
        '{"severity": 1, "tier": "enlist", "at": "13:30"}',
        '{"severity": 1, "tier": "enlist", "at": "2026-07-13T13:30:00Z", "calendar": "lunar"}',
        '{"severity": 1, "tier": "enlist", "at": "2026-07-13T13:30:00Z", "calendar": ""}',
        '{"severity": 1, "tier": "enlist"}',
        '{"severity": 1, "tier": "enlist", "at": "9999-12-31T23:00:00Z"}',
        '{"severity": 4, "tier": "patrol", "at": "2026-07-13T13:30:00.000001Z", "calendar": null}',
    ]
    file = tmp_path / "requests.ndjson"
    file.write_text("\n".join(lines) + "\n")
    answers = [json.loads(line) for line in said("--input", str(file)).splitlines()]
    assert answers[0]["due"] == "2026-07-13T15:00:00Z"
    assert [answer.get("error", "").split(";")[0] for answer in answers] == [
        "",
        "severity: Invalid enum value 5",
        "tier: Invalid enum value 'gold'",
        "at: '13:30' is no instant",
        "calendar: Policy " + answers[0]["policy"] + " has no calendar 'lunar', but: around-the-clock, weekdays.",
        "calendar: No calendar has a name that is empty: name one, or none at all.",
        "at: this field is missing",
        "at: the calendar has no such instant before the year 10000",
        "",
    ]
    assert answers[8]["objective"] == "2026-07-14T13:30:00.000001Z"
    assert [json.loads(line) for line in said("--input", "-", given="\n".join(lines)).splitlines()] == answers


def test_what_is_missing_or_wrong_is_named() -> None:
    assert "say --severity, --tier and --at" in refused("--severity", "1")
    assert "less than or equal to 4" in refused("--severity", "5", "--tier", "enlist", "--at", "2026-07-13T13:30:00Z")
    assert "end it with Z" in refused("--severity", "1", "--tier", "enlist", "--at", "2026-07-13T13:30:00")
    assert "has no calendar 'lunar'" in refused(
        "--severity", "1", "--tier", "enlist", "--at", "2026-07-13T13:30:00Z", "--calendar", "lunar"
    )
    assert "each line says" in refused("--input", "-", "--severity", "1")
    assert "can't be read" in refused("--input", "nowhere.ndjson")


def test_a_policy_that_cannot_be_read_ends_it_with_all_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(DEFAULT.replace("within: 1h", "within: -1h").replace("role: ceo", "role: vp"))
    result = CliRunner().invoke(app, ["--input", "-", "--policy", str(file)])
    assert result.exit_code == 1
    assert "line 14: metrics.response.targets.1.within: '-1h' is less than nothing" in result.stderr
    assert "the ladder loops" in result.stderr
    result = CliRunner().invoke(app, ["--input", "-", "--policy", "nowhere.yaml"])
    assert (result.exit_code, result.stderr) == (1, "nowhere.yaml can't be read: No such file or directory\n")
