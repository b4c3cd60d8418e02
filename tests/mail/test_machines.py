"""Each fault that was found in telling machines from people, in words of our own."""

import pytest
from tests.mail.cases_machines import CASES, Case

from intake.mail import parse


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind or 'person'}: {case.shows}")
def test_a_person_s_mail_and_each_kind_of_machine_s_are_told_apart(case: Case) -> None:
    told = parse(case.raw).automatic
    assert (told.kind if told else None) == case.kind, told
