"""Reports through feedback's doors: figures from real surveys and complaints, and the same bytes again."""

import asyncio
import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.desk import SECRET, TestDesk, eventually
from tests.integration.feedback.conftest import survey_of
from tests.integration.teller import Teller

from contracts.links import SurveyLink
from contracts.notifications import NotificationRequested, NotificationSent
from contracts.tickets import Closed
from kit.signed import links

SATISFACTION, COMPLAINTS = "/v1/reports/satisfaction", "/v1/reports/complaints"


async def asked(intake: Teller, client: httpx2.AsyncClient, **about: Any) -> str:
    """A ticket of `sam`'s was closed; the token of its survey."""
    ticket_id = uuid4()
    whose: dict[str, Any] = {"severity": 2, "tier": "enlist", "engineer": "sam"} | about
    closed = Closed(
        ticket_id=ticket_id,
        account_id=uuid4(),
        subject_id=uuid4(),
        number=f"P-{ticket_id.int % 10_000 + 1}",
        cause="resolved",
        closing=1,
        **whose,
    )
    async with intake.store.transaction() as tx:
        await intake.core.vault.keys(tx, [closed.subject_id], make=[closed.subject_id])
    await intake.tell(closed)
    survey_id = UUID(str((await survey_of(client, ticket_id))["survey_id"]))
    link = SurveyLink(ticket_id=ticket_id, survey_id=survey_id, closing=1)
    expires_at = datetime.now(UTC) + timedelta(days=1)
    return links.sign(SECRET, SurveyLink.purpose, link.claims(), expires_at=expires_at)


async def rate(anybody: httpx2.AsyncClient, token: str, *ratings: int) -> None:
    for rating in ratings:
        answer = await anybody.post("/v1/surveys/answers", json={"token": token, "rating": rating})
        assert answer.status_code == 200, answer.text


async def rows(client: httpx2.AsyncClient, path: str, **asked_for: str) -> dict[str, dict[str, Any]]:
    answer = await client.get(path, params=asked_for)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    every = [*found["rows"], *([found["total"]] if "total" in found else [])]
    return {row["group"]: row for row in every}


@pytest.fixture
async def since() -> str:
    """The instant of the test's beginning: what others do is before it."""
    return datetime.now(UTC).isoformat()


async def test_ratings_are_reported_by_the_ticket_as_it_was_when_it_was_closed(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, intake: Teller, since: str
) -> None:
    await rate(anybody, await asked(intake, client), 2, 5, 4)
    await rate(anybody, await asked(intake, client, engineer=None, severity=1, tier="patrol"), 1)
    await asked(intake, client)
    by_severity = await rows(client, SATISFACTION, since=since, by="severity")
    assert by_severity["2"]["ratings"] == {"1": 0, "2": 0, "3": 0, "4": 1, "5": 0}, "the last answer counts"
    assert (by_severity["1"]["average"], by_severity["3"]["average"]) == ("1.00", "–")
    assert (by_severity["total"]["asked"], by_severity["total"]["answered"]) == (3, 2)
    assert (await rows(client, SATISFACTION, since=since, by="tier"))["patrol"]["answered"] == 1
    by_engineer = await rows(client, SATISFACTION, since=since, by="engineer")
    assert (by_engineer["sam"]["hidden"], by_engineer["sam"]["average"]) == (True, None)
    month = f"{datetime.now(UTC):%Y-%m}"
    assert (await rows(client, SATISFACTION, since=since))[month]["answered"] == 2


async def test_the_response_rate_is_of_the_mails_that_were_sent(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, intake: Teller, notifier: Teller, since: str
) -> None:
    await rate(anybody, await asked(intake, client), 5)
    for sent in (True, True, False):
        link = SurveyLink.of(links.read(SECRET, SurveyLink.purpose, await asked(intake, client), now=datetime.now(UTC)))
        mail, thread = uuid4(), f"thread-{link.ticket_id}"
        survey = NotificationRequested(
            ticket_id=link.ticket_id,
            notification_id=mail,
            template="survey",
            cause=uuid4(),
            number="P-1042",
            automatic="generated",
            about={"survey_id": str(link.survey_id), "closing": str(link.closing)},
        )
        outcome = NotificationSent(ticket_id=link.ticket_id, notification_id=mail, message_id="<1@desk>")
        answer = NotificationSent(ticket_id=link.ticket_id, notification_id=uuid4(), message_id="<2@desk>")
        await notifier.tell(survey, stream=thread)
        await notifier.tell(outcome if sent else answer, stream=f"notification-{link.ticket_id}-{mail}")

    async def told() -> Any:
        total = (await rows(client, SATISFACTION, since=since))["total"]
        return (total["asked"], total["delivered"], total["answered"], total["response_rate"]) == (4, 3, 1, "33.33")

    assert await eventually(told)


async def test_as_known_at_an_instant_the_report_has_the_same_bytes_whatever_follows(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, intake: Teller, since: str
) -> None:
    token = await asked(intake, client)
    await rate(anybody, token, 2)
    first = await client.get(SATISFACTION, params={"since": since, "by": "severity"})
    known_at = first.json()["known_at"]
    await rate(anybody, token, 5)
    await rate(anybody, await asked(intake, client), 3)
    again = await client.get(SATISFACTION, params={"since": since, "by": "severity", "known_at": known_at})
    assert again.content == first.content
    later = await rows(client, SATISFACTION, since=since, by="severity")
    assert (later["2"]["average"], later["2"]["answered"]) == ("4.00", 2)


async def test_a_report_waits_for_what_is_being_recorded(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, intake: Teller, since: str
) -> None:
    """Reports and answers at the same time: what a report has not seen is no part of it later."""
    tokens = [await asked(intake, client) for _ in range(3)]

    async def look() -> list[httpx2.Response]:
        return [await client.get(SATISFACTION, params={"since": since}) for _ in range(5)]

    rating = [rate(anybody, token, *[1, 2, 3, 4, 5] * 2) for token in tokens]
    looking = [asyncio.create_task(look()) for _ in range(2)]
    await asyncio.gather(*rating, *looking)
    for first in [one for task in looking for one in task.result()]:
        assert first.status_code == 200, first.text
        again = await client.get(SATISFACTION, params={"since": since, "known_at": first.json()["known_at"]})
        assert again.content == first.content


async def test_complaints_are_reported_by_stage_promise_and_renewals(feedback: TestDesk, since: str) -> None:
    ann, vp = feedback.client("feedback", "requester", uuid4()), feedback.client("feedback", "vp")
    said = [await ann.post("/v1/feedback", json={"text": "Too slow.", "kind": "complaint"}) for _ in range(2)]
    await ann.post("/v1/feedback", json={"text": "Quick!", "kind": "praise"})
    number = said[0].json()["number"]
    for days in (3, 4, 5):
        next_at = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        update = {"delays": "The logs are large.", "needs": "Nothing.", "next_at": next_at}
        assert (await vp.post(f"/v1/complaints/{number}/updates", json=update)).status_code == 200
    before = (await vp.get(COMPLAINTS, params={"since": since})).json()
    outcome = {"found": "It was forgotten.", "measures": "A checklist."}
    assert (await vp.post(f"/v1/complaints/{number}/outcome", json=outcome)).status_code == 200
    by_stage = await rows(vp, COMPLAINTS, since=since)
    assert by_stage["review"]["figures"]["complaints"] == 1
    assert by_stage["outcome"]["figures"] == {"complaints": 1, "up_to_7_days": 1, "up_to_28_days": 0, "older": 0}
    assert by_stage["total"]["figures"]["complaints"] == 2
    again = await rows(vp, COMPLAINTS, since=since, known_at=before["known_at"])
    assert again["review"]["figures"]["complaints"] == 2
    by_renewals = await rows(vp, COMPLAINTS, since=since, by="renewals")
    assert (by_renewals["2"]["figures"]["complaints"], by_renewals["0"]["figures"]["complaints"]) == (1, 1)
    by_promise = await rows(vp, COMPLAINTS, since=since, by="promise")
    assert by_promise["total"]["figures"]["attainment"] == "–", "no alarm was set: sla-timer is not here"


async def test_reports_come_as_csv_too(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, intake: Teller, since: str
) -> None:
    await rate(anybody, await asked(intake, client, engineer="=cmd|'/c calc'!A1"), 3)
    asked_for = {"since": since, "by": "engineer", "zone": "America/New_York"}
    for answer in (
        await client.get(SATISFACTION, params=asked_for | {"format": "csv"}),
        await client.get(SATISFACTION, params=asked_for, headers={"Accept": "text/csv"}),
    ):
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        first, total = csv.DictReader(StringIO(answer.text, newline=""))
        assert (first["group"], first["answered"], first["rated_3"]) == ("'=cmd|'/c calc'!A1", "hidden", "hidden")
        assert (total["group"], total["by"], total["zone"]) == ("total", "engineer", "America/New_York")
        assert datetime.fromisoformat(total["known_at"])
    answer = await client.get(COMPLAINTS, params={"format": "csv"})
    assert [row["group"] for row in csv.DictReader(StringIO(answer.text, newline=""))][-1] == "total"


@pytest.mark.parametrize("path", [SATISFACTION, COMPLAINTS])
async def test_a_report_about_nothing_that_can_be_is_refused_by_name(
    feedback: TestDesk, anybody: httpx2.AsyncClient, path: str
) -> None:
    client = feedback.client("feedback")
    for wrong, field in (
        ({"since": "2026-07-13", "until": "2026-07-13"}, "until"),
        ({"since": "soon"}, "since"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"since": "0001-01-01", "zone": "Asia/Tokyo"}, "since"),
        ({"known_at": "2999-01-01T00:00:00Z"}, "known_at"),
        ({"by": "customer"}, "by"),
        ({"format": "xml"}, "format"),
        ({"q": "x"}, "q"),
    ):
        answer = await client.get(path, params=wrong)
        assert answer.status_code == 422, (wrong, answer.text)
        assert field in {one["field"] for one in answer.json()["errors"]}, answer.text
    assert (await client.get(path, params={"since": "2026-07-01", "until": "2026-08-01"})).status_code == 200
    assert (await feedback.client("feedback", "analyst").get(path)).status_code == 200
    assert (await feedback.client("feedback", "account-admin", uuid4()).get(path)).status_code == 403
    assert (await anybody.get(path)).status_code == 401


async def test_a_date_begins_at_midnight_in_the_zone(client: httpx2.AsyncClient) -> None:
    answer = await client.get(SATISFACTION, params={"since": "2026-11-01", "zone": "America/New_York"})
    assert (answer.json()["since"], answer.json()["zone"]) == ("2026-11-01T04:00:00Z", "America/New_York")
