"""From a closed ticket to a rating, through the page and the API, against the real broker and database."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.desk import TestDesk
from tests.integration.feedback.conftest import Asked, survey_of
from tests.integration.teller import Teller

from hours.written import written_at


def slug(answer: httpx2.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    kind: str = answer.json()["type"]
    return kind.rpartition("/")[2]


async def test_a_closing_that_is_told_twice_is_asked_about_once(
    client: httpx2.AsyncClient, intake: Teller, asked: Asked
) -> None:
    await intake.repeat()
    survey = await survey_of(client, asked.ticket_id)
    assert (survey["number"], survey["closing"], survey["rating"]) == ("P-1042", 1, None)


async def test_who_has_the_link_rates_on_a_page_and_the_last_answer_counts(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    token = asked.token()
    path = f"/s/{token}"
    page = await anybody.get(path)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.text.count('type="radio"') == 5
    assert " checked" not in page.text
    assert "Your request P-1042 was closed on " in page.text
    assert "Support" in page.text
    assert 'value="4" required checked' in (await anybody.get(path, params={"rating": "4"})).text
    assert (await survey_of(client, asked.ticket_id))["rating"] is None, "opening the link counts nothing"

    thanks = await anybody.post(path, data={"rating": "2", "comment": "Slow <but> polite."})
    assert thanks.status_code == 200
    assert "Fair" in thanks.text
    assert "P-1042" in thanks.text
    rated = await survey_of(client, asked.ticket_id)
    assert rated["rating"] == 2
    until, answered_at = (datetime.fromisoformat(str(rated[name])) for name in ("open_until", "answered_at"))
    assert timedelta(0) <= answered_at + timedelta(days=14) - until < timedelta(seconds=10)
    assert f"in our mail again until {written_at(until, None, 'en')}:" in thanks.text
    again = (await anybody.get(path)).text
    assert 'value="2" required checked' in again
    assert "Slow &lt;but&gt; polite." in again

    for rating in ("5", "2", "5", "5"):
        assert (await anybody.post(path, data={"rating": rating})).status_code == 200
        assert (await survey_of(client, asked.ticket_id))["rating"] == int(rating)


async def test_a_form_that_is_incomplete_comes_back_with_what_is_wrong(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    path = f"/s/{asked.token()}"
    for rating in ("", "6", "4.5", "true", "४"):
        answer = await anybody.post(path, data={"rating": rating, "comment": "kept"})
        assert answer.status_code == 422
        assert "choose one of the five" in answer.text
        assert "kept" in answer.text
    assert (await anybody.post(path, data={"rating": "4", "comment": "x" * 10_001})).status_code == 422
    assert (await anybody.post(path, data={"rating": "4", "comment": "x" * 200_000})).status_code == 422
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for content in (b"\xff\x00%", b"rating=4&rating=5"):
        assert (await anybody.post(path, content=content, headers=form)).status_code == 422
    for kind in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}):
        assert (await anybody.post(path, content=b"rating=4", headers=kind)).status_code == 415
    assert (await survey_of(client, asked.ticket_id))["rating"] is None


async def test_a_link_that_is_damaged_expired_or_leads_nowhere_is_explained(
    anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    lost = Asked(uuid4(), uuid4())
    swapped = Asked(asked.ticket_id, uuid4())
    cases = {
        asked.token()[:-2]: (403, "link-tampered"),
        "nonsense": (403, "link-tampered"),
        "x" * 900: (403, "link-tampered"),
        asked.token(timedelta(seconds=-1)): (410, "link-expired"),
        lost.token(): (404, "unknown-survey"),
        swapped.token(): (404, "unknown-survey"),
    }
    for token, (status, kind) in cases.items():
        assert (await anybody.get(f"/s/{token}")).status_code == status
        page = await anybody.post(f"/s/{token}", data={"rating": "4"})
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        answer = await anybody.post("/v1/surveys/answers", json={"token": token, "rating": 4})
        assert (answer.status_code, slug(answer)) == (status, kind)


async def test_the_api_takes_an_answer_once_per_key(
    client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    body = {"token": asked.token(), "rating": 3, "comment": "Fine."}
    first = await anybody.post("/v1/surveys/answers", json=body, headers=key)
    assert (first.status_code, first.json()["rating"]) == (200, 3), first.text
    again = await anybody.post("/v1/surveys/answers", json=body, headers=key)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await anybody.post("/v1/surveys/answers", json=body | {"rating": 1}, headers=key)
    assert (other.status_code, slug(other)) == (422, "key-reused")
    assert (await survey_of(client, asked.ticket_id))["rating"] == 3


@pytest.mark.parametrize("rating", [True, 3.0, 3.5, "3", None, 0, 6, 10**30])
async def test_only_a_whole_number_from_one_to_five_is_a_rating(
    anybody: httpx2.AsyncClient, asked: Asked, rating: Any
) -> None:
    answer = await anybody.post("/v1/surveys/answers", json={"token": asked.token(), "rating": rating})
    assert (answer.status_code, slug(answer)) == (422, "invalid-request")
    assert answer.json()["errors"][0]["field"] == "rating"


async def test_ratings_are_summed_up_for_staff(
    feedback: TestDesk, client: httpx2.AsyncClient, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    before = (await client.get("/v1/ratings")).json()
    await anybody.post("/v1/surveys/answers", json={"token": asked.token(), "rating": 4})
    after = (await client.get("/v1/ratings")).json()
    assert after["count"] == before["count"] + 1
    assert after["by_rating"]["4"] == before["by_rating"]["4"] + 1
    total = sum(int(rating) * answers for rating, answers in after["by_rating"].items())
    assert after["average"] == pytest.approx(total / after["count"])
    nothing = (await client.get("/v1/ratings", params={"since": "2090-01-01T00:00:00Z"})).json()
    assert (nothing["count"], nothing["average"]) == (0, None)
    span = {"since": "2026-07-13T10:00:00Z", "until": "2026-07-13T12:00:00+02:00"}
    empty = await client.get("/v1/ratings", params=span)
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "until")
    customer = feedback.client("feedback", "requester", uuid4())
    assert (await customer.get("/v1/ratings")).status_code == 403
    assert (await customer.get("/v1/surveys")).json() == {"items": []}
    assert (await anybody.get("/v1/ratings")).status_code == 401


async def test_words_are_feedback_that_staff_read_and_acknowledge(
    feedback: TestDesk, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    page = await anybody.post(f"/s/{asked.token()}", data={"rating": "1", "comment": "Three days without a word."})
    number = page.text.partition("have the number ")[2].partition(".")[0]
    engineer = feedback.client("feedback")
    found = (await engineer.get(f"/v1/feedback/{number}")).json()
    assert (found["channel"], found["about_number"], found["kind"]) == ("survey", "P-1042", None)
    assert found["history"][0]["texts"]["text"] == "Three days without a word."
    same = await anybody.post(f"/s/{asked.token()}", data={"rating": "2", "comment": "Three days without a word."})
    assert "have the number" not in same.text, "the same words are no news"
    more = await anybody.post(f"/s/{asked.token()}", data={"rating": "2", "comment": "Four, in fact."})
    assert number in more.text
    history = (await engineer.get(f"/v1/feedback/{number}")).json()["history"]
    assert [one["texts"].get("text") for one in history if one["texts"]][-1] == "Four, in fact."


async def test_words_become_a_complaint_when_the_box_is_ticked_later_and_stay_one_matter(
    feedback: TestDesk, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    vp = feedback.client("feedback", "vp")
    numbers = set()
    for complaint in (False, True, True):
        body = {"token": asked.token(), "rating": 2, "comment": "It took days.", "complaint": complaint}
        answer = await anybody.post("/v1/surveys/answers", json=body)
        assert answer.status_code == 200, answer.text
        numbers |= {answer.json()["feedback"]} if "feedback" in answer.json() else set()
    assert len(numbers) == 1
    found = (await vp.get(f"/v1/complaints/{numbers.pop()}")).json()
    assert (found["kind"], found["stage"]) == ("complaint", "review")


async def test_words_may_be_a_complaint(feedback: TestDesk, anybody: httpx2.AsyncClient, asked: Asked) -> None:
    form = {"rating": "1", "comment": "I want to complain.", "complaint": "yes"}
    page = await anybody.post(f"/s/{asked.token()}", data=form)
    number = page.text.partition("have the number ")[2].partition(".")[0]
    found = (await feedback.client("feedback", "vp").get(f"/v1/complaints/{number}")).json()
    assert (found["kind"], found["stage"]) == ("complaint", "review")
    body = {"token": asked.token(), "rating": 1, "comment": "I want to complain.", "complaint": True}
    again = await anybody.post("/v1/surveys/answers", json=body)
    assert again.status_code == 200, again.text
    listed = (await feedback.client("feedback", "vp").get("/v1/complaints")).json()["items"]
    assert len([one for one in listed if one["about_number"] == "P-1042" and one["number"] == number]) == 1


async def test_a_rating_without_words_is_no_feedback(
    feedback: TestDesk, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    page = await anybody.post(f"/s/{asked.token()}", data={"rating": "5", "comment": "  "})
    assert page.status_code == 200
    assert "have the number" not in page.text
