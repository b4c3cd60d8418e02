"""All mails to a customer about a ticket have one subject, which is theirs."""

from dataclasses import replace
from typing import Any

from tests.unit.notifier.test_mail_builder import HEAD
from tests.unit.notifier.test_mail_builder import request as mail_to_customer
from tests.unit.notifier.test_overtaking import fact
from tests.unit.notifier.test_survey_mails import OTHER, SURVEY, reminding
from tests.unit.notifier.test_thread import ANSWERED, BREACHED, FORGOTTEN, OPENED, RECEIPT, opening, outcome

from contracts.base import ERASED
from notifier.senders.pending import PendingMail, pending_mail

TITLED = replace(OPENED, title="Re: It broke [P-1000]")
SUBJECT = "Re: It broke [P-1042]"


def pending(*events: Any) -> PendingMail:
    """The last mail of the thread."""
    return pending_mail([fact(event) for event in events], events[-1].notification_id)


def test_a_thread_knows_the_title_of_its_ticket() -> None:
    assert outcome([], opening(title="Re: It broke [P-1000]")) == [TITLED, RECEIPT]


def test_all_mails_to_the_customer_have_the_subject_of_their_ticket() -> None:
    assert pending(TITLED, RECEIPT).subject == SUBJECT
    assert pending(TITLED, RECEIPT, ANSWERED).subject == SUBJECT
    mail = HEAD.build(mail_to_customer(), subject=SUBJECT)
    assert mail["Subject"] == SUBJECT
    assert mail.as_bytes() == HEAD.build(mail_to_customer(), subject=SUBJECT).as_bytes()


def test_mails_to_staff_say_what_they_are_about() -> None:
    assert pending(TITLED, RECEIPT, BREACHED).subject is None


def test_without_a_title_and_once_it_is_erased_a_mail_has_the_number_and_words_of_ours() -> None:
    assert pending(OPENED, RECEIPT).subject is None
    assert pending(replace(FORGOTTEN, title=ERASED), RECEIPT).subject is None
    assert HEAD.build(mail_to_customer())["Subject"] == "[P-1042] A message about your request"


def test_a_reminder_of_several_tickets_has_the_subject_of_none() -> None:
    one, other = reminding("P-1042", SURVEY), reminding("P-1043", OTHER)
    assert HEAD.build(one, subject=SUBJECT)["Subject"] == SUBJECT
    assert HEAD.build(one, other, subject=SUBJECT)["Subject"] == "[P-1042] How was our support?"
