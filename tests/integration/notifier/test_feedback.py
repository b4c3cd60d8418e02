"""Letters about feedback wait for their deadline and lead back to the feedback; one that fails reaches a person."""

from collections.abc import Iterable
from dataclasses import replace
from email.message import EmailMessage
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.desk import TestDesk
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer, text_of
from tests.integration.teller import Teller
from tests.unit.notifier.feedback_facts import NOON, OPENED, OUTCOME, RECEIVED

from contracts.complaints import OutcomeGiven, ReviewOpened
from contracts.feedback import Deadline, DeadlineScheduled, FeedbackReceived
from kit.signed.reply_address import ticket_named

LONG = 60.0
STAFF = "support-manager@desk.punctual.local"


def received(ann: Requester, email: str | None) -> FeedbackReceived:
    feedback_id = uuid4()
    number = f"F-{feedback_id.int % 100_000}"
    return replace(RECEIVED, feedback_id=feedback_id, number=number, subject_id=ann.subject_id, email=email)


def outcome(opened: FeedbackReceived) -> OutcomeGiven:
    return replace(OUTCOME, feedback_id=opened.feedback_id, subject_id=opened.subject_id)


def review(opened: FeedbackReceived) -> ReviewOpened:
    return replace(OPENED, feedback_id=opened.feedback_id, number=opened.number)


def stream(opened: FeedbackReceived) -> str:
    return f"feedback-{opened.feedback_id}"


def scheduled(opened: FeedbackReceived, deadline: Deadline, set_by: UUID) -> DeadlineScheduled:
    return DeadlineScheduled(
        feedback_id=opened.feedback_id,
        number=opened.number,
        deadline=deadline,
        alarm=f"{deadline}-1",
        due_at=NOON,
        set_by=set_by,
    )


def about(mails: Iterable[EmailMessage], opened: FeedbackReceived) -> list[EmailMessage]:
    return [mail for mail in mails if mail["Subject"].startswith(f"[{opened.number}]")]


def patience(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("notifier.domain.next_instant.WAIT_SECONDS", seconds)


async def test_letters_wait_for_their_deadline_name_it_and_lead_back_to_the_feedback(
    notifier: TestDesk,
    client: httpx2.AsyncClient,
    feedback: Teller,
    server: MailServer,
    ann: Requester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience(monkeypatch, LONG)
    opened = received(ann, ann.email)
    (receipt,) = await feedback.tell(opened, stream=stream(opened))
    await listed(client, opened.feedback_id, "requested")
    await feedback.tell(scheduled(opened, "acknowledgement", receipt.event_id), stream=stream(opened))
    await listed(client, opened.feedback_id, "sent")
    (given,) = await feedback.tell(outcome(opened), stream=stream(opened))
    await feedback.tell(scheduled(opened, "silence", given.event_id), stream=stream(opened))
    latest, _ = await listed(client, opened.feedback_id, "sent", 2)
    first, second = about(server.to(ann.email), opened)
    assert "before Tuesday, 14 July 2026, 14:00 your time" in " ".join(text_of(first).split())
    assert "hear from you before Tuesday, 14 July 2026, 14:00" in " ".join(text_of(second).split())
    assert first["From"].addresses[0].addr_spec == "feedback@punctual.local"
    key = notifier.common.survey_secret.get_secret_value().encode()
    assert ticket_named([first["Reply-To"]], [key]) == opened.feedback_id
    assert "https://feedback.example/c/" in text_of(second)
    words = (await client.get(f"/v1/notifications/{latest['notification_id']}")).json()
    assert (words["text"], words["second_text"], words["third_text"]) == (
        OUTCOME.found,
        OUTCOME.resolution,
        OUTCOME.measures,
    )
    assert words["about"]["next_at"] == "2026-07-14T12:00:00Z"


async def test_a_letter_that_fails_is_told_to_the_support_manager_once(
    client: httpx2.AsyncClient,
    feedback: Teller,
    server: MailServer,
    ann: Requester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience(monkeypatch, 0.0)
    monkeypatch.setattr(server, "refuse", lambda to: "550 5.1.1 no such user" if to == ann.email else None)
    opened = received(ann, ann.email)
    await feedback.tell(opened, stream=stream(opened))
    (failed,) = await listed(client, opened.feedback_id, "failed")
    assert failed["template"] == "feedback-received"
    (told,) = await listed(client, opened.feedback_id, "sent")
    assert (told["template"], told["role"]) == ("letter-undeliverable", "support-manager")
    (mail,) = about(server.to(STAFF), opened)
    assert "550 5.1.1" in text_of(mail)


async def test_of_a_mail_to_staff_that_fails_nobody_is_told(
    client: httpx2.AsyncClient,
    feedback: Teller,
    server: MailServer,
    ann: Requester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience(monkeypatch, 0.0)
    monkeypatch.setattr(server, "refuse", lambda to: "550 5.1.1 no such user" if to == STAFF else None)
    opened = received(ann, None)
    await feedback.tell(opened, review(opened), stream=stream(opened))
    (failed,) = await listed(client, opened.feedback_id, "failed")
    assert failed["template"] == "complaint-opened"
    (suppressed,) = await listed(client, opened.feedback_id, "suppressed")
    assert (suppressed["template"], suppressed["reason"]) == ("feedback-received", "no-address")
    assert len(await listed(client, opened.feedback_id, None, 2)) == 2
