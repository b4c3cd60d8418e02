"""The policy file: what the shipped one says, and how a bad one is refused, with all errors at once."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.unit.sla_timer.story import DEFAULT, OFFICE_HOURS, TODAY, VENDOR, ny, published

from contracts import policy as contract
from contracts.policy import DEFAULT_REQUIRED, ladders
from sla_timer.policy import file as policy_file
from sla_timer.policy.file import PolicyFile, PolicyRefused
from sla_timer.policy.file.problems import plain
from sla_timer.policy.file.resolve import digest
from sla_timer.policy.versions import Policies

POLICY = VENDOR.current
WHOLE = contract.read(published(DEFAULT).resolved)


def refused(*changes: tuple[str, str], text: str = DEFAULT) -> list[str]:
    """What is said of the shipped file after some changes."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(PolicyRefused) as refusal:
        policy_file.load(text, name="policy.yaml", today=TODAY)
    return str(refusal.value).splitlines()


def with_office(old: str, new: str) -> tuple[str, str]:
    assert old in OFFICE_HOURS
    return "\nladders:", OFFICE_HOURS.replace(old, new) + "\nladders:"


def test_p10_the_shipped_policy_promises_1_4_and_8_hours_and_hopes_for_24() -> None:
    promises = POLICY.promises
    assert {severity: promise.target for severity, promise in promises.items()} == {
        1: timedelta(hours=1),
        2: timedelta(hours=4),
        3: timedelta(hours=8),
        4: timedelta(hours=24),
    }
    assert [promises[severity].metric for severity in (1, 2, 3, 4)] == ["response"] * 3 + ["objective"]
    assert (promises[3].counts, promises[4].counts) == ("support", "elapsed")


def test_p11_enlist_and_assessment_have_weekdays_patrol_and_command_the_clock_round() -> None:
    assert POLICY.tiers == {
        "enlist": "weekdays",
        "patrol": "around-the-clock",
        "command": "around-the-clock",
        "assessment": "weekdays",
    }
    always = POLICY.calendar_for("patrol", None)
    assert always.between(ny("2028-02-01 00:00"), ny("2028-03-01 00:00")) == timedelta(days=29)


def test_p23_the_shipped_policy_warns_at_50_75_and_90_percent_and_has_a_ladder_of_four() -> None:
    assert POLICY.promises[1].warnings == (50, 75, 90)
    assert POLICY.promises[4].warnings == ()
    rungs = [(rung.role, rung.after) for rung in WHOLE.ladders["breach"].rungs]
    assert rungs == [("engineer", 0), ("support-manager", 1800), ("vp", 2 * 3600), ("ceo", 8 * 3600)]


def test_p8_p17_p19_required_details_and_feedback_deadlines() -> None:
    assert WHOLE.required == DEFAULT_REQUIRED == ("product", "product_version", "os", "os_version", "description")
    assert (WHOLE.feedback.acknowledge_working_days, WHOLE.feedback.review_days) == (2, 7)


def test_p19_to_p22_the_further_deadlines_of_complaints_are_the_same_if_a_file_says_nothing_of_them() -> None:
    further = {"urgent": 4 * 3600, "silence_days": 28, "ahead_days": 28, "marking_working_days": 2}
    further["survey_reminder_working_days"] = 5
    assert {name: getattr(WHOLE.feedback, name) for name in further} == further
    text = re.sub(r"\n  (urgent|silence|ahead|marks|survey_reminder): .*", "", DEFAULT)
    assert text.count("\n") == DEFAULT.count("\n") - 5
    assert contract.read(published(text).resolved) == WHOLE
    assert published(text).version == published(DEFAULT).version


def test_a_further_deadline_of_complaints_is_published_if_it_is_another() -> None:
    for entry, others, field, seconds_or_days in (
        ("urgent: {within: 4h", "urgent: {within: 90m", "urgent", 5400),
        ("silence: {days: 28", "silence: {days: 3653", "silence_days", 3653),
        ("ahead: {days: 28", "ahead: {days: 1", "ahead_days", 1),
        ("marks: {working_days: 2", "marks: {working_days: 366", "marking_working_days", 366),
        ("survey_reminder: {working_days: 5", "survey_reminder: {working_days: 1", "survey_reminder_working_days", 1),
    ):
        assert DEFAULT.count(entry) == 1
        said = published(DEFAULT.replace(entry, others)).resolved["feedback"]
        assert said == WHOLE.resolved()["feedback"] | {field: seconds_or_days}


def test_the_version_is_a_hash_over_all_that_it_resolves_to() -> None:
    document = policy_file.read(policy_file.DEFAULT, today=TODAY)
    assert document == policy_file.load("# other words\n" + DEFAULT, name="other.yaml", today=date(2027, 1, 1))
    assert document.tzdata == document.resolved["tzdata"]
    changed = policy_file.load(DEFAULT.replace("within: 4h", "within: 3h59m59s"), name="p", today=TODAY)
    assert changed.version != document.version
    assert changed.resolved["calendars"] == document.resolved["calendars"]
    assert json.loads(json.dumps(document.resolved)) == document.resolved


def test_a_policy_that_says_no_more_than_before_is_no_other_version() -> None:
    text = re.sub(r",? *assumed: true( #.*)?", "", DEFAULT.split("\nseverities:")[0])
    document = policy_file.load(text, name="policy.yaml", today=TODAY)
    assert document.resolved.keys() == WHOLE.resolved().keys() - {"severities", "assumptions"}
    assert document.version == digest(document.resolved)
    assert digest(document.resolved | {"tzdata": "2026a", "holidays": "0"}) == "eb86e5a10e787c6e"


def test_p5_a_requester_is_told_what_each_severity_is_for() -> None:
    assert list(WHOLE.severities) == [1, 2, 3, 4]
    assert WHOLE.severities[2] == (
        "Substantial degradation. An alternative may exist but is hard to use; reliability or long-term productivity "
        "suffers."
    )


def test_what_the_rules_leave_open_is_published_as_assumed() -> None:
    assert WHOLE.assumptions == (
        "calendars.weekdays",
        "feedback",
        "ladders.breach",
        "metrics.objective.targets.4",
        "tiers.assessment",
    )
    more = DEFAULT.replace("{role: vp, after: 2h}", "{role: vp, after: 2h, assumed: true}").replace(
        "  details: [", "  assumed: true\n  details: ["
    )
    assert {*contract.read(published("assumed: true\n" + more).resolved).assumptions} - {*WHOLE.assumptions} == {
        "",
        "ladders.breach.rungs.2",
        "required",
    }


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1: {means: Down.}", "say what severity 2, 3 and 4 is for too, or leave all out"),
        ("{1: {}, 2: {means: x}, 3: {means: x}, 4: {means: x}}", "severities.1.means: this key is missing; add it"),
        ("{1: {means: ' '}, 2: {means: x}, 3: {means: x}, 4: {means: x}}", "there is nothing in it; write some words"),
        ("{1: {means: x}, 2: {means: x}, 3: {means: x}, 4: {means: x}, 5: {means: x}}", "5 is no severity"),
        (f"{{1: {{means: {'x' * 501}}}, 2: {{means: x}}, 3: {{means: x}}, 4: {{means: x}}}}", "say it in 500"),
    ],
)
def test_words_for_severities_are_for_all_of_them_and_say_something(written: str, said: str) -> None:
    text = DEFAULT.split("\nseverities:")[0] + "\nseverities:\n  " + written
    assert said in refused(text=text)[0]


def test_zones_and_holidays_are_published_as_data() -> None:
    resolved = published(DEFAULT.replace(*with_office("{dates: [2026-11-26],", "{country: US,"))).resolved
    office = resolved["calendars"]["office"]
    assert {"2026-11-26", "2030-12-25", "2020-07-03"} <= set(office["holidays"])
    assert office["known_until"] == max(office["known_until"], office["holidays"][-1])
    zone = resolved["zones"]["America/New_York"]
    assert zone["offset"] == -18000
    assert [1793512800, -18000] in zone["transitions"]  # 2026-11-01 06:00Z
    assert zone["transitions"][-1][0] > 2_200_000_000  # up to 2040


def test_a_subdivision_has_holidays_of_its_own() -> None:
    resolved = published(
        DEFAULT.replace(*with_office("{dates: [2026-11-26],", "{country: DE, subdivision: BY,"))
    ).resolved
    assert "2026-01-06" in resolved["calendars"]["office"]["holidays"]


def test_all_errors_are_told_at_once_each_with_its_line() -> None:
    said = refused(
        ("within: 1h", "within: -1h"),
        ('offset: "+00:00"', "zone: GMT-5"),
        ("role: ceo", "role: vp"),
        ("patrol: {calendar: around", "patrol: {calendar: arond"),
        ("since: 2020-01-01", "since: 2020-01-01\nsicne: 2020-01-01"),
        ('"09:00", to: "17:00"', '"09:00", to: "17:00"}\n      - {days: fri, from: "16:59", to: "18:00"'),
    )
    assert said == [
        "policy.yaml, line 6: sicne: unknown key; did you mean 'since'?",
        "policy.yaml, line 15: metrics.response.targets.1.within: '-1h' is less than nothing; "
        "write a duration such as 1h30m",
        "policy.yaml, line 43: tiers.patrol.calendar: there is no calendar 'arond-the-clock'; "
        "did you mean 'around-the-clock'?",
        "policy.yaml, line 52: calendars.weekdays.windows: windows overlap on fri; "
        "cut them so that each ends before the next",
        "policy.yaml, line 57: calendars.around-the-clock.zone: unknown zone 'GMT-5'; "
        "for a fixed offset write offset: '-05:00' instead of zone",
        "policy.yaml, line 65: ladders.breach.rungs: the ladder loops: it comes back to vp; "
        "name each once and use rounds",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("within: 1h", "within: 0m", "write a duration such as 1h30m"),
        ("within: 1h", "within: 90", "write hours, minutes and seconds"),
        ("warnings: [50, 75, 90]", "warnings: [75, 50]", r"warnings ascend: write \[50, 75\]"),
        ("warnings: [50, 75, 90]", "warnings: [100]", "write a number below 100; and not 100"),
        ("      4: {within", "      3: {within", "severity 4 has a target in no metric"),
        ("      4: {within", "      3: {within", "severity 3 has a target in response and objective"),
        ("days: mon-fri", "days: mon-fry", "'mon-fry' is no day"),
        ('from: "09:00"', "from: 9", "9 is no time of day; write it in quotes"),
        ('from: "09:00"', 'from: "24:00"', "begins before 24:00"),
        ('to: "17:00"', 'to: "24:01"', "no time of day"),
        ('offset: "-05:00"', "zone: America/NewYork", "did you mean America/New_York"),
        ('offset: "-05:00"', "zone: Mars", "unknown zone 'Mars'"),
        ('offset: "-05:00"', "assumed: false", "the key 'assumed' is there twice, first on line 49; leave one"),
        ('    offset: "-05:00"\n', "", "name either a zone"),
        ("role: ceo, after: 8h", "role: ceo, after: 1h", "none is below the one before"),
        ("    rungs:", "    rungs: []\n    ignored:", "a ladder needs a rung"),
        ("after: 0m", "after: 1m", "the first is 0m"),
        ("    rungs:", "    rounds: 2\n    every: 8h\n    rungs:", "the ladder loops into itself"),
        ("until: 2040-12-31", "until: 2026-11-22", "have run out on 2026-11-22"),
        ("until: 2040-12-31", "until: 9999-12-31", "write a date from 1970-01-01 to 2199-12-31"),
        ("since: 2020-01-01", "since: 2041-01-01", "until 2040-12-31 lies before since 2041-01-01"),
        ("since: 2020-01-01", "since: 20", "20 is no date; write it as 2026-12-25"),
        ("within: 1h", "within: 999999999h", "longer than ten years"),
        ("within: 1h", "within: 99999999999h", "write hours, minutes and seconds"),
        ("within: 1h", "within: ٣h", "write hours, minutes and seconds"),
        ("warnings: [50, 75, 90]", "warnings: [yes, 50]", "write a whole number, without quotes; and not 'yes'"),
        ("days: mon-fri", "days: []", "a window on no day never opens"),
        ("review: {days: 7", "review: {days: 70000", "write a number up to 3653; and not 70000"),
        ("acknowledge: {working_days: 2", "acknowledge: {working_days: 400", "write a number up to 366; and not 400"),
        ("urgent: {within: 4h", "urgent: {within: 0h", r"feedback\.urgent\.within: nothing can be done in no time"),
        ("urgent: {within: 4h", "urgent: {within: 4", r"feedback\.urgent\.within: .*write hours, minutes and seconds"),
        ("urgent: {within: 4h", "urgent: {within: 99999h", r"feedback\.urgent\.within: .*longer than ten years"),
        ("urgent: {within: 4h", "urgent: {days: 4", r"feedback\.urgent\.within: this key is missing; add it"),
        ("urgent: {within: 4h, rule: P22}", "urgent: 4h", r"feedback\.urgent: write its keys, .*; and not '4h'"),
        ("silence: {days: 28", "silence: {days: 0", r"feedback\.silence\.days: write a number above 0; and not 0"),
        ("silence: {days: 28", "silence: {days: 3654", r"feedback\.silence\.days: write a number up to 3653"),
        ("silence: {days: 28", "silence: {days: ~", r"feedback\.silence\.days: write a whole number"),
        ("ahead: {days: 28", "ahead: {days: 70000", r"feedback\.ahead\.days: write a number up to 3653; and not 70000"),
        ("ahead: {days: 28", "ahead: {days: '28'", r"feedback\.ahead\.days: write a whole number, without quotes"),
        ("ahead: {days: 28", "ahead: {working_days: 28", r"feedback\.ahead\.days: this key is missing; add it"),
        ("marks: {working_days: 2", "marks: {working_days: 367", r"feedback\.marks\.working_days: .*up to 366"),
        ("marks: {working_days: 2", "marks: {working_days: -1", r"feedback\.marks\.working_days: .*above 0"),
        ("marks: {working_days: 2", "marks: {working_days: 1.5", r"feedback\.marks\.working_days: write a whole"),
        ("  marks: {", "  mark: {", "feedback.mark: unknown key.*did you mean 'marks'"),
        ("feedback:\n  calendar: weekdays", "feedback:\n  calendar: lunar", "there is no calendar 'lunar'"),
        ("required:", "requried:", "this key is missing; add it"),
        ("engineer, after", "enginer, after", "write 'engineer', 'support-manager', 'vp' or 'ceo'; and not 'enginer'"),
        ("after: 30m", "aftre: 30m", "did you mean 'after'"),
        ("rule: P8", "rule: eight", "'eight' is no rule; write it as P10"),
        ("name: The", "name: [The", "this is no YAML: .*look at this line and the one before"),
        ("1: {within: 1h, rule: P10}", "1: 1h", "write its keys, which are rule, assumed, within; and not '1h'"),
        ("1: {within: 1h", '"1": {within: 1h', "'1' is no severity; write 1, 2, 3 or 4, without quotes"),
        ("1: {within: 1h", "true: {within: 1h", "True is no severity"),
        ("1: {within: 1h", "1.0: {within: 1h", "1.0 is no severity"),
        ("1: {within: 1h", "1: {within: !foo 1h", "the tag '!foo' means nothing here; leave it out"),
        ("rule: P8", "rule: 8", "8 is no rule; write it as P10, or several as .P17, P19."),
        ("name: The vendor's support policy", "name: ' '", "name: a name can't be empty"),
        ("name: The vendor's support policy", "name: 7", "7 is no text; put it in quotes"),
        ("  weekdays: #", "  7: {}\n  weekdays: #", "calendars.7: 7 is no text; put it in quotes"),
        ("  weekdays: #", "  '': {}\n  weekdays: #", "calendars.: a name can't be empty"),
        ("until: 2040", "~: 1\nuntil: 2040", "line 6: None: unknown key; use one of"),
        ('offset: "-05:00"', "offset: GMT-5", "'GMT-5' is no offset; write it in quotes, such as '-05:00'"),
        ("details: [product, ", "details: [product, product, ", "product is said twice; say it once"),
        (
            "  details: [",
            "  details:\n  more: [",
            "required.details: write a list, as in .one, another.; and not nothing",
        ),
        ("assumed: true # the rules", "assumed: maybe # the rules", "write true or false; and not 'maybe'"),
    ],
)
def test_a_mistake_is_told_with_what_would_help(old: str, new: str, said: str) -> None:
    assert old in DEFAULT
    with pytest.raises(PolicyRefused, match=said):
        policy_file.load(DEFAULT.replace(old, new, 1), name="policy.yaml", today=TODAY)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("known_until: 2030-12-31", "known_until: 2026-11-22", "the holidays have run out on 2026-11-22"),
        (
            "dates: [2026-11-26]",
            "dates: [2031-01-01]",
            "2031-01-01 lies beyond known_until 2030-12-31; name a later one",
        ),
        ("dates: [2026-11-26]", "country: ZZ", "unknown country 'ZZ'"),
        ("dates: [2026-11-26]", "country: US, subdivision: BY", "unknown subdivision 'BY' of US; it has AK"),
        ("dates: [2026-11-26]", "subdivision: BY", "'BY' is a subdivision of what. Add its country"),
        ('"09:00", to: "12:00"', '"09:00", to: "09:00"', "special hours of 2026-12-24 end by 24:00"),
        ('{from: "09:00", to: "12:00"}', '{from: "09:00", to: "12:00"}, {from: "11:00", to: "13:00"}', "overlap"),
        ('[{days: mon-fri, from: "09:00", to: "17:00"}]', "[]", "a desk that never opens"),
        ('"09:00", to: "17:00"}', '"17:00", to: "17:00"}, {days: tue, from: "16:00", to: "18:00"}', "overlap on tue"),
    ],
)
def test_a_calendar_that_can_t_be_is_told_with_what_would_help(old: str, new: str, said: str) -> None:
    with pytest.raises(PolicyRefused, match=said):
        policy_file.load(DEFAULT.replace(*with_office(old, new)), name="policy.yaml", today=TODAY)


@pytest.mark.parametrize("text", ["", "# nothing but words", "~", "- a", "just words", "3"])
def test_what_is_no_policy_at_all_is_told_what_one_has(text: str) -> None:
    with pytest.raises(PolicyRefused, match=r"line 1: write its keys, which are .*name, since, until, metrics"):
        policy_file.load(text, name="policy.yaml", today=TODAY)


def test_one_mistake_hides_no_other() -> None:
    said = refused(
        ("name: The", "name: Another\nname: The"),
        ("known_until: 2030-12-31", "known_until: 2030-12-31, country: ZZ, subdivision: BY"),
        ("dates: [2026-11-26]", "dates: [2031-02-01, 2031-01-01, 2026-13-01]"),
        ("zone: America/New_York\n", "offset: '+25:00'\n    zone: America/New_York\n"),
        (
            '[{days: mon-fri, from: "09:00", to: "17:00"}]',
            '[{days: x}, {days: tue, from: "09:00", to: "12:00"}, {days: tue, from: "11:00", to: "13:00"}]',
        ),
        (
            'special: {2026-12-24: [{from: "09:00", to: "12:00"}]',
            "special: {nodate: [], 2026-12-24: "
            '[{from: "09:00", to: "12:00"}, {from: "10:00", to: "09:00"}], "2026-12-24": []',
        ),
        ("role: support-manager, after: 30m", "role: manager, after: 30m"),
        ("role: ceo, after: 8h", "role: vp, after: 1h"),
        text=DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:"),
    )
    expected = [
        "the key 'name' is there twice, first on line 4; leave one of them out",
        "calendars.office: name either a zone, such as America/New_York, or a fixed offset, such as '-05:00'",
        "calendars.office.offset: '+25:00' is no offset",
        "calendars.office.windows: windows overlap on tue",
        "calendars.office.windows.0.days: 'x' is no day",
        "calendars.office.windows.0.from: this key is missing",
        "calendars.office.windows.0.to: this key is missing",
        "calendars.office.holidays.country: unknown country 'ZZ'",
        "calendars.office.holidays.dates: 2031-01-01 and 2031-02-01 lie beyond known_until 2030-12-31",
        "calendars.office.holidays.dates.2: '2026-13-01' is no date",
        "calendars.office.special.2026-12-24: special hours of 2026-12-24 end by 24:00",
        "calendars.office.special.2026-12-24: special hours of 2026-12-24 overlap",
        "calendars.office.special.nodate: 'nodate' is no date",
        "the key '2026-12-24' is there twice",
        "ladders.breach.rungs: delays count from the breach",
        "ladders.breach.rungs: the ladder loops: it comes back to vp",
        "ladders.breach.rungs.1.role: write 'engineer'",
    ]
    missing = [part for part in expected if not any(f": {part}" in line for line in said)]
    assert (missing, len(said)) == ([], len(expected))


@pytest.mark.parametrize("text", ["", "- a", "just words", "3", "a: &a [*a]", "\x00", "name: !!python/object x"])
def test_whatever_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyRefused):
        policy_file.load(text, name="policy.yaml", today=TODAY)


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from paths(value, (*path, key))


PLAIN = plain(YAML().load(DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:")))
ODD: list[Any] = [
    None,
    "",
    0,
    -1,
    10**30,
    1e308,
    True,
    [],
    {},
    [[]],
    {1: {}},
    "9" * 50 + "h",
    "0001-01-01",
    "9999-12-31",
    "24:00",
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(paths(PLAIN))), st.sampled_from(ODD))
def test_whatever_stands_anywhere_is_taken_or_refused_and_breaks_nothing(path: tuple[Any, ...], value: Any) -> None:
    file = {"policy": deepcopy(PLAIN)}
    node: Any = file
    for key in ("policy", *path)[:-1]:
        node = node[key]
    node[("policy", *path)[-1]] = value
    text = StringIO()
    YAML().dump(file["policy"], text)
    try:
        document = policy_file.load(text.getvalue(), name="policy.yaml", today=TODAY)
    except PolicyRefused:
        return
    assert Policies().published(published(text.getvalue())).latest == document.version


def test_a_policy_without_any_calendar_names_those_that_are_missed() -> None:
    start, end = DEFAULT.index("calendars:"), DEFAULT.index("\nladders:")
    said = refused(text=DEFAULT[:start] + "calendars: {}\n" + DEFAULT[end:])
    assert len(said) == 5
    assert said[0].endswith("tiers.enlist.calendar: there is no calendar 'weekdays'; there is none at all: add it")


def test_days_may_be_listed_and_ladders_repeated() -> None:
    text = DEFAULT.replace("days: mon-fri", "days: [mon, wed-thu]").replace(
        "    rungs:", "    rounds: 2\n    every: 12h\n    rungs:"
    )
    policy = Policies().published(published(text)).current
    assert [bool(windows) for windows in policy.calendar("weekdays").schedule.weekly] == [1, 0, 1, 1, 0, 0, 0]
    ladder = ladders(published(text))["breach"]
    assert (ladder.rounds, ladder.every) == (2, 12 * 3600)


def test_a_file_that_isn_t_there_is_an_os_error() -> None:
    with pytest.raises(FileNotFoundError):
        policy_file.read(Path("nowhere.yaml"), today=TODAY)


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes("name: x\ntitle: Größe".encode("latin-1"))
    with pytest.raises(PolicyRefused, match="line 2: this is no UTF-8"):
        policy_file.read(file, today=TODAY)


def test_the_shape_is_published_as_a_json_schema() -> None:
    schema = PolicyFile.model_json_schema()
    assert {"metrics", "tiers", "calendars", "ladders", "feedback", "required"} <= set(schema["properties"])


def test_aliases_that_have_no_end_are_refused_at_once() -> None:
    text = "\n".join(["a0: &a0 [1]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))])
    with pytest.raises(PolicyRefused, match="its aliases repeat one another without end"):
        policy_file.load(text, name="policy.yaml", today=TODAY)


@pytest.mark.parametrize("text", ["[" * 200_000, "a: " + "{a: " * 50_000, "- " * 100_000])
def test_what_is_nested_without_end_is_refused_before_it_is_read(text: str) -> None:
    with pytest.raises(PolicyRefused, match="it is nested more than 40 deep"):
        policy_file.load(text, name="policy.yaml", today=TODAY)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("until: 2040-12-31", "until: 2041-02-30", "until: '2041-02-30' is no date; write it as 2026-12-25"),
        ("days: 7", "days: 1" + "0" * 5000, "feedback.review.days: write a whole number, without quotes"),
        ("name: The vendor's support policy", 'name: "\\ud800"', "name: there is a character U+D800 in it"),
        ("name: The vendor's support policy", 'name: "\\e[31m"', "name: there is a character U+001B in it"),
        ("enlist: {", "enlist: &e {<<: *e, ", "this can't be read as YAML"),
    ],
)
def test_what_no_policy_holds_is_told_like_any_mistake(old: str, new: str, said: str) -> None:
    assert said in "\n".join(refused((old, new)))
