"""The notice that mails wait in the mailroom."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.unit.notifier.test_mail_builder import HEAD
from tests.unit.notifier.test_overtaking import fact

from contracts.notifications import LetterRequested
from contracts.tickets import WaitingMailsNoted
from notifier.domain import INITIAL, decide
from notifier.domain.streams import thread_stream
from notifier.react import react
from notifier.senders.pending import pending_mail

NOTICE = UUID(int=601)
NOTED = WaitingMailsNoted(
    notice_id=NOTICE, ordinal=1, unmatched=2, failed=1, ignored=0, since=datetime(2026, 7, 13, 12, tzinfo=UTC)
)


def requested(noted: WaitingMailsNoted = NOTED) -> Any:
    ((stream, command),) = react(fact(noted))
    assert stream == thread_stream(NOTICE)
    (event,) = decide(command, INITIAL)
    return event


def text(event: Any) -> str:
    mail = HEAD.build(pending_mail([fact(event)], event.notification_id).request)
    assert (mail["To"], mail["Subject"]) == (
        "support-manager@staff.example",
        "[Mailroom] Mails wait for somebody to see to them",
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    part = mail.get_body(("plain",))
    assert part
    return " ".join(str(part.get_content()).split())


def test_the_support_manager_is_told_how_many_mails_wait_since_when_and_how_to_see_them() -> None:
    event = requested()
    assert isinstance(event, LetterRequested)
    assert (event.template, event.role, event.automatic) == ("mails-waiting", "support-manager", "generated")
    said = text(event)
    assert "3 mails wait in the mailroom" in said
    assert "From people we don't know: 2 Could not be performed: 1 The oldest came: 13 July 2026, 12:00:00 UTC" in said
    assert "GET /v1/mails?state=unmatched&state=failed&state=ignored" in said
    assert "Ignored" not in said


def test_of_one_mail_the_notice_speaks_as_of_one() -> None:
    one = WaitingMailsNoted(notice_id=NOTICE, ordinal=2, unmatched=0, failed=0, ignored=1, since=NOTED.since)
    said = text(requested(one))
    assert "1 mail waits in the mailroom. Whoever wrote it has no ticket" in said
    assert "Ignored, though a person may have written: 1" in said


def test_the_same_notice_is_one_mail_whatever_process_hears_of_it() -> None:
    assert requested().notification_id == requested().notification_id
