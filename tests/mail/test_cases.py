"""Each mail that was once read wrongly is read rightly."""

import pytest
from tests.mail.cases import READ, Case

from intake.mail import parse


@pytest.mark.parametrize("case", READ, ids=str)
def test_a_mail_is_read_whatever_its_program_got_wrong(case: Case) -> None:
    mail = parse(case.raw)
    attachments = [(one.name, one.content_type, one.size) for one in mail.attachments]
    read = {"text": mail.text, "subject": mail.subject, "sender": mail.sender, "attachments": attachments}
    assert {name: read[name] for name in case.read} == case.read
