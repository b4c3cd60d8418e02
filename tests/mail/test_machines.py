"""Each fault that was found in telling machines from people, in words of our own."""

import pytest
from tests.mail.cases_away import PEOPLE, PROGRAMS
from tests.mail.cases_machines import CASES, Case

from intake.mail import parse


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind or 'person'}: {case.shows}")
def test_a_person_s_mail_and_each_kind_of_machine_s_are_told_apart(case: Case) -> None:
    told = parse(case.raw).automatic
    assert (told.kind if told else None) == case.kind, told


def reason(subject: str, text: str) -> str | None:
    told = parse(Case("", None, f"Subject: {subject}", text).raw, envelope_sender="solveig@fjord.example").automatic
    return told.reason if told else None


@pytest.mark.parametrize(("subject", "text"), PEOPLE)
def test_who_is_away_and_has_a_matter_is_a_person(subject: str, text: str) -> None:
    assert reason(subject, text) is None


@pytest.mark.parametrize(("subject", "text"), PROGRAMS)
def test_a_vacation_reply_is_told_without_headers(subject: str, text: str) -> None:
    assert reason(subject, text) == "vacation-subject"
