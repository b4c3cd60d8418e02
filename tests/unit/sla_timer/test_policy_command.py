"""`punctual policy`: what is wrong with a file, what another one changes and for whom, and the schema of both."""

import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import typer
from ruamel.yaml import YAML
from tests.unit.sla_timer.story import DEFAULT, OFFICE_HOURS, TODAY, published
from typer.testing import CliRunner

from contracts import policy
from contracts.replacing import replace
from sla_timer.cli.policy import app
from sla_timer.policy import file as policy_file
from sla_timer.policy.diff import describe_changes, policy_changes
from sla_timer.policy.file.problems import plain
from sla_timer.policy.file.schema import as_text

WITH_OFFICE = DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:")
SHIPPED = str(policy_file.DEFAULT)
LATER_OF_FEEDBACK = ("urgent:", "silence:", "ahead:", "marks:", "survey_reminder:")
"""Entries of feedback that earlier policy files don't have."""


def resolved(text: str) -> dict[str, Any]:
    return policy_file.load(text, name="policy.yaml", today=TODAY).resolved


def between(before: str, after: str) -> list[str]:
    was, now = (policy.read(resolved(text)) for text in (before, after))
    return [change.text for change in policy_changes(was, now, today=TODAY)]


def changed(*edits: tuple[str, str], text: str = DEFAULT) -> list[str]:
    """What is said of the file after some edits."""
    other = text
    for old, new in edits:
        assert old in other
        other = other.replace(old, new)
    return between(text, other)


def written(tmp_path: Path, text: str, name: str = "policy.yaml") -> str:
    file = tmp_path / name
    file.write_text(text)
    return str(file)


def test_nothing_changes_between_a_policy_and_itself() -> None:
    assert changed() == []
    assert changed(("# Every entry cites its rule", "# Some entries cite one"), ("rule: P8", "rule: P1")) == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            ("2: {within: 4h", "2: {within: 3h30m"),
            ["Severity 2, every tier: an answer within 3h30m of support hours instead of 4h."],
        ),
        (
            ("counts: support", "counts: elapsed"),
            [
                f"Severity {n}, every tier: an answer within {h}h elapsed "
                f"instead of an answer within {h}h of support hours."
                for n, h in ((1, 1), (2, 4), (3, 8))
            ],
        ),
        (
            ("      3: {within: 8h, rule: P10}\n", ""),
            None,
        ),
        (
            ("[50, 75, 90]", "[80]"),
            ["Severities 1, 2 and 3, every tier: warnings at 80 % instead of warnings at 50 %, 75 % and 90 %."],
        ),
        (
            ("patrol: {calendar: around-the-clock", "patrol: {calendar: weekdays"),
            [
                "Patrol: counted by the calendar weekdays (40h a week, the fixed offset -05:00) "
                "instead of around-the-clock (168h a week, the fixed offset +00:00)."
            ],
        ),
        (
            ('mon-fri, from: "09:00", to: "17:00"', 'mon-fri, from: "08:00", to: "17:00"'),
            [
                "Enlist, Assessment and feedback (calendar weekdays): "
                "Monday to Friday 08:00–17:00 instead of 09:00–17:00.",
                "Enlist, Assessment and feedback (calendar weekdays): in all 45h a week instead of 40h.",
            ],
        ),
        (
            ("days: mon-fri", "days: [mon, fri, sat]"),
            [
                "Enlist, Assessment and feedback (calendar weekdays): "
                "Tuesday to Thursday closed instead of 09:00–17:00.",
                "Enlist, Assessment and feedback (calendar weekdays): Saturday 09:00–17:00 instead of closed.",
                "Enlist, Assessment and feedback (calendar weekdays): in all 24h a week instead of 40h.",
            ],
        ),
        (
            ('offset: "-05:00"', "zone: America/New_York"),
            [
                "Enlist, Assessment and feedback (calendar weekdays): "
                "by the clock of America/New_York instead of the fixed offset -05:00.",
                "Enlist, Assessment and feedback (calendar weekdays): known until 2040-12-31 instead of for ever.",
            ],
        ),
        (
            ("role: vp, after: 2h", "role: vp, after: 1h"),
            ["After a breach the VP is called after 1h instead of after 2h."],
        ),
        (("      - {role: ceo, after: 8h}\n", ""), ["After a breach the CEO is called no more."]),
        (
            ("rungs:", "rounds: 2\n    every: 12h\n    rungs:"),
            ["After a breach the ladder is climbed 2 times, every 12h instead of once."],
        ),
        (
            ("acknowledge: {working_days: 2", "acknowledge: {working_days: 1"),
            ["Feedback is acknowledged within 1 working day instead of 2."],
        ),
        (
            ("review: {days: 7", "review: {days: 14"),
            ["Complaints are reviewed, or an update given, within 14 days instead of 7."],
        ),
        (
            ("urgent: {within: 4h", "urgent: {within: 1h30m"),
            ["Urgent complaints are answered within 1h30m of support time instead of 4h."],
        ),
        (
            ("silence: {days: 28", "silence: {days: 1"),
            ["An outcome counts as settled after 1 day of silence instead of 28."],
        ),
        (
            ("ahead: {days: 28", "ahead: {days: 14"),
            ["An update is promised at most 14 days ahead instead of 28."],
        ),
        (
            ("marks: {working_days: 2", "marks: {working_days: 3"),
            ["Words after an outcome are a dispute after 3 working days instead of 2, unless somebody marks them."],
        ),
        (
            ("feedback:\n  calendar: weekdays", "feedback:\n  calendar: around-the-clock"),
            ["Feedback counts its days by the calendar around-the-clock instead of weekdays."],
        ),
        (("os_version, ", ""), ["Every requester: the clock no longer waits for os version."]),
        (
            ("name: The vendor's", "name: Our"),
            ["The policy is called 'Our support policy' instead of \"The vendor's support policy\"."],
        ),
        (
            ("\nladders:", OFFICE_HOURS + "\nladders:"),
            ["The calendar office is new (40h a week, America/New_York): it can be agreed with an account."],
        ),
    ],
)
def test_a_change_is_told_in_words_and_for_whom(edit: tuple[str, str], said: list[str] | None) -> None:
    if said is None:
        with pytest.raises(policy_file.PolicyRefused):
            changed(edit)
    else:
        assert changed(edit) == said


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("{dates: [2026-11-26],", "{dates: [2026-11-26, 2026-11-27],"), "closed on further holidays: 2026-11-27."),
        (("{dates: [2026-11-26],", "{dates: [],"), "holidays no more: 2026-11-26."),
        (("known_until: 2030-12-31", "known_until: 2029-12-31"), "known until 2029-12-31 instead of until 2030-12-31."),
        (('"09:00", to: "12:00"', '"10:00", to: "12:00"'), "on 2026-12-24 10:00–12:00 instead of 09:00–12:00."),
        (('[{from: "09:00", to: "12:00"}]', "[]"), "on 2026-12-24 closed instead of 09:00–12:00."),
        (("{2026-12-24: [", "{2026-12-31: ["), "on 2026-12-24 the usual hours instead of 09:00–12:00."),
    ],
)
def test_a_change_of_a_calendar_that_only_accounts_have_agreed_on(edit: tuple[str, str], said: str) -> None:
    assert f"Accounts that have agreed on it (calendar office): {said}" in changed(edit, text=WITH_OFFICE)


def test_holidays_to_come_are_listed_and_past_ones_counted() -> None:
    to_come, past = changed(("{dates: [2026-11-26],", "{country: US,"), text=WITH_OFFICE)
    assert to_come.endswith(
        "closed on further holidays: 2026-12-25, 2027-01-01, 2027-01-18, 2027-02-15, 2027-05-31, 2027-06-18 "
        "and 45 more, up to 2030-12-25."
    )
    assert past.endswith("closed on further holidays before 2026-11-23: 84.")


def test_special_hours_to_come_are_told_before_past_ones() -> None:
    hours = '[{from: "09:00", to: "12:00"}]'
    said = changed(("special: {", f"special: {{2020-12-24: {hours}, 2027-12-24: {hours}, "), text=WITH_OFFICE)
    assert [line.split(": on ")[1][:10] for line in said] == ["2027-12-24", "2020-12-24"]


WHOLE = '- {days: mon-fri, from: "09:00", to: "17:00"}'
NIGHT = '- {days: fri, from: "22:00", to: "06:00"}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WHOLE, '- {days: mon-fri, from: "09:00", to: "12:00"}\n      - {days: mon-fri, from: "12:00", to: "17:00"}'),
        (NIGHT, '- {days: fri, from: "22:00", to: "24:00"}\n      - {days: sat, from: "00:00", to: "06:00"}'),
        (
            '- {days: mon-sun, from: "00:00", to: "24:00"}',
            '- {days: mon-sun, from: "05:00", to: "05:00"}',
        ),
    ],
)
def test_equal_hours_that_are_cut_otherwise_are_no_change(before: str, after: str) -> None:
    text = DEFAULT.replace(WHOLE, before)
    assert resolved(text) != resolved(text.replace(before, after, 1))
    assert changed((before, after), text=text) == []


def test_a_night_is_told_with_its_evening() -> None:
    said = changed((NIGHT, NIGHT.replace("06:00", "05:00")), text=DEFAULT.replace(WHOLE, f"{WHOLE}\n      {NIGHT}"))
    assert said[0].endswith(
        "Friday 09:00–17:00 and 22:00–05:00 the next day instead of 09:00–17:00 and 22:00–06:00 the next day."
    )


def test_what_makes_no_difference_yet_is_told_as_such() -> None:
    assert changed(("    rungs:", "    every: 12h\n    rungs:")) == [
        "After a breach the ladder is climbed once as before "
        "(further rounds, of which there are none, would come every 12h instead of 24h)."
    ]
    assert changed(("[product, product_version", "[product_version, product")) == [
        "Every requester: what is missing is listed in another order, "
        "product version, product, os, os version and description."
    ]


def test_a_calendar_that_goes_is_told() -> None:
    assert between(WITH_OFFICE, DEFAULT) == [
        "The calendar office is gone: accounts that have agreed on it "
        "are counted by their tier's, until they agree on another."
    ]


def test_the_same_hours_under_another_name_are_told_as_such() -> None:
    text = DEFAULT.replace("weekdays", "office")
    assert changed(("weekdays", "office"))[0] == (
        "Enlist and Assessment: counted by the calendar office (40h a week, the fixed offset -05:00) "
        "instead of weekdays (40h a week, the fixed offset -05:00); the hours are the same."
    )
    assert resolved(text)["tiers"]["enlist"] == "office"


def test_entries_that_say_what_holds_without_them_are_no_change() -> None:
    said = [line for line in DEFAULT.splitlines(keepends=True) if line.lstrip().startswith(LATER_OF_FEEDBACK)]
    assert len(said) == len(LATER_OF_FEEDBACK)
    without = DEFAULT.replace("".join(said), "")
    assert between(DEFAULT, without) == between(without, DEFAULT) == []
    assert resolved(without) == resolved(DEFAULT)


def test_newer_zones_and_libraries_are_told() -> None:
    before = policy.read(resolved(WITH_OFFICE))
    zone = before.zones["America/New_York"]
    moved = replace(zone, transitions=tuple(change for change in zone.transitions if change[0] < 1_800_000_000))
    after = replace(before, tzdata="2027a", zones={**before.zones, "America/New_York": moved})
    assert [change.text for change in policy_changes(before, after, today=TODAY)] == [
        "Accounts that have agreed on it (calendar office): "
        "the clocks of America/New_York are moved otherwise from 2027-03-14 on.",
        f"Resolved with tzdata 2027a instead of {before.tzdata}.",
    ]


def test_a_severity_may_get_an_sla_and_a_rung_be_added() -> None:
    said = changed(
        ("      3: {within: 8h, rule: P10}", "      3: {within: 8h}\n      4: {within: 40h}"),
        ("  objective: # severity 4 has no SLA; a missed objective is never a breach\n", ""),
        ("    rule: P10\n    counts: elapsed\n    targets:\n      4: {within: 24h, rule: P10, assumed: true}\n", ""),
    )
    assert said[0] == (
        "Severity 4, every tier: an answer within 40h of support hours instead of an objective of 24h elapsed (no SLA)."
    )
    assert said[1] == "Severity 4, every tier: warnings at 50 %, 75 % and 90 % instead of no warnings."
    without = DEFAULT.replace("      - {role: support-manager, after: 30m}\n", "")
    assert between(without, DEFAULT) == ["After a breach the support manager is called too, after 30m."]


def test_other_words_for_a_severity_are_told_to_whoever_chooses_one() -> None:
    words = "Low operational impact. A workaround is readily available; a remedy may wait for the next release."
    assert changed((words, "A nuisance.")) == [
        f"Every requester: severity 3 is for “A nuisance.” instead of “{words}”.",
    ]
    without = DEFAULT.split("\nseverities:")[0]
    assert between(DEFAULT, without)[3].endswith(
        "severity 4 is for whatever they think instead of "
        "“Low impact, or informational. Questions about usage, documentation, suggestions, requests for enhancements.”."
    )


def test_what_is_said_to_be_assumed_is_told() -> None:
    assert changed(
        ("assessment: {calendar: weekdays, rule: P11, assumed: true}", "assessment: {calendar: weekdays}")
    ) == ["Said to be by the rules, and no longer assumed: tiers.assessment."]
    assert changed(("enlist: {calendar: weekdays,", "enlist: {calendar: weekdays, assumed: true,")) == [
        "Said to be assumed, and not by the rules: tiers.enlist."
    ]


def test_a_policy_of_another_release_is_compared_as_far_as_to_say_that_it_can_t_be() -> None:
    other = published(DEFAULT)
    ladders = {"breach": {"rungs": [{"role": "somebody-new", "after": 0}], "rounds": 1, "every": 60}}
    in_force = replace(other, version="of another release", resolved=other.resolved | {"ladders": ladders})
    [sentence] = describe_changes(in_force, other, today=TODAY)
    assert sentence.startswith("What it changes can't be told")
    assert "somebody-new" in sentence
    assert describe_changes(None, other, today=TODAY) == describe_changes(other, other, today=TODAY) == []


def test_check_says_that_a_file_is_good(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["check", written(tmp_path, WITH_OFFICE)])
    assert said.exit_code == 0
    assert said.stdout.startswith("policy.yaml is good: The vendor's support policy, version ")
    assert "the calendar office is known until 2030-12-31" in said.stdout


def test_check_tells_all_errors_at_once_each_with_its_line_and_fails(tmp_path: Path) -> None:
    bad = WITH_OFFICE
    for old, new in (
        ("within: 1h", "within: -1h"),
        ("zone: America/New_York", "zone: America/New_Yorck"),
        ("role: ceo", "role: engineer"),
        ("known_until: 2030-12-31", "known_until: 2020-12-31"),
        (
            'windows: [{days: mon-fri, from: "09:00"',
            'windows: [{days: mon, from: "06:00", to: "10:00"}, {days: mon-fri, from: "09:00"',
        ),
    ):
        assert old in bad
        bad = bad.replace(old, new)
    said = CliRunner().invoke(app, ["check", written(tmp_path, bad)])
    assert (said.exit_code, said.stdout) == (1, "")
    lines = said.stderr.splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "metrics.response.targets.1.within",
        "calendars.office.zone",
        "calendars.office.windows",
        "calendars.office.holidays.dates",
        "calendars.office.holidays.known_until",
        "ladders.breach.rungs",
    ]
    for line, said_of_it in zip(
        lines, ("less than nothing", "did you mean", "overlap on mon", "lies beyond", "run out", "loops"), strict=True
    ):
        assert said_of_it in line
        assert bad.splitlines()[int(line.split("line ")[1].split(":")[0]) - 1].strip()


def test_diff_compares_two_files(tmp_path: Path) -> None:
    other = written(tmp_path, DEFAULT.replace("2: {within: 4h", "2: {within: 3h"))
    said = CliRunner().invoke(app, ["diff", SHIPPED, other]).stdout.splitlines()
    assert said[0] == "- Severity 2, every tier: an answer within 3h of support hours instead of 4h."
    assert said[1].startswith("Running clocks keep version ")
    assert CliRunner().invoke(app, ["diff", SHIPPED, SHIPPED]).stdout.startswith("Nothing changes: both are version")
    longer = written(tmp_path, WITH_OFFICE.replace("until: 2040-12-31", "until: 2041-12-31"))
    assert (
        "beyond the last dates known"
        in CliRunner().invoke(app, ["diff", written(tmp_path, WITH_OFFICE, "a"), longer]).stdout
    )


def test_the_schema_is_committed_as_it_is() -> None:
    schema = policy_file.DEFAULT.with_name("policy.schema.json")
    assert schema.read_text(encoding="utf-8") == as_text(), (
        "run: punctual policy schema > …/policies/policy.schema.json"
    )
    assert CliRunner().invoke(app, ["schema"]).stdout == as_text()
    assert "$schema=policy.schema.json" in DEFAULT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("within: 1h", "within: -1h"),
        ("within: 1h", "within: 90"),
        ("      4: {within", "      5: {within"),
        ('from: "09:00"', "from: 9"),
        ("role: ceo", "role: chief"),
        ("rule: P8", "rule: eight"),
        ("required:", "requried:"),
        ("urgent: {within: 4h", "urgent: {within: 4"),
        ("urgent: {within: 4h", "urgent: {days: 4"),
        ("silence: {days: 28", "silence: {days: 0"),
        ("ahead: {days: 28", "ahead: {days: 3654"),
        ("marks: {working_days: 2", "marks: {working_days: 367"),
        ("days: mon-fri", "days: mon-fry"),
        ("warnings: [50, 75, 90]", "warnings: [100]"),
        ('offset: "-05:00"', "offset: west"),
    ],
)
def test_the_schema_knows_good_files_from_bad_ones(old: str, new: str) -> None:
    validator = jsonschema_rs.Draft202012Validator(json.loads(as_text()), validate_formats=True)

    def fits(text: str) -> bool:
        return validator.is_valid(json.loads(json.dumps(plain(YAML().load(text)))))

    assert fits(DEFAULT)
    assert fits(WITH_OFFICE)
    assert not fits(WITH_OFFICE.replace(old, new, 1))


@pytest.mark.parametrize("name", ["calendar", "due", "policy"])
def test_the_command_finds_them_by_entry_point_and_each_explains_itself_with_an_example(name: str) -> None:
    [point] = [point for point in entry_points(group="punctual.commands") if point.name == name]
    command = point.load()
    if not isinstance(command, typer.Typer):
        own = typer.Typer()
        own.command()(command)
        command = own
    rooms: list[list[str]] = [[each.callback.__name__] for each in command.registered_commands if each.callback]
    for arguments in rooms if len(rooms) > 1 else [[]]:
        said = CliRunner().invoke(command, [*arguments, "--help"])
        assert said.exit_code == 0
        assert "Example" in said.output
