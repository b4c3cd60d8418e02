"""The page on which anybody says what they think of the support, on the real broker and database."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.feedback.conftest import Asked
from tests.stack import Addresses
from tests.topics import own_topics

from hours.written import written_at

TEXT = "Three days without a word."


async def form(anybody: httpx2.AsyncClient, **said: str) -> dict[str, str]:
    """The fields of a new form, filled in."""
    page = await anybody.get("/f")
    assert page.status_code == 200
    (identity,) = re.findall(r'name="form" value="([^"]+)"', page.text)
    return {"form": identity, "text": TEXT, "kind": "", "email": "", "ticket": "", "website": ""} | said


def number_on(page: httpx2.Response) -> str:
    assert page.status_code == 200, page.text
    found = re.findall(r"F-\d+", page.text)
    assert len(found) == 1
    return str(found[0])


async def numbers(feedback: TestDesk) -> set[str]:
    found = (await feedback.client("feedback").get("/v1/feedback", params={"channel": "page"})).json()["items"]
    return {one["number"] for one in found}


async def test_anybody_says_what_they_think_and_gets_a_number_and_a_time(
    feedback: TestDesk, anybody: httpx2.AsyncClient
) -> None:
    empty = await anybody.get("/f")
    assert "we owe you no answer" in empty.text
    assert "script" not in empty.text
    assert "set-cookie" not in empty.headers
    assert empty.headers["cache-control"] == "no-store"
    said = await form(anybody, kind="complaint", email="ann@acme.example", ticket="p-1042")
    page = await anybody.post("/f", data=said)
    number = number_on(page)
    assert "within 2 working days" in page.text, "no policy is heard of, so there is no calendar"
    found = (await feedback.client("feedback").get(f"/v1/feedback/{number}")).json()
    assert (found["channel"], found["kind"], found["stage"], found["account_id"]) == (
        "page",
        "complaint",
        "review",
        None,
    )
    assert found["about_number"] == "P-1042"
    assert "who they are is unknown" in found["history"][0]["words"]
    assert found["history"][0]["texts"]["text"] == TEXT
    assert number in await numbers(feedback)


async def test_it_speaks_german_to_whoever_prefers_that_and_so_will_the_letters(
    feedback: TestDesk, anybody: httpx2.AsyncClient
) -> None:
    german = {"Accept-Language": "de-AT, en;q=0.5"}
    assert "Was halten Sie von unserem Support?" in (await anybody.get("/f", headers=german)).text
    wrong = await anybody.post("/f", data=await form(anybody, text=""), headers=german)
    assert "Bitte schreiben Sie, was Sie uns sagen möchten." in wrong.text
    page = await anybody.post("/f", data=await form(anybody, email="ann@acme.example"), headers=german)
    assert "innerhalb von 2 Arbeitstagen" in page.text


async def test_without_an_address_nothing_is_owed(feedback: TestDesk, anybody: httpx2.AsyncClient) -> None:
    page = await anybody.post("/f", data=await form(anybody, kind="praise"))
    assert "nobody can answer you" in page.text
    found = (await feedback.client("feedback").get(f"/v1/feedback/{number_on(page)}")).json()
    assert (found["kind"], found["expected"], found["promises"]) == ("praise", [], [])


async def test_a_form_that_is_sent_twice_is_one_and_with_other_words_a_question(
    feedback: TestDesk, anybody: httpx2.AsyncClient
) -> None:
    said = await form(anybody)
    first, again = [number_on(await anybody.post("/f", data=said)) for _ in range(2)]
    assert first == again
    before = await numbers(feedback)
    other = await anybody.post("/f", data=said | {"text": "And nobody at the telephone."})
    assert (other.status_code, "with other words" in other.text) == (422, True)
    assert "And nobody at the telephone." in other.text
    assert await numbers(feedback) == before
    (fresh,) = re.findall(r'name="form" value="([^"]+)"', other.text)
    assert number_on(await anybody.post("/f", data=said | {"text": "And nobody.", "form": fresh})) not in before


async def test_it_tells_nobody_which_tickets_there_are(
    feedback: TestDesk, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    pages = []
    for ticket in ("P-1042", "P-77"):
        page = await anybody.post("/f", data=await form(anybody, ticket=ticket, email="eve@else.example"))
        number = number_on(page)
        found = (await feedback.client("feedback").get(f"/v1/feedback/{number}")).json()
        assert (found["account_id"], found["about_number"]) == (None, ticket)
        pages.append(page.text.replace(number, "F"))
    assert pages[0] == pages[1]


async def test_a_customer_does_not_see_what_somebody_unknown_said_of_its_ticket(
    feedback: TestDesk, anybody: httpx2.AsyncClient
) -> None:
    number = number_on(await anybody.post("/f", data=await form(anybody, ticket="P-1042")))
    ann = feedback.client("feedback", "requester", uuid4())
    assert (await ann.get(f"/v1/feedback/{number}")).status_code == 404
    assert number not in str((await ann.get("/v1/feedback")).json())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": " \u200b\n"}, "write what you want"),
        ({"text": "x" * 10_001}, "shorten"),
        ({"text": "x" * 140_000}, "shorten"),
        ({"text": "x" * 3_000_000}, "shorten"),
        ({"kind": "wish"}, "one of the kinds"),
        ({"email": "ann"}, "no mail address"),
        ({"email": "ann@acme.example\nBcc: eve@else.example"}, "no mail address"),
        ({"email": "ann@acme.example,eve@else.example"}, "no mail address"),
        ({"email": "a" * 330 + "@acme.example"}, "no mail address"),
        ({"ticket": "1042; DROP"}, "like P-1042"),
        ({"website": "https://buy.example"}, "leave the last field empty"),
    ],
)
async def test_what_is_wrong_is_said_and_leaves_nothing(
    feedback: TestDesk, anybody: httpx2.AsyncClient, wrong: dict[str, str], said: str
) -> None:
    before = await numbers(feedback)
    page = await anybody.post("/f", data=await form(anybody, **wrong))
    assert (page.status_code, said in page.text) == (422, True), page.text
    if "text" not in wrong:
        assert TEXT in page.text, "what was written is kept"
    assert await numbers(feedback) == before


async def test_markup_is_shown_as_it_was_written(anybody: httpx2.AsyncClient) -> None:
    page = await anybody.post("/f", data=await form(anybody, text='</textarea>"<b>', email='"><script>'))
    assert page.status_code == 422
    assert "<script" not in page.text
    assert "<b>" not in page.text


@pytest.mark.parametrize("text", ["nul \0 in it", "\ud83d\ude00 " * 4_000, "\u202egnp", "a\r\nb\u2028c", "=1+1"])
async def test_odd_words_are_kept_as_they_are(feedback: TestDesk, anybody: httpx2.AsyncClient, text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    number = number_on(await anybody.post("/f", data=await form(anybody, text=text)))
    found = (await feedback.client("feedback").get(f"/v1/feedback/{number}")).json()
    assert found["history"][0]["texts"]["text"] == text.replace("\r\n", "\n").strip()


async def test_what_is_no_form_is_refused_as_a_page(feedback: TestDesk, anybody: httpx2.AsyncClient) -> None:
    before = await numbers(feedback)
    html = "text/html; charset=utf-8"
    for content, headers, status in (
        (b"text=hi", {"Content-Type": "text/plain"}, 415),
        (b'{"text": "hi"}', {"Content-Type": "application/json"}, 415),
        (b"&".join(b"a%d=1" % n for n in range(30)), {"Content-Type": "application/x-www-form-urlencoded"}, 422),
    ):
        page = await anybody.post("/f", content=content, headers=headers)
        assert (page.status_code, page.headers["content-type"]) == (status, html), page.text
    assert (await anybody.get("/f", params={"text": "hi", "utm_source": "x"})).status_code == 200
    assert await numbers(feedback) == before, "opening the page records nothing"


@pytest.fixture(scope="module")
async def policed(stack: Addresses, session_database: Factory, topic_prefix: str) -> AsyncIterator[TestDesk]:
    """feedback that takes ten messages an hour from one place, and sla-timer, whose policy it hears of."""
    services = ["sla-timer", "feedback"]
    async with own_topics(stack, topic_prefix + "policed.", services) as prefix:
        with pytest.MonkeyPatch.context() as patch:
            async with desk(stack, session_database, prefix, patch, services, FEEDBACK_PAGE_PER_HOUR="10") as made:
                yield made


async def promised(policed: TestDesk, number: str) -> datetime:
    """Until when it is to be acknowledged, once sla-timer has said so."""

    async def due() -> str | None:
        promises = (await policed.client("feedback").get(f"/v1/feedback/{number}")).json()["promises"]
        return promises[0]["due_at"] if promises else None

    return datetime.fromisoformat(str(await eventually(due)))


async def test_the_time_is_that_of_the_deadline_and_a_flood_is_held_off(policed: TestDesk) -> None:
    ann = policed.client("feedback", "requester", uuid4())
    heard = await ann.post("/v1/feedback", json={"text": TEXT, "kind": "praise"})
    await promised(policed, heard.json()["number"])
    base = f"http://127.0.0.1:{policed.ports['feedback']}"
    async with httpx2.AsyncClient(base_url=base, timeout=20) as anybody:
        page = await anybody.post("/f", data=await form(anybody, kind="praise", email="ann@acme.example"))
        due_at = await promised(policed, number_on(page))
        shown = written_at(due_at.replace(second=0, microsecond=0), None, "en")
        assert f"answers you before this instant: {shown}." in page.text
        answers = [await anybody.post("/f", data=await form(anybody)) for _ in range(11)]
        assert [answer.status_code for answer in answers].count(429) == 2
        assert "Please send it again in" in answers[-1].text
        assert TEXT in answers[-1].text


async def test_nobody_else_s_address_is_flooded_with_receipts(anybody: httpx2.AsyncClient) -> None:
    answers = [await anybody.post("/f", data=await form(anybody, email="Eve@else.example")) for _ in range(8)]
    assert answers[-1].status_code == 429
    assert (await anybody.post("/f", data=await form(anybody, email="bob@else.example"))).status_code == 200
