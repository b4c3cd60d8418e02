"""`punctual calendar`: JSON lines in, answers out in order, held against a brute force second by second."""

import io
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.hours.brute_force import BruteForce, read
from tests.unit.sla_timer.cases import cases
from typer.testing import CliRunner

from hours.instants import DAY
from hours.open_time import open_time_of
from hours.schedule import Schedule, by_weekday
from hours.zones import zone_at
from sla_timer.cli.calendar import app
from sla_timer.cli.cases import answer_after, answer_between
from sla_timer.cli.lines import BadLine, answer_lines
from sla_timer.cli.shelf import Shelf

OFFICE: dict[str, Any] = {
    "zone": "America/New_York",
    "windows": [{"day": day, "from": "09:00", "to": "17:00"} for day in range(5)],
    "holidays": ["2026-11-26"],
    "special": {"2026-12-24": [{"from": "09:00", "to": "12:00"}]},
}
FULL = Path("/dev/full")
moderate = settings(max_examples=20, deadline=None)
exact = json.JSONDecoder(parse_float=Decimal)


def after(start: str, seconds: float, **other: Any) -> str:
    answer: str = json.loads(answer_after(json.dumps(OFFICE | {"start": start, "seconds": seconds} | other).encode()))[
        "at"
    ]
    return answer


def between(start: str, end: str, **other: Any) -> bytes:
    return answer_between(json.dumps(OFFICE | {"start": start, "end": end} | other).encode())


def refused(change: dict[str, Any], *without: str) -> str:
    case = OFFICE | {"start": "2026-07-13T13:30:00Z", "seconds": 60} | change
    with pytest.raises(BadLine) as error:
        answer_after(json.dumps({name: value for name, value in case.items() if name not in without}).encode())
    return str(error.value)


@moderate
@given(cases(), st.integers(0, 20 * 3600 * 10**6))
def test_after_agrees_with_the_brute_force(case: dict[str, Any], microseconds: int) -> None:
    span = timedelta(microseconds=microseconds)
    line = json.dumps(case | {"seconds": microseconds / 10**6})
    try:
        expected = BruteForce(case).after(read(case["start"]), span)
    except OverflowError:
        return  # longer than the brute force looks
    assert read(json.loads(answer_after(line.encode()))["at"]) == expected


@moderate
@given(cases(), st.integers(0, 60 * 3600 * 10**6))
def test_between_agrees_with_the_brute_force(case: dict[str, Any], microseconds: int) -> None:
    start = read(case["start"])
    end = start + timedelta(microseconds=microseconds)
    answer = exact.decode(answer_between(json.dumps(case | {"end": end.isoformat()}).encode()).decode())
    assert timedelta(microseconds=int(answer["seconds"] * 10**6)) == BruteForce(case).between(start, end)


def test_the_answer_to_the_case_of_the_readme() -> None:
    case = {
        "zone": "Australia/Lord_Howe",
        "windows": [{"day": 0, "from": "09:00", "to": "17:00"}, {"day": 1, "from": "09:00", "to": "17:00"}],
        "holidays": ["2026-12-25"],
        "special": {"2026-12-24": [{"from": "09:00", "to": "12:00"}]},
        "start": "2026-07-13T13:30:00.000001Z",
        "seconds": 14400.5,
    }
    assert answer_after(json.dumps(case).encode()) == b'{"at": "2026-07-14T02:30:00.500000Z"}'


def test_half_seconds_and_microseconds_are_exact() -> None:
    assert after("2026-07-13T13:30:00.000001Z", 14400.5) == "2026-07-13T17:30:00.500001Z"
    assert after("2026-07-13T13:30:00.000001Z", 0.000001) == "2026-07-13T13:30:00.000002Z"
    assert after("2026-07-13T13:30:00Z", 0) == "2026-07-13T13:30:00Z"
    assert between("2026-07-13T13:30:00.000001Z", "2026-07-13T17:30:00.5Z") == b'{"seconds": 14400.499999}'
    assert between("2026-07-13T13:00:00Z", "2026-07-13T14:00:00Z") == b'{"seconds": 3600}'


def test_a_float_with_more_digits_than_microseconds_is_taken_to_the_nearest() -> None:
    assert after("2026-07-13T13:30:00Z", 0.1 + 0.2) == "2026-07-13T13:30:00.300000Z"
    assert after("2026-07-13T13:30:00Z", 0.7999999999999999) == "2026-07-13T13:30:00.800000Z"


def test_digits_that_a_float_would_lose_are_kept() -> None:
    whole = {"offset": "+00:00", "windows": [{"day": n, "from": "00:00", "to": "24:00"} for n in range(7)]}
    line = json.dumps(whole | {"start": "0001-01-01T00:00:00Z", "end": "9999-12-31T23:59:59.999999Z"})
    assert answer_between(line.encode()) == b'{"seconds": 315537897599.999999}'
    back = json.dumps(whole | {"start": "0001-01-01T00:00:00Z"})[:-1] + ', "seconds": 315537897599.999999}'
    assert answer_after(back.encode()) == b'{"at": "9999-12-31T23:59:59.999999Z"}'


def test_what_ends_before_it_starts_is_negative() -> None:
    assert between("2026-07-13T14:00:00.5Z", "2026-07-13T13:59:59Z") == b'{"seconds": -1.5}'
    assert between("2026-07-13T14:00:00Z", "2026-07-13T13:59:59.5Z") == b'{"seconds": -0.5}'


def test_instants_may_have_an_offset_and_fewer_digits() -> None:
    assert after("2026-07-13T09:30-04:00", 60) == after("2026-07-13T13:30:00.0Z", 60) == "2026-07-13T13:31:00Z"


def test_windows_over_midnight_and_up_to_24_00() -> None:
    nights: dict[str, Any] = {
        "windows": [{"day": 6, "from": "22:00", "to": "06:00"}, {"day": 2, "from": "20:00", "to": "24:00"}]
    }
    span = ("2026-07-12T00:00:00-04:00", "2026-07-19T00:00:00-04:00")
    assert between(*span, **nights) == b'{"seconds": 43200}'
    assert between(*span, windows=[{"day": 0, "from": "09:00", "to": "09:00"}]) == b'{"seconds": 86400}'


def test_the_years_before_1970_and_after_2100_are_counted_too() -> None:
    for start in ("1890-03-01T00:00:00Z", "1943-06-01T11:11:11.5Z", "2750-06-01T00:00:00Z"):
        expected = BruteForce(OFFICE).after(read(start), timedelta(hours=1))
        assert read(after(start, 3600)) == expected


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zone": "America/NewYork"}, "zone: unknown zone 'America/NewYork'; did you mean America/New_York"),
        ({"zone": "GMT-5"}, "zone: unknown zone 'GMT-5'; for a fixed offset write offset: '-05:00' instead of zone"),
        ({"zone": None}, "zone: name either a zone or an offset; write an IANA name such as America/New_York"),
        ({"offset": "-05:00"}, "zone: name either a zone or an offset"),
        ({"zone": None, "offset": "-5"}, "offset: '-5' is none; write it as +HH:MM or -HH:MM, such as -05:00"),
        ({"zone": 5}, "zone: Expected str | null, got int; write an IANA name"),
        (
            {"windows": [{"day": 7, "from": "09:00", "to": "17:00"}]},
            "windows[0].day: Expected int <= 6; write a number",
        ),
        ({"windows": [{"day": 0, "from": "9:00", "to": "17:00"}]}, "windows[0].from: '9:00' is no time of day; write"),
        ({"windows": [{"day": 0, "from": "24:00", "to": "17:00"}]}, "windows[0].from: a window begins before 24:00;"),
        ({"windows": [{"day": 0, "from": "09:00", "to": "24:01"}]}, "windows[0].to: '24:01' is no time of day"),
        ({"windows": [{"day": 0, "from": "09:00"}]}, "windows[0].to: this field is missing; write a time of day"),
        ({"windows": {}}, "windows: Expected array, got object; write a list such as"),
        (
            {"windows": [{"day": 6, "from": "20:00", "to": "02:00"}, {"day": 0, "from": "01:59", "to": "03:00"}]},
            "windows: they overlap on mon; cut them so that each ends before the next",
        ),
        ({"holidays": ["25.12.2026"]}, "holidays[0]: Invalid RFC3339 encoded date; write a list of dates"),
        ({"special": {"2026-02-30": []}}, "special: Invalid RFC3339 encoded date; write dates with their hours"),
        (
            {"special": {"2026-12-24": [{"from": "20:00", "to": "02:00"}]}},
            "special.2026-12-24: special hours end by 24:00; write what lies beyond on the next date",
        ),
        (
            {"special": {"2026-12-24": [{"from": "09:00", "to": "12:00"}, {"from": "11:00", "to": "13:00"}]}},
            "special.2026-12-24: special hours overlap",
        ),
        ({"special": {"2026-12-24": 7}}, "special.2026-12-24: Expected array, got int; write dates with their hours"),
        (
            {"special": {"2026-12-25": [], "2026-12-24": [{"from": "09:00", "to": 12}]}},
            "special.2026-12-24[0].to: Expected str, got int; write a time of day",
        ),
        ({"offset": "x" * 100_000}, "offset: Expected str of length <= 64; write it as +HH:MM or -HH:MM"),
        ({"start": "2026-07-13T13:30:00+24:00"}, "start: '2026-07-13T13:30:00+24:00' is no instant; write an instant"),
        ({"start": "2026-07-13T13:30:00"}, "start: '2026-07-13T13:30:00' doesn't say in which zone; end it with Z"),
        ({"start": "2026-07-13T13:30:00.0000001Z"}, "start: '2026-07-13T13:30:00.0000001Z' has more than six decimals"),
        ({"start": "2026-02-30T13:30:00Z"}, "start: '2026-02-30T13:30:00Z' is no instant: day is out of range"),
        ({"start": "0001-01-01T00:00:00+05:00"}, "start: '0001-01-01T00:00:00+05:00' lies outside the years 1 to 9999"),
        (
            {"start": "tomorrow"},
            "start: 'tomorrow' is no instant; write an instant such as 2026-07-13T13:30:00.000001Z",
        ),
        ({"seconds": -1}, "seconds: -1 is less than nothing; write a number from 0 on"),
        ({"seconds": -0.5}, "seconds: -0.5 is less than nothing"),
        ({"seconds": "60"}, 'seconds: "60" is no number; write a number from 0 on, such as 14400.5'),
        ({"seconds": None}, "seconds: null is no number"),
        ({"seconds": 1e300}, "seconds: 1e+300 is longer than the calendar reaches"),
        ({"seconds": 10**12}, "seconds: they are not over before the year 10000; write fewer, or open longer"),
        ({"windows": [], "special": {}}, "seconds: they are not over before the year 10000"),
        ({"holiday": []}, "holiday: unknown field; did you mean 'holidays'?"),
        ({"colour": "red"}, "colour: unknown field; leave it out"),
    ],
)
def test_a_bad_line_says_which_field_and_what_would_help(change: dict[str, Any], said: str) -> None:
    assert refused(change).startswith(said)


def test_a_missing_field_is_named() -> None:
    assert refused({}, "start").startswith("start: this field is missing; write an instant")
    assert refused({}, "seconds").startswith("seconds: this field is missing; write a number")


@pytest.mark.parametrize(
    "line", [b"", b"nonsense", b"[1]", b'"text"', b"{", b"\xff\xfe", b"null", b'{"windows": [1', b"[" * 10_000]
)
def test_what_is_no_object_is_told_so(line: bytes) -> None:
    with pytest.raises(BadLine, match="write one object a line"):
        answer_after(line)


def test_a_bad_line_is_answered_in_its_place_and_the_rest_goes_on() -> None:
    good = json.dumps(OFFICE | {"start": "2026-07-13T13:30:00Z", "seconds": 60})
    said = CliRunner().invoke(app, ["after"], input="\n".join([good, "", '{"zone": 1}', good]))
    assert said.exit_code == 0
    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert [list(answer) for answer in answers] == [["at"], ["error"], ["error"], ["at"]]
    assert said.stderr == "2 of 4 lines could not be answered\n"
    assert CliRunner().invoke(app, ["between"], input="{}").stderr == "1 of 1 lines could not be answered\n"
    assert CliRunner().invoke(app, ["between"], input="").stdout == ""


def test_answers_come_as_soon_as_they_are_asked_for() -> None:
    (their_end, ours), (answers, sink) = os.pipe(), os.pipe()
    with os.fdopen(their_end, "rb") as source, os.fdopen(sink, "wb") as out, os.fdopen(answers, "rb") as heard:
        clerk = threading.Thread(target=answer_lines, args=(source, out, bytes.upper))
        clerk.start()
        for line in (b"one", b"two"):
            os.write(ours, line + b"\n")
            assert heard.readline() == line.upper() + b"\n"
        os.close(ours)
        clerk.join(5)
        assert not clerk.is_alive()


def test_lines_may_be_cut_anywhere() -> None:
    class Drops(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            return super().read1(3)

    out = io.BytesIO()
    assert answer_lines(Drops(b"first\nsecond\r\nlast"), out, bytes.upper) == (3, 0)
    assert out.getvalue() == b"FIRST\nSECOND\r\nLAST\n"


def test_calendars_are_kept_as_long_as_there_is_room_for_what_they_laid_out() -> None:
    made = []

    def compiled(name: str) -> Any:
        made.append(name)
        return open_time_of(Schedule(zone_at("+00:00"), by_weekday([(0, 0, 3600)]), {}))

    shelf = Shelf(compiled, rows=1_000)
    for name in ("a", "b", "a"):
        shelf.take(name)
    assert made == ["a", "b"]
    shelf.take("b").between(0, 20 * 365 * DAY)
    shelf.take("c")
    shelf.take("c")
    assert len(shelf) == 1  # with what b has laid out there was no room for another
    shelf.take("b")
    assert made == ["a", "b", "c", "b"]


@pytest.mark.parametrize("seconds", [b"1e99999999999999999999999", b"1e-99999999999999999999999", b'"\xff"'])
def test_whatever_stands_for_a_number_costs_no_other_line_its_answer(seconds: bytes) -> None:
    good = json.dumps(OFFICE | {"start": "2026-07-13T13:30:00Z", "seconds": 60}).encode()
    lines = [good, good.replace(b" 60", seconds), good]
    sink = io.BytesIO()
    assert answer_lines(io.BytesIO(b"\n".join(lines)), sink, answer_after) == (3, 1)
    first, wrong, last = map(json.loads, sink.getvalue().splitlines())
    assert wrong["error"].startswith("seconds: ")
    assert first == last == {"at": "2026-07-13T13:31:00Z"}


def test_a_fault_of_ours_costs_no_other_line_its_answer() -> None:
    def answer(line: bytes) -> bytes:
        return b"%d" % (1 // int(line))

    sink = io.BytesIO()
    assert answer_lines(io.BytesIO(b"1\n0\n1\n"), sink, answer) == (3, 1)
    assert sink.getvalue().splitlines()[::2] == [b"1", b"1"]


@pytest.mark.skipif(not FULL.exists(), reason="there is no full device here")
def test_answers_that_can_t_be_written_end_it_with_the_reason() -> None:
    line = json.dumps(OFFICE | {"start": "2026-07-13T13:30:00Z", "seconds": 60})
    command = [sys.executable, "-c", "from sla_timer.cli.calendar import app; app()", "after"]
    with FULL.open("wb") as full:
        ended = subprocess.run(command, input=f"{line}\n", stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "The answers can't be written: No space left on device\n")


@pytest.mark.parametrize(("closed", "what"), [("<&-", "no standard input"), (">&-", "no standard output")])
def test_where_nothing_can_be_read_or_written_it_says_so(closed: str, what: str) -> None:
    command = f'"$0" -c "from sla_timer.cli.calendar import app; app()" after {closed}'
    ended = subprocess.run(["sh", "-c", command, sys.executable], input="", capture_output=True, text=True, check=False)
    assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    assert f"there is {what}" in " ".join(ended.stderr.replace("│", "").split())


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    sink = io.BytesIO()
    assert answer_lines(io.BytesIO(b"\xef\xbb\xbf1\n"), sink, bytes) == (1, 0)
    assert sink.getvalue() == b"1\n"


def test_what_is_asked_of_a_start_in_the_far_past_needs_no_more_than_its_neighbourhood() -> None:
    assert datetime(2, 1, 1, tzinfo=UTC) < read(after("0002-01-01T00:00:00Z", 3600)) < datetime(2, 1, 6, tzinfo=UTC)
