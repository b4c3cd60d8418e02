"""Surveys by mail (P16): who is asked and reminded, and that several reminders to one person are one mail."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.desk import eventually
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer, text_of
from tests.integration.teller import Teller

from contracts.feedback import SurveyAnswered, SurveyIssued, SurveyReminderDue
from contracts.tickets import TicketOpened

LATER = datetime(2099, 1, 1, tzinfo=UTC)
ASKED_AGAIN = "we would still like to know"


def survey(opened: TicketOpened, **changes: Any) -> SurveyIssued:
    given: dict[str, Any] = {
        "ticket_id": opened.ticket_id,
        "survey_id": uuid4(),
        "account_id": opened.account_id,
        "subject_id": opened.subject_id,
        "number": opened.number,
        "closing": 1,
    }
    return SurveyIssued(**given | changes)


def due(issued: SurveyIssued) -> SurveyReminderDue:
    return SurveyReminderDue(
        ticket_id=issued.ticket_id,
        survey_id=issued.survey_id,
        subject_id=issued.subject_id,
        number=issued.number,
        closing=issued.closing,
        answer_until=LATER,
    )


async def asked(client: httpx2.AsyncClient, intake: Teller, feedback: Teller, ann: Requester) -> SurveyIssued:
    """A ticket of Ann's was closed, and the mail with its survey has left."""
    opened = ann.opens()
    await intake.tell(opened)
    await listed(client, opened.ticket_id, "sent")
    issued = survey(opened)
    await feedback.tell(issued)
    await listed(client, opened.ticket_id, "sent", 2)
    return issued


def reminders(server: MailServer, ann: Requester) -> list[str]:
    return [text for mail in server.to(ann.email) if ASKED_AGAIN in " ".join((text := text_of(mail)).split())]


async def status_of(client: httpx2.AsyncClient, issued: SurveyIssued, template: str) -> Any:
    """What became of a mail, once something has."""

    async def look() -> Any:
        params = {"ticket_id": str(issued.ticket_id)}
        items = (await client.get("/v1/notifications", params=params)).json()["items"]
        return [one for one in items if one["template"] == template and one["status"] != "requested"]

    found: Any = await eventually(look, 30)
    return found[0]


async def test_reminders_to_one_person_are_one_mail_and_each_is_recorded_with_it(
    client: httpx2.AsyncClient, intake: Teller, feedback: Teller, server: MailServer, ann: Requester
) -> None:
    several = [await asked(client, intake, feedback, ann) for _ in range(3)]
    answered = several.pop()
    bob = Requester(f"bob-{ann.email}", uuid4())
    other = await asked(client, intake, feedback, bob)
    for issued in (*several, answered, other):
        await feedback.tell(due(issued))
    await feedback.tell(
        SurveyAnswered(
            ticket_id=answered.ticket_id, survey_id=answered.survey_id, subject_id=answered.subject_id, rating=4
        )
    )
    outcomes = [await status_of(client, issued, "survey-reminder") for issued in several]
    assert {one["status"] for one in outcomes} == {"sent"}
    (carrier,) = {one["message_id"] for one in outcomes}
    (text,) = reminders(server, ann)
    assert all(f"Your request {issued.number}:" in text for issued in several)
    assert answered.number not in text
    (mail,) = [each for each in server.to(ann.email) if ASKED_AGAIN in " ".join(text_of(each).split())]
    assert mail["Message-ID"] == carrier
    overtaken = await status_of(client, answered, "survey-reminder")
    assert (overtaken["status"], overtaken["reason"]) == ("suppressed", "overtaken")
    assert (await status_of(client, other, "survey-reminder"))["status"] == "sent"
    (own,) = reminders(server, bob)
    assert not any(issued.number in own for issued in several)


async def test_of_a_survey_whose_mail_was_not_delivered_nobody_is_reminded(
    client: httpx2.AsyncClient,
    intake: Teller,
    feedback: Teller,
    server: MailServer,
    ann: Requester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = ann.opens()
    await intake.tell(opened)
    await listed(client, opened.ticket_id, "sent")
    monkeypatch.setattr(server, "refuse", lambda to: "550 5.1.1 No such user" if to == ann.email else None)
    issued = survey(opened)
    await feedback.tell(issued)
    assert (await status_of(client, issued, "survey"))["status"] == "failed"
    monkeypatch.undo()
    await feedback.tell(due(issued))
    found = await status_of(client, issued, "survey-reminder")
    assert (found["status"], found["reason"]) == ("suppressed", "undelivered")
    assert reminders(server, ann) == []


async def test_the_mail_of_a_machine_s_survey_is_suppressed_on_record(
    client: httpx2.AsyncClient, intake: Teller, feedback: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens()
    await intake.tell(opened)
    await listed(client, opened.ticket_id, "sent")
    issued = survey(opened, machine=True)
    await feedback.tell(issued)
    found = await status_of(client, issued, "survey")
    assert (found["status"], found["reason"]) == ("suppressed", "machine")
    assert len(server.to(ann.email)) == 1


async def test_staff_are_not_asked_by_mail(
    client: httpx2.AsyncClient, intake: Teller, feedback: Teller, server: MailServer
) -> None:
    eva = Requester(f"eva-{uuid4().hex[:8]}@desk.punctual.local", uuid4())
    opened = eva.opens()
    await intake.tell(opened)
    await listed(client, opened.ticket_id, "sent")
    issued = survey(opened)
    await feedback.tell(issued)
    found = await status_of(client, issued, "survey")
    assert (found["status"], found["reason"]) == ("suppressed", "staff")
    assert len(server.to(eva.email)) == 1


async def test_a_joined_reminder_that_the_server_did_not_take_is_tried_again_with_what_still_holds(
    client: httpx2.AsyncClient,
    intake: Teller,
    feedback: Teller,
    server: MailServer,
    ann: Requester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("notifier.domain.gathering.WAIT_SECONDS", 1.0)
    several = [await asked(client, intake, feedback, ann) for _ in range(3)]
    answered = several.pop()
    tries = 0

    def busy(recipient: str) -> str | None:
        nonlocal tries
        tries += recipient == ann.email
        return "451 4.3.0 Try again later" if recipient == ann.email else None

    monkeypatch.setattr(server, "refuse", busy)
    for issued in (*several, answered):
        await feedback.tell(due(issued))

    async def tried() -> bool:
        return tries > 0

    await eventually(tried, 30)
    await feedback.tell(
        SurveyAnswered(
            ticket_id=answered.ticket_id, survey_id=answered.survey_id, subject_id=answered.subject_id, rating=1
        )
    )
    await listed(client, answered.ticket_id, None, 4)  # the low rating, too
    monkeypatch.setattr(server, "refuse", lambda recipient: None)
    outcomes = [await status_of(client, issued, "survey-reminder") for issued in several]
    assert len({one["message_id"] for one in outcomes}) == 1
    (text,) = reminders(server, ann)
    assert all(f"Your request {issued.number}:" in text for issued in several)
    assert answered.number not in text
    assert (await status_of(client, answered, "survey-reminder"))["reason"] == "overtaken"
