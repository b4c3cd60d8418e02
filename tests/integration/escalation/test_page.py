"""The page behind the link in a call, on a running escalation."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from tests.desk import SECRET, TestDesk, eventually
from tests.integration.escalation.test_climbing import BREACHED_AT, alarm, breach, response, retraction, shows
from tests.integration.teller import Teller

from contracts.complaints import ReviewOpened
from contracts.links import ComplaintLink, EscalationLink
from kit.proof.words import brief_wall as wall
from kit.signed import links

SOON = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def client(escalation: TestDesk) -> httpx2.AsyncClient:
    return escalation.client("escalation", "engineer")


@pytest.fixture
def anybody(escalation: TestDesk) -> httpx2.AsyncClient:
    """A browser without a token."""
    made = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{escalation.ports['escalation']}", timeout=20)
    escalation.clients["escalation", str(uuid4())] = made
    return made


async def recorded(escalation: TestDesk, ticket: UUID, kind: str) -> list[UUID]:
    """The ids of the escalation's events of a kind, in order."""
    connection = await asyncpg.connect(escalation.dsns["escalation"].owner)
    each = "SELECT event_id FROM events WHERE stream_id LIKE $1 AND type = $2 ORDER BY version"
    rows = await connection.fetch(each, f"escalation-{ticket}-%", kind)
    await connection.close()
    return [row["event_id"] for row in rows]


async def called(escalation: TestDesk, sla_timer: Teller, client: httpx2.AsyncClient) -> tuple[UUID, UUID]:
    """A ticket whose engineer was called, and that call."""
    ticket = uuid4()
    await sla_timer.tell(breach(ticket))
    await shows(client, ticket, status="open")
    (call,) = await recorded(escalation, ticket, "escalation.raised")
    return ticket, call


def path(ticket: UUID, call: UUID, role: Any = "engineer", to: str = "eva@desk.example", **more: Any) -> str:
    name, until = more.get("escalation", "response"), more.get("until", SOON)
    link = EscalationLink(ticket_id=ticket, escalation=name, call=call, role=role, to=to)
    return "/a/" + links.sign(SECRET, EscalationLink.purpose, link.claims(), expires_at=until)


def text_of(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.text, flags=re.DOTALL).split())


BUTTON = "<button>I take it on</button>"


async def test_opening_the_page_changes_nothing_and_its_button_acknowledges_as_whoever_was_called(
    escalation: TestDesk, sla_timer: Teller, client: httpx2.AsyncClient, anybody: httpx2.AsyncClient
) -> None:
    ticket, call = await called(escalation, sla_timer, client)
    url = path(ticket, call)
    for _ in range(3):
        shown = await anybody.get(url)
        assert (shown.status_code, BUTTON in shown.text) == (200, True)
        assert (await anybody.head(url)).status_code == 200
    text = text_of(shown)
    assert "No initial response within the time promised for it. Severity: 1" in text
    assert "Nobody has it yet. You were called as support engineer (eva@desk.example)" in text
    assert "<script" not in shown.text
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (shown.headers["Cache-Control"], shown.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "prefers-color-scheme: dark" in shown.text
    assert "width=device-width" in shown.text
    await shows(client, ticket, status="open")
    assert await recorded(escalation, ticket, "escalation.acknowledged") == []
    taken = await anybody.post(url)
    assert taken.status_code == 200
    assert "You have it, since" in text_of(taken)
    assert BUTTON not in taken.text
    await shows(client, ticket, status="acknowledged", acknowledged_by="eva@desk.example")


async def test_who_comes_second_is_told_who_was_first_and_when_and_nothing_changes(
    escalation: TestDesk, sla_timer: Teller, client: httpx2.AsyncClient, anybody: httpx2.AsyncClient
) -> None:
    ticket, call = await called(escalation, sla_timer, client)
    await sla_timer.tell(alarm(ticket, 1, 30))
    await shows(client, ticket, rung=1)
    _, second = await recorded(escalation, ticket, "escalation.raised")
    manager = path(ticket, second, "support-manager", "support-manager@desk.example")
    for url in (manager, manager, path(ticket, call)):
        assert (await anybody.post(url)).status_code == 200
    assert len(await recorded(escalation, ticket, "escalation.acknowledged")) == 1
    found = await shows(client, ticket, acknowledged_by="support-manager@desk.example")
    at = datetime.fromisoformat(found["acknowledged_at"])
    late = text_of(await anybody.post(path(ticket, call)))
    assert f"support-manager@desk.example has it, since {wall(at)}. You came second, and nothing has changed." in late
    looked = text_of(await anybody.get(path(ticket, call)))
    assert "support-manager@desk.example has it" in looked
    assert "second" not in looked


async def test_of_several_who_acknowledge_at_once_one_is_first(
    escalation: TestDesk, sla_timer: Teller, client: httpx2.AsyncClient, anybody: httpx2.AsyncClient
) -> None:
    ticket, call = await called(escalation, sla_timer, client)
    urls = [path(ticket, call, to=f"{name}@desk.example") for name in ("eva", "eva", "max", "ina")]
    answers = await asyncio.gather(*(anybody.post(url) for url in urls))
    assert {one.status_code for one in answers} == {200}
    assert len(await recorded(escalation, ticket, "escalation.acknowledged")) == 1


async def test_after_the_end_the_page_says_how_it_ended_and_nothing_changes(
    escalation: TestDesk, intake: Teller, sla_timer: Teller, client: httpx2.AsyncClient, anybody: httpx2.AsyncClient
) -> None:
    ticket, call = await called(escalation, sla_timer, client)
    await intake.tell(response(ticket))
    await shows(client, ticket, status="resolved")
    for answer, status in ((await anybody.get(path(ticket, call)), 200), (await anybody.post(path(ticket, call)), 409)):
        assert answer.status_code == status
        assert "It is over since" in text_of(answer)
        assert "What was owed has been given." in text_of(answer)
        assert BUTTON not in answer.text
    assert await recorded(escalation, ticket, "escalation.acknowledged") == []


async def test_the_link_of_an_earlier_climb_does_not_acknowledge_a_later_one(
    escalation: TestDesk, sla_timer: Teller, client: httpx2.AsyncClient, anybody: httpx2.AsyncClient
) -> None:
    ticket, call = await called(escalation, sla_timer, client)
    await sla_timer.tell(retraction(ticket))
    await shows(client, ticket, status="resolved")
    await sla_timer.tell(breach(ticket))
    await shows(client, ticket, status="open")
    old = await anybody.post(path(ticket, call))
    assert (old.status_code, "There was no breach" in text_of(old)) == (409, True)
    await shows(client, ticket, status="open")
    _, again = await recorded(escalation, ticket, "escalation.raised")
    assert (await anybody.post(path(ticket, again))).status_code == 200
    await shows(client, ticket, status="acknowledged")


async def test_a_call_about_a_complaint_is_acknowledged_likewise(
    escalation: TestDesk, feedback: Teller, client: httpx2.AsyncClient, anybody: httpx2.AsyncClient
) -> None:
    complaint = uuid4()
    opened = ReviewOpened(feedback_id=complaint, number="F-1000", since=BREACHED_AT)
    await feedback.tell(opened, stream=f"feedback-{complaint}")

    async def raised() -> list[UUID]:
        return await recorded(escalation, complaint, "escalation.called")

    (call,) = cast(list[UUID], await eventually(raised))
    url = path(complaint, call, "vp", "vp@desk.example", escalation="review")
    assert "F-1000: escalated This complaint is to be reviewed." in text_of(await anybody.get(url))
    below = path(complaint, call, "engineer", escalation="review")
    assert BUTTON not in (await anybody.get(below)).text
    assert (await anybody.post(below)).status_code == 403
    assert await recorded(escalation, complaint, "escalation.acknowledged") == []
    assert "You have it" in text_of(await anybody.post(url))
    assert len(await recorded(escalation, complaint, "escalation.acknowledged")) == 1


async def test_a_link_that_is_forged_or_expired_or_for_something_else_says_what_to_do_instead(
    escalation: TestDesk, sla_timer: Teller, client: httpx2.AsyncClient, anybody: httpx2.AsyncClient
) -> None:
    ticket, call = await called(escalation, sla_timer, client)
    good, other = path(ticket, call), ComplaintLink(feedback_id=ticket)
    expired = path(ticket, call, until=datetime.now(UTC) - timedelta(seconds=1))
    elsewhere = "/a/" + links.sign(SECRET, ComplaintLink.purpose, other.claims(), expires_at=SOON)
    nobodys = "/a/" + links.sign("another secret, long enough", "escalation", {"ticket": "x"}, expires_at=SOON)
    wanted = [(expired, 410), (good[:-2], 403), (elsewhere, 403), (nobodys, 403), ("/a/" + "x" * 2000, 403)]
    for url, status in [*wanted, (path(ticket, uuid4()), 404), (path(uuid4(), call), 404)]:
        for answer in (await anybody.get(url), await anybody.post(url)):
            assert answer.status_code == status, answer.text
            assert "Nothing was changed." in text_of(answer)
            assert "/acknowledgement" in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
    await shows(client, ticket, status="open")
