"""The report: our verdicts beside the log's, and why they differ."""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.shared import DATA, none
from tests.unit.punctual.incidents import SAO_PAULO, incident, lived, text
from typer.testing import CliRunner

from punctual.commands import imports
from punctual.servicenow.compare import CLOSING, RESPONSE, Report, compared
from punctual.servicenow.judging import judged
from punctual.servicenow.rows import Incident
from punctual.servicenow.show import as_json
from sla_timer.what_if.imported import judge_by

LOG = DATA / "uci-servicenow-incidents" / "incident_event_log.csv.gz"
TODAY = date(2026, 11, 23)
CLOSING_JUDGE, RESPONSE_JUDGE = judge_by("servicenow", TODAY), judge_by("servicenow-response", TODAY)
TUESDAY, FRIDAY = "1/3/2016 09:00", "4/3/2016 16:00"

IN_TIME = lived("INC10", TUESDAY, "9/3/2016 12:00", "true", (TUESDAY, "Active"), (FRIDAY, "Resolved"))
TOO_LATE = lived("INC11", TUESDAY, "14/3/2016 12:00", "false", (FRIDAY, "Active"), (FRIDAY, "Resolved"))
LOWERED = incident(
    {"priority": "1 - Critical", "sys_updated_at": TUESDAY},
    {"priority": "3 - Moderate", "sys_updated_at": FRIDAY, "incident_state": "Active"},
    {"priority": "3 - Moderate", "sys_updated_at": "9/3/2016 12:00", "incident_state": "Closed"},
    number="INC12",
    closed_at="9/3/2016 12:00",
    resolved_at=FRIDAY,
)
REOPENED = lived("INC13", TUESDAY, "30/3/2016 12:00", "true", ("29/3/2016 16:00", "Resolved"), reopen_count="1")
LEFT = lived("INC14", TUESDAY, "30/3/2016 12:00", "true", (FRIDAY, "Resolved"), resolved_at=FRIDAY)
URGENT = lived("INC15", TUESDAY, "7/3/2016 12:00", "true", priority="1 - Critical", resolved_at="3/3/2016 12:00")
NEAR = lived("INC16", TUESDAY, "9/3/2016 22:00", "false", resolved_at="5/3/2016 22:00")
ODD = lived("INC17", TUESDAY, "21/3/2016 12:00", "true", resolved_at="16/3/2016 12:00")


def reported(*log: Incident) -> Report:
    return compared(judged(log, SAO_PAULO, CLOSING_JUDGE, RESPONSE_JUDGE), SAO_PAULO)


def test_where_ours_and_theirs_agree_nothing_is_explained() -> None:
    closing = reported(IN_TIME, TOO_LATE).closing
    assert (closing.both_kept, closing.both_broken, closing.found) == (1, 1, {})
    assert closing.states[3] == Counter(met=1, breached=1)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (LOWERED, "lowered"),
        (REOPENED, "reopened"),
        (LEFT, "left-lying"),
        (URGENT, "urgent"),
        (NEAR, "near"),
        (ODD, "unexplained"),
    ],
)
def test_each_kind_of_disagreement_on_the_closing_is_told_apart(one: Incident, kind: str) -> None:
    closing = reported(IN_TIME, one).closing
    assert closing.found == {kind: [one.number]}
    assert closing.only_we_broken + closing.only_log_broken == 1


def test_a_first_answer_is_another_promise_than_a_closing() -> None:
    late = lived("INC18", TUESDAY, "9/3/2016 12:00", "true", (FRIDAY, "Active"))
    early = lived("INC19", TUESDAY, "14/3/2016 12:00", "false", (TUESDAY, "Active"))
    assert reported(IN_TIME, late, early).response.found == {"answered-late": ["INC18"], "closed-late": ["INC19"]}


def test_what_was_never_closed_is_judged_by_time_alone_as_of_its_last_row() -> None:
    running = incident({"sys_updated_at": TUESDAY}, number="INC20")
    overdue = incident({"sys_updated_at": TUESDAY}, {"sys_updated_at": "30/3/2016 12:00"}, number="INC21")
    assert reported(running, overdue).closing.states[3] == Counter(running=1, breached=1)


def test_kinds_have_names_of_their_own_and_the_last_fits_all() -> None:
    assert len({kind.name for kind in (*CLOSING, *RESPONSE)}) == len(CLOSING) + len(RESPONSE)
    [one] = judged([IN_TIME], SAO_PAULO, CLOSING_JUDGE, RESPONSE_JUDGE)
    assert all(kinds[-1].fits(one, SAO_PAULO) for kinds in (CLOSING, RESPONSE))


def said(*arguments: str | Path) -> Any:
    return CliRunner().invoke(imports.group, ["servicenow", *map(str, arguments)])


def written(tmp_path: Path, log: Sequence[Incident]) -> Path:
    file = tmp_path / "log.csv.gz"
    file.write_bytes(gzip.compress(text(log).encode()))
    return file


def test_the_command_names_the_authors_and_counts(tmp_path: Path) -> None:
    file = written(tmp_path, [IN_TIME, TOO_LATE, LEFT])
    answer = said(file)
    assert answer.exit_code == 0, answer.output
    words = " ".join(answer.stdout.split())
    assert "C. A. L. Amaral, M. Fantinato and S. M. Peres" in words
    assert "We agree with the log on 2 of 3 (66.67%)" in words
    assert "INC14" in words
    found = json.loads(said(file, "--json").stdout)
    assert found == as_json(reported(IN_TIME, TOO_LATE, LEFT), {m: found[m]["policy"] for m in ("closing", "response")})
    assert found["closing"]["disagreements"][0]["examples"] == ["INC14"]


def test_a_zipped_log_is_known_by_its_beginning_whatever_it_is_called(tmp_path: Path) -> None:
    zipped, plain = tmp_path / "zipped.csv", tmp_path / "plain.csv.gz"
    zipped.write_bytes(gzip.compress(text([IN_TIME]).encode()))
    plain.write_text(text([IN_TIME]))
    assert [said(file, "--json").exit_code for file in (zipped, plain)] == [0, 0]


def test_states_that_the_log_does_not_define_are_counted_and_named(tmp_path: Path) -> None:
    strange = lived("INC22", TUESDAY, "9/3/2016 12:00", "true", (TUESDAY, "Aktiv"), (FRIDAY, "-100"))
    file = written(tmp_path, [IN_TIME, strange, incident({"incident_state": "-100"}, number="INC23")])
    assert json.loads(said(file, "--json").stdout)["undefined_states"] == {"-100": 2, "Aktiv": 1}
    words = " ".join(said(file).stdout.split())
    assert "3 rows have a state that the log doesn't define, and change nothing: '-100' (2), 'Aktiv' (1)." in words


def test_another_policy_judges_otherwise(tmp_path: Path) -> None:
    policy = tmp_path / "strict.yaml"
    shipped = Path(imports.__file__).parents[4] / "services/sla-timer/sla_timer/policies/servicenow.yaml"
    policy.write_text(shipped.read_text().replace("62h 2m", "9h"))
    found = json.loads(said(written(tmp_path, [IN_TIME]), "--policy", policy, "--json").stdout)
    assert found["closing"]["only_we_say_broken"] == 1


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["no-such-file.csv"], "can't be read"),
        (["{log}", "--zone", "Mars/Olympus"], "unknown zone 'Mars/Olympus'"),
        (["{log}", "--policy", "no-such-policy.yaml"], "can't be read"),
        (["{log}", "--policy", "{log}"], "no UTF-8"),
        (["{bad}"], "line 2: priority is '?'"),
        (["{odd}"], "is no UTF-8"),
    ],
)
def test_what_can_not_be_read_is_named_with_what_would_help(tmp_path: Path, arguments: list[str], what: str) -> None:
    places = {"log": written(tmp_path, [IN_TIME]), "bad": tmp_path / "bad.csv", "odd": tmp_path / "odd.csv"}
    places["bad"].write_text(text([incident({"priority": "?"})]))
    places["odd"].write_bytes(b"number\xff\n")
    answer = said(*(argument.format(**places) for argument in arguments))
    assert answer.exit_code in (1, 2)
    assert what in " ".join(answer.output.replace("│", "").split())


@pytest.mark.slow
@pytest.mark.skipif(not LOG.is_file(), reason=none("incident log"))
def test_the_whole_real_log_is_judged_as_its_desk_judged_it_but_for_forty_incidents() -> None:
    found = json.loads(said(LOG, "--json").stdout)
    closing = found["closing"]
    assert (found["incidents"], found["rows"], found["made_sla"]["true"]) == (24_918, 141_712, 15_803)
    assert closing["agree"] == 24_878
    assert {one["kind"]: one["incidents"] for one in closing["disagreements"]} == {
        "lowered": 15,
        "reopened": 4,
        "left-lying": 10,
        "urgent": 4,
        "near": 2,
        "unexplained": 5,
    }
    assert found["undefined_states"] == {"-100": 5}
    assert sum(found["response"]["by_severity"]["3"].values()) == 23_466
