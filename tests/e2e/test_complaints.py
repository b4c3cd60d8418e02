"""Feedback and complaints through all five services, on a clock on which a week takes half a minute: P17 to P22.

Each test is named after its rule. What is due when is worked out by the arithmetic of the simulation, which is nobody
else's code; what was written, by the mails that were caught.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.catching import catching, fast_clock, mails_to
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.e2e.test_ticket_life import text_of
from tests.simulation.arithmetic import OFFICE, USUAL
from tests.stack import Addresses
from tests.topics import own_topics

from contracts.roles import Role
from punctual.local.mailcatcher import MailCatcher

SPEED = 20_160.0
"""A week in half a minute."""
EPOCH = "2026-07-13T11:00:00+00:00"
PATIENCE_SECONDS = 150.0
"""For what comes at the end of a week of the desk, on a busy machine."""
ACCOUNT = uuid4()
TEXT = "Three days without a word."
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
async def catcher(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MailCatcher]:
    async with catching(tmp_path_factory.mktemp("catcher")) as found:
        yield found


@pytest.fixture(scope="module")
async def running(
    stack: Addresses, session_database: Factory, topic_prefix: str, catcher: MailCatcher
) -> AsyncIterator[TestDesk]:
    settings = mails_to(catcher) | fast_clock(SPEED, EPOCH)
    async with own_topics(stack, topic_prefix) as prefix:
        with pytest.MonkeyPatch.context() as patch:
            async with desk(stack, session_database, prefix, patch, **settings) as made:
                yield made


class Matter:
    """One piece of feedback, said by a customer, and what people do and see of it."""

    def __init__(self, running: TestDesk, catcher: MailCatcher) -> None:
        self.desk, self.catcher = running, catcher
        self.id = self.number = ""

    async def said(self, **body: Any) -> "Matter":
        found = await self._post("requester", "/v1/feedback", {"text": TEXT} | body, 201)
        self.id, self.number = found["feedback_id"], found["number"]
        return self

    async def takes(self, role: Role, step: str, status: int = 200, **body: Any) -> dict[str, Any]:
        area = "feedback" if step in ("acknowledgement", "kind", "words", "split") else "complaints"
        return await self._post(role, f"/v1/{area}/{self.number}/{step}", body, status)

    async def acknowledges_the_call(self, role: Role, about: str) -> None:
        path = f"/v1/escalations/{self.id}/acknowledgement?escalation={about}"
        answer = await self.desk.client("escalation", role).post(path)
        assert answer.status_code == 200, answer.text

    async def _post(self, role: Role, path: str, body: dict[str, Any], status: int) -> dict[str, Any]:
        client = self.desk.client("feedback", role, ACCOUNT if role == "requester" else None)
        answer = await client.post(path, json=body)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def reads(self) -> dict[str, Any]:
        answer = await self.desk.client("feedback", "support-manager").get(f"/v1/feedback/{self.number}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def promises(self, **wanted: str) -> list[dict[str, Any]]:
        """Those that were made, once these have such an outcome; `None`: it is known when they are due."""

        async def look() -> list[dict[str, Any]] | None:
            found = (await self.reads())["promises"]
            return found if {(one["promise"], str(one["outcome"])) for one in found} >= set(wanted.items()) else None

        found = await eventually(look, PATIENCE_SECONDS)
        assert isinstance(found, list)
        return found

    async def verdict(self, promise: str) -> dict[str, Any]:
        """The first one on it, once there is one."""

        async def look() -> dict[str, Any] | None:
            found = [one for one in await self.promises() if one["promise"] == promise and one["outcome"]]
            return found[0] if found else None

        found = await eventually(look, PATIENCE_SECONDS)
        assert isinstance(found, dict)
        return found

    async def received_at(self) -> datetime:
        return _instant((await self.reads())["received_at"])

    async def told(self) -> list[dict[str, Any]]:
        """All mails about it that were asked for, as notifier has them."""
        client = self.desk.client("notifier", "support-manager")
        answer = await client.get("/v1/notifications", params={"ticket_id": self.id, "limit": 500})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def mailed(self, **wanted: int) -> Counter[str]:
        """How many mails of each template there are, once there are so many of these, and all are sent or overtaken."""

        async def look() -> Counter[str] | None:
            told = await self.told()
            found = Counter(one["template"].replace("-", "_") for one in told)
            done = all(one["status"] in ("sent", "suppressed") for one in told)
            return found if done and all(found[name] >= n for name, n in wanted.items()) else None

        found = await eventually(look, PATIENCE_SECONDS)
        assert isinstance(found, Counter)
        assert {name: found[name] for name in wanted} == wanted
        await self._caught_once()
        return found

    async def _caught_once(self) -> None:
        """The catcher has each mail that was sent, and each once; some are on their way, and more may come."""

        async def look() -> bool:
            sent = sum(one["status"] == "sent" for one in await self.told())
            caught = [one for one in await self._caught() if f"[{self.number}]" in one["subject"]]
            assert len({one["message_id"] for one in caught}) == len(caught), "a mail is there twice"
            return bool(len(caught) == sent)

        assert await eventually(look, PATIENCE_SECONDS)

    async def _caught(self) -> list[dict[str, Any]]:
        async with httpx2.AsyncClient(base_url=self.catcher.url) as client:
            found: list[dict[str, Any]] = (await client.get("api/messages")).json()
            return found

    async def letter(self, about: str) -> str:
        """The text of the letter to the customer with these words in its subject."""

        async def look() -> str | None:
            for one in await self._caught():
                if f"[{self.number}]" in one["subject"] and about in one["subject"]:
                    async with httpx2.AsyncClient(base_url=self.catcher.url) as client:
                        raw = (await client.get(f"api/messages/{one['id']}/raw")).content
                    return text_of(message_from_bytes(raw, policy=default))
            return None

        found = await eventually(look, PATIENCE_SECONDS)
        assert isinstance(found, str)
        return found

    async def calls(self, about: str, at_least: int = 1) -> list[dict[str, Any]]:
        """Who was called about that, once there were so many calls."""

        async def look() -> list[dict[str, Any]] | None:
            client = self.desk.client("escalation", "support-manager")
            answer = await client.get(f"/v1/escalations/{self.id}", params={"escalation": about})
            calls = answer.json()["calls"] if answer.status_code == 200 else []
            return calls if len(calls) >= at_least else None

        found = await eventually(look, PATIENCE_SECONDS)
        assert isinstance(found, list)
        return found


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def matter(running: TestDesk, catcher: MailCatcher) -> Matter:
    return Matter(running, catcher)


@pytest.fixture(scope="module")
async def untouched(running: TestDesk, catcher: MailCatcher) -> Matter:
    """A complaint about which nobody does anything."""
    return await Matter(running, catcher).said(kind="complaint")


async def test_p17_feedback_is_acknowledged_within_two_working_days(untouched: Matter, matter: Matter) -> None:
    thanked = await matter.said(kind="praise")
    await thanked.takes("engineer", "acknowledgement", text="Thank you: I pass it on.")
    await thanked.promises(acknowledgement="kept")
    assert "I pass it on." in await thanked.letter("We have read your feedback")

    due_at = USUAL.working_days_after(OFFICE, await untouched.received_at(), 2)
    broken = await untouched.promises(acknowledgement="broken")
    assert [_instant(one["due_at"]) for one in broken if one["promise"] == "acknowledgement"] == [due_at]
    mails = await untouched.mailed(feedback_received=1, feedback_reminder=2)
    assert mails["feedback_acknowledged"] == 0
    assert (await thanked.mailed(feedback_received=1, feedback_acknowledged=1))["feedback_reminder"] == 0


async def test_p18_a_complaint_is_reviewed_by_the_vp(matter: Matter) -> None:
    complaint = await matter.said(kind="complaint")
    assert (await complaint.reads())["stage"] == "review"
    first, again = (await complaint.calls("review", 2))[:2]
    assert (first["role"], again["role"]) == ("vp", "vp")
    await complaint.acknowledges_the_call("vp", "review")
    called = len(await complaint.calls("review"))
    await complaint.takes("vp", "questions", question="Which ticket was it?")
    await complaint.takes("requester", "words", text="P-1042.")
    await complaint.takes("engineer", "outcome", 403, found="It is closed.", resolution="None.")
    await complaint.takes("vp", "outcome", found="It was forgotten.", measures="A checklist.")
    assert len(await complaint.calls("review")) == called, "nobody is called once somebody has taken it on"


async def test_p19_after_a_week_the_customer_is_told_when_the_next_word_comes(
    untouched: Matter, matter: Matter
) -> None:
    told = await matter.said(kind="complaint")
    promised = USUAL.working_days_after(OFFICE, await told.received_at(), 3).replace(microsecond=0)
    update: dict[str, Any] = {"delays": "The logs are large.", "needs": "Nothing.", "next_at": promised.isoformat()}
    await told.takes("engineer", "updates", 403, **update)
    await told.takes("support-manager", "updates", **update)
    letter = await told.letter("takes us longer")
    assert "The logs are large." in letter
    assert f"{promised:%H:%M}" in letter

    week = USUAL.days_after(OFFICE, await untouched.received_at(), 7)
    broken = await untouched.promises(update="broken")
    assert week in [_instant(one["due_at"]) for one in broken]
    first, second = (await untouched.calls("update", 2))[:2]
    assert (first["role"], second["role"]) == ("support-manager", "vp")
    assert _instant(second["called_at"]) >= USUAL.working_days_after(OFFICE, week, 1)
    await untouched.mailed(feedback_received=1, complaint_opened=1, feedback_reminder=2)
    missed = await told.promises(update="broken")
    assert promised in [_instant(one["due_at"]) for one in missed if one["outcome"] == "broken"]


async def test_p20_the_customer_is_told_the_outcome(matter: Matter) -> None:
    complaint = await matter.said(kind="complaint")
    await complaint.takes("vp", "outcome", 422, found="It was forgotten.")
    await complaint.takes("vp", "outcome", found="It was forgotten.", measures="A checklist.")
    await complaint.promises(acknowledgement="kept", update="kept")
    letter = await complaint.letter("The outcome of your complaint")
    assert {"It was forgotten.", "A checklist."} <= set(letter.replace("> ", "").splitlines())
    assert "CEO" in letter
    link = re.search(r"http://\S+/c/\S+", letter)
    assert link
    async with httpx2.AsyncClient() as browser:
        assert (await browser.get(link[0])).status_code == 200
        assert (await browser.post(link[0], data={"answer": "accept"})).status_code == 200
    assert (await complaint.reads())["stage"] == "settled"
    await complaint.mailed(feedback_received=1, complaint_outcome=1)


async def test_p21_who_stays_dissatisfied_is_heard_by_the_ceo(matter: Matter) -> None:
    complaint = await matter.said(kind="complaint")
    await complaint.takes("vp", "outcome", found="It was forgotten.", measures="A checklist.")
    await complaint.takes("requester", "dispute", text="And the week that we lost?")
    assert (await complaint.calls("arbitration"))[0]["role"] == "ceo"
    await complaint.takes("vp", "decision", 403, decision="No.")
    await complaint.takes("ceo", "decision", decision="We credit you the month.")
    assert "We credit you the month." in await complaint.letter("Our CEO has decided")
    await complaint.takes("requester", "words", text="Still.")
    await complaint.takes("requester", "withdrawal", 409)
    await complaint.mailed(complaint_outcome=1, complaint_disputed=1, complaint_decided=1, complaint_final=1)
    assert (await complaint.reads())["expected"] == []


async def test_p21_a_decided_matter_is_not_begun_anew_unless_staff_name_what_is_new(
    running: TestDesk, matter: Matter
) -> None:
    account = {"account_id": str(ACCOUNT), "name": "Kestrel Rail", "tier": "patrol"}
    assert (await running.client("intake", "admin").post("/v1/accounts", json=account)).status_code == 201
    request = {"severity": 3, "priority": "normal", "title": "It stops", "description": "Every hour."}
    opened = await running.client("intake", "requester", ACCOUNT).post("/v1/tickets", json=request)
    assert opened.status_code == 201, opened.text
    about = opened.json()["number"]

    async def complained() -> Matter | None:
        client = running.client("feedback", "requester", ACCOUNT)
        answer = await client.post("/v1/feedback", json={"text": TEXT, "kind": "complaint", "about": about})
        if answer.status_code != 201:  # feedback hears of the ticket a moment later
            return None
        matter.id, matter.number = answer.json()["feedback_id"], answer.json()["number"]
        return matter

    assert await eventually(complained)
    await matter.takes("vp", "outcome", found="It was forgotten.", measures="A checklist.")
    await matter.takes("requester", "dispute")
    await matter.takes("ceo", "decision", decision="We credit you the month.")
    again = await matter._post(
        "requester", "/v1/feedback", {"text": "Still.", "kind": "complaint", "about": about}, 200
    )
    assert (again["number"], again["stage"]) == (matter.number, "decided")
    await matter.mailed(complaint_final=1)
    words = next(one for one in (await matter.reads())["history"] if one["type"] == "feedback.added-to")
    refused = {"message_id": words["message_id"], "reason": " ", "kind": "complaint"}
    await matter.takes("vp", "split", 422, **refused)
    new = await matter.takes("vp", "split", 201, **refused | {"reason": "It is another outage."})
    assert new["number"] != matter.number


async def test_p22_who_needs_an_urgent_resolution_goes_straight_to_the_vp(
    running: TestDesk, catcher: MailCatcher, matter: Matter
) -> None:
    unheard = await matter.said(urgent=True)
    heard = await Matter(running, catcher).said(kind="complaint")
    made = await heard.takes("requester", "urgency", text="Our plant stands still.")
    assert made["stage"] == "review"
    assert (await heard.calls("urgent"))[0]["role"] == "vp"
    engineer, path = running.client("escalation", "engineer"), f"/v1/escalations/{heard.id}/acknowledgement"
    answer = await engineer.post(path, params={"escalation": "urgent"})
    assert answer.status_code == 403, "only the VP or the CEO takes it on"
    await heard.takes("vp", "acknowledgement", text="I call you now.")
    answered = next(one for one in (await heard.reads())["history"] if one["type"] == "feedback.acknowledged")
    verdict = await heard.verdict("urgent")  # four hours are a moment on this clock
    assert verdict["outcome"] == ("kept" if _instant(answered["at"]) < _instant(verdict["due_at"]) else "broken")

    due_at = USUAL.reached(OFFICE, await unheard.received_at(), timedelta(hours=4))
    broken = await unheard.promises(urgent="broken")
    assert [_instant(one["due_at"]) for one in broken if one["promise"] == "urgent"] == [due_at]
    assert (await unheard.calls("urgent"))[0]["role"] == "vp"
