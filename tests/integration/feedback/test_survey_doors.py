"""One survey, by link and in the portal: who answers it, until when, and what is shown after that (P16)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.desk import TestDesk, eventually
from tests.integration.feedback.conftest import Asked, closes, survey_of
from tests.integration.feedback.test_answering import slug
from tests.integration.teller import Teller

from contracts.tickets import Closed, Merged, Reopened

ANN = "ann@customer.example"
"""Whose tokens the test desk issues."""


async def of_ann(client: httpx2.AsyncClient, intake: Teller, feedback: TestDesk) -> tuple[Asked, httpx2.AsyncClient]:
    """A survey that asks Ann, and her client."""
    account = uuid4()
    asked = await closes(client, intake, account_id=account, email="Ann@Customer.example")
    return asked, feedback.client("feedback", "requester", account)


async def test_the_requester_rates_in_the_portal_what_the_link_shows_then(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, intake: Teller, feedback: TestDesk
) -> None:
    asked, ann = await of_ann(client, intake, feedback)
    (mine,) = (await ann.get("/v1/surveys")).json()["items"]
    assert (mine["survey_id"], mine["number"], mine["rating"]) == (str(asked.survey_id), "P-1042", None)
    path = f"/v1/surveys/{asked.survey_id}"
    given = {"rating": 2, "comment": "Slow."}
    key = {"Idempotency-Key": str(uuid4())}
    first = await ann.post(f"{path}/answer", json=given, headers=key)
    assert (first.status_code, first.json()["rating"]) == (200, 2), first.text
    assert first.json()["feedback"].startswith("F-")
    again = await ann.post(f"{path}/answer", json=given, headers=key)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    page = await anybody.get(f"/s/{asked.token()}")
    assert 'value="2" required checked' in page.text
    assert "Slow." in page.text
    assert (await anybody.post(f"/s/{asked.token()}", data={"rating": "4"})).status_code == 200
    shown = await ann.get(path)
    assert (shown.json()["rating"], shown.json()["comment"]) == (4, None)
    stale = await ann.post(f"{path}/answer", json={"rating": 5}, headers={"If-Match": first.headers["ETag"]})
    assert (stale.status_code, slug(stale)) == (412, "changed-meanwhile")
    current = await ann.post(f"{path}/answer", json={"rating": 5}, headers={"If-Match": shown.headers["ETag"]})
    assert current.status_code == 200, current.text
    assert (await survey_of(client, asked.ticket_id))["rating"] == 5
    for rating in (0, 6, 4.5, "4", None):
        wrong = await ann.post(f"{path}/answer", json={"rating": rating})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "rating")
    long = await ann.post(f"{path}/answer", json={"rating": 4, "comment": "x" * 1_000_000})
    assert long.status_code in (413, 422)
    assert (await ann.get(path)).json()["comment"] is None


async def test_only_the_requester_sees_and_answers_a_survey_in_the_portal(
    client: httpx2.AsyncClient, intake: Teller, feedback: TestDesk
) -> None:
    account = uuid4()
    for email in ("bob@customer.example", None):
        asked = await closes(client, intake, account_id=account, email=email)
        path = f"/v1/surveys/{asked.survey_id}"
        strangers = [("requester", account), ("account-admin", account), ("requester", uuid4())]
        for role, of in strangers:
            stranger = feedback.client("feedback", role, of)  # type: ignore[arg-type]
            assert (await stranger.get("/v1/surveys")).json() == {"items": []}
            for answer in (await stranger.get(path), await stranger.post(f"{path}/answer", json={"rating": 1})):
                assert (answer.status_code, slug(answer)) == (404, "unknown-survey")
        for answer in (await client.get(path), await client.post(f"{path}/answer", json={"rating": 1})):
            assert (answer.status_code, slug(answer)) == (403, "role-not-allowed")
        assert (await survey_of(client, asked.ticket_id))["rating"] is None


async def test_the_portal_lists_page_by_page_the_newest_first(
    client: httpx2.AsyncClient, intake: Teller, feedback: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.http.portal.ROWS_AT_ONCE", 2)
    account = uuid4()
    people = [ANN, "bob@customer.example", ANN, ANN, "bob@customer.example"]
    made = [await closes(client, intake, account_id=account, email=email) for email in people]
    ann = feedback.client("feedback", "requester", account)
    first = await ann.get("/v1/surveys", params={"limit": 2})
    rest = await ann.get(first.links["next"]["url"])
    found = [one["survey_id"] for page in (first, rest) for one in page.json()["items"]]
    assert found == [str(made[n].survey_id) for n in (3, 2, 0)]
    assert "next" not in rest.links
    one = await ann.get("/v1/surveys", params={"ticket_id": str(made[2].ticket_id)})
    assert [each["survey_id"] for each in one.json()["items"]] == [str(made[2].survey_id)]


async def test_staff_make_a_complaint_of_a_survey_s_words_with_a_reason(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, asked: Asked, feedback: TestDesk
) -> None:
    body = {"token": asked.token(), "rating": 1, "comment": "Three days without a word."}
    number = (await anybody.post("/v1/surveys/answers", json=body)).json()["feedback"]
    path = f"/v1/feedback/{number}/kind"
    without = await client.post(path, json={"kind": "complaint", "reason": " "})
    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "reason")
    made = await client.post(path, json={"kind": "complaint", "reason": "She was left alone."})
    assert (made.status_code, made.json()["stage"]) == (200, "review"), made.text
    found = (await feedback.client("feedback", "vp").get(f"/v1/complaints/{number}")).json()
    assert (found["kind"], found["channel"], found["about_number"]) == ("complaint", "survey", "P-1042")
    assert "She was left alone." in str(found["history"])


async def test_after_14_days_the_page_shows_the_answer_and_takes_no_other(
    client: httpx2.AsyncClient,
    anybody: httpx2.AsyncClient,
    intake: Teller,
    feedback: TestDesk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, ann = await of_ann(client, intake, feedback)
    monkeypatch.setattr("feedback.domain.survey.CHANGE_DAYS", 0)
    path = f"/s/{asked.token()}"
    assert (await anybody.post(path, data={"rating": "2", "comment": "Slow <but> polite."})).status_code == 200
    monkeypatch.undo()
    shown = await anybody.get(path, params={"rating": "5"})
    assert shown.status_code == 200
    assert "<form" not in shown.text
    assert "Fair" in shown.text
    assert "Slow &lt;but&gt; polite." in shown.text
    assert "for 14 days after the first answer, until" in shown.text
    refused = await anybody.post(path, data={"rating": "5", "comment": "No.", "complaint": "yes"})
    assert (refused.status_code, "<form" in refused.text) == (409, False)
    for late in ({"rating": "6"}, {"rating": "5", "comment": "x" * 1_000_000}, {}):
        assert (await anybody.post(path, data=late)).status_code == 409
    assert "Fair" in refused.text
    body: dict[str, Any] = {"rating": 5, "comment": "No.", "complaint": True}
    by_link = await anybody.post("/v1/surveys/answers", json=body | {"token": asked.token()})
    by_token = await ann.post(f"/v1/surveys/{asked.survey_id}/answer", json=body)
    for answer in (by_link, by_token):
        assert (answer.status_code, slug(answer)) == (409, "answer-stands")
        assert "for 14 days after the first answer" in answer.json()["detail"]
    assert (await survey_of(client, asked.ticket_id))["rating"] == 2
    (first,) = (await ann.get("/v1/feedback")).json()["items"]
    assert first["kind"] is None, "nothing is left behind of what was refused"
    assert (await ann.get("/v1/surveys")).json() == {"items": []}
    assert (await ann.get(f"/v1/surveys/{asked.survey_id}")).json()["comment"] == "Slow <but> polite."


async def test_90_days_after_the_closing_a_first_answer_is_too_late(
    client: httpx2.AsyncClient,
    anybody: httpx2.AsyncClient,
    intake: Teller,
    feedback: TestDesk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feedback.domain.survey.ANSWER_DAYS", 0)
    asked, ann = await of_ann(client, intake, feedback)
    monkeypatch.undo()
    path = f"/s/{asked.token()}"
    assert (await anybody.get(path)).status_code == 410
    assert (await anybody.post(path, data={"rating": "5"})).status_code == 410
    answer = await ann.post(f"/v1/surveys/{asked.survey_id}/answer", json={"rating": 5})
    assert (answer.status_code, slug(answer)) == (410, "answer-too-late")
    assert (await survey_of(client, asked.ticket_id))["rating"] is None
    assert (await ann.get("/v1/surveys")).json() == {"items": []}


async def test_an_expired_link_still_shows_and_changes_an_answer_that_came_in_time(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    expired = f"/s/{asked.token(timedelta(seconds=-1))}"
    assert (await anybody.get(expired)).status_code == 410
    assert (await anybody.post(f"/s/{asked.token()}", data={"rating": "4"})).status_code == 200
    assert 'value="4" required checked' in (await anybody.get(expired)).text
    assert (await anybody.post(expired, data={"rating": "3"})).status_code == 200
    assert (await survey_of(client, asked.ticket_id))["rating"] == 3


async def test_after_reopening_the_link_stays_good_and_the_next_closing_has_a_survey_of_its_own(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, intake: Teller
) -> None:
    subject = uuid4()
    asked = await closes(client, intake, subject_id=subject)
    await intake.tell(Reopened(ticket_id=asked.ticket_id, subject_id=subject, reason="It is back.", closing=1))
    await intake.tell(closed(asked.ticket_id, subject, closing=2))
    assert {one["closing"] for one in await surveys_of(client, asked, 2)} == {1, 2}
    assert (await anybody.post(f"/s/{asked.token()}", data={"rating": "1"})).status_code == 200
    assert {one["closing"]: one["rating"] for one in await surveys_of(client, asked, 2)} == {1: 1, 2: None}


async def test_a_merged_ticket_s_earlier_survey_stays_its_own(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, intake: Teller
) -> None:
    subject, into = uuid4(), uuid4()
    asked = await closes(client, intake, subject_id=subject, number="P-2001")
    merged = Merged(ticket_id=asked.ticket_id, account_id=into, number="P-2001", into=into, into_number="P-2002")
    await intake.tell(
        Reopened(ticket_id=asked.ticket_id, subject_id=subject, reason="It is back.", closing=1),
        merged,
        replace(closed(into, subject, closing=1), number="P-2002"),
    )
    survivors = await survey_of(client, into)
    assert (await anybody.post(f"/s/{asked.token()}", data={"rating": "2"})).status_code == 200
    (own,) = await surveys_of(client, asked, 1)
    assert (own["number"], own["rating"]) == ("P-2001", 2)
    assert (survivors["number"], (await survey_of(client, into))["rating"]) == ("P-2002", None)


async def test_a_requester_who_is_staff_is_not_asked(client: httpx2.AsyncClient, intake: Teller) -> None:
    subject = uuid4()
    asked = await closes(client, intake, subject_id=subject)
    own = replace(closed(asked.ticket_id, subject, closing=2), asks="nobody")
    await intake.tell(own, closed(asked.ticket_id, subject, closing=3))
    assert {one["closing"] for one in await surveys_of(client, asked, 2)} == {1, 3}


def closed(ticket_id: UUID, subject_id: UUID, closing: int) -> Closed:
    return Closed(
        ticket_id=ticket_id,
        account_id=uuid4(),
        subject_id=subject_id,
        number="P-1042",
        cause="resolved",
        closing=closing,
    )


async def surveys_of(client: httpx2.AsyncClient, asked: Asked, count: int) -> Any:
    """The surveys about a ticket, once there are so many."""

    async def look() -> Any:
        items = (await client.get("/v1/surveys", params={"ticket_id": str(asked.ticket_id)})).json()["items"]
        assert len(items) == count, items
        return items

    return await eventually(look)
