"""Feedback by mail, from the real mail door to feedback's own pages, and the letters that come back to be answered."""

import asyncio
import re
import smtplib
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.catching import catching, mails_to
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.intake.post import MAILBOX, mails
from tests.stack import Addresses
from tests.topics import own_topics

from punctual.local.mailcatcher import MailCatcher

FEEDBACK_BOX = "feedback@punctual.local"
SERVICES = ["intake", "sla-timer", "feedback", "notifier"]


@pytest.fixture(scope="module")
async def catcher(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MailCatcher]:
    async with catching(tmp_path_factory.mktemp("mails")) as found:
        yield found


@pytest.fixture(scope="module")
async def running(
    stack: Addresses, session_database: Factory, topic_prefix: str, catcher: MailCatcher
) -> AsyncIterator[TestDesk]:
    async with own_topics(stack, topic_prefix, SERVICES) as prefix:
        with pytest.MonkeyPatch.context() as patch:
            async with desk(stack, session_database, prefix, patch, SERVICES, **mails_to(catcher)) as made:
                yield made


class Writer:
    """Somebody with a mail program."""

    def __init__(self, made: TestDesk, catcher: MailCatcher, address: str) -> None:
        self.desk, self.catcher, self.address = made, catcher, address
        self.staff = made.client("feedback", "support-manager")
        self.vp = made.client("feedback", "vp")

    async def writes(self, body: str, subject: str = "My opinion", to: str = FEEDBACK_BOX, **headers: str) -> str:
        """Write a mail; its Message-ID."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.address, to, subject
        mail["Message-ID"] = headers.pop("Message_ID", f"<{uuid4()}@pc.example>")
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(body)
        await self.sends(mail)
        return str(mail["Message-ID"])

    async def sends(self, mail: EmailMessage) -> None:
        def talk() -> None:
            with smtplib.SMTP("127.0.0.1", self.desk.smtp, timeout=20) as server:
                server.send_message(mail)

        await asyncio.to_thread(talk)

    async def answers(self, letter: EmailMessage, body: str) -> None:
        """As a mail program does that answers."""
        await self.writes(
            f"{body}\n\nOn Monday the desk wrote:\n> {letter['Subject']}\n",
            f"Re: {letter['Subject']}",
            str(letter["Reply-To"]),
            In_Reply_To=str(letter["Message-ID"]),
            References=str(letter["Message-ID"]),
        )

    async def gets(self, about: str, to: str | None = None) -> EmailMessage:
        """The first mail to the writer whose subject contains the words."""

        async def look() -> Any:
            async with httpx2.AsyncClient(base_url=self.catcher.url) as client:
                for one in reversed((await client.get("api/messages", params={"to": to or self.address})).json()):
                    if about in one["subject"]:
                        return (await client.get(f"api/messages/{one['id']}/raw")).content
            return None

        raw = await eventually(look, 40)
        assert isinstance(raw, bytes)
        return message_from_bytes(raw, policy=default)

    async def got(self) -> list[str]:
        """The subjects of all mails to the writer."""
        async with httpx2.AsyncClient(base_url=self.catcher.url) as client:
            found = (await client.get("api/messages", params={"to": self.address})).json()
        return sorted(one["subject"] for one in found)

    async def number(self) -> str:
        """Of the feedback whose receipt the writer got."""
        found = re.match(r"\[(F-\d+)\]", str((await self.gets("received your feedback"))["Subject"]))
        assert found
        return found[1]

    async def reads(self, number: str) -> dict[str, Any]:
        answer = await self.staff.get(f"/v1/feedback/{number}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def said(self, number: str, count: int) -> list[dict[str, Any]]:
        """The customer's words, once there are so many pieces of them."""

        async def look() -> Any:
            words = [
                one
                for one in (await self.reads(number))["history"]
                if one["type"] in ("feedback.received", "feedback.added-to")
            ]
            assert len(words) == count, words
            return words

        found = await eventually(look)
        assert isinstance(found, list)
        return found

    async def takes(self, number: str, step: str, **body: Any) -> None:
        area = "feedback" if step in ("acknowledgement", "kind") else "complaints"
        answer = await self.vp.post(f"/v1/{area}/{number}/{step}", json=body)
        assert answer.status_code == 200, answer.text

    async def kept(self, subject: str, state: str | None = None) -> list[dict[str, Any]]:
        """What became of the mails with this subject, once something has."""

        async def look() -> Any:
            found = [one for one in await mails(self.desk) if one["subject"] == subject]
            assert found
            assert all(one["state"] != "stored" for one in found)
            return found

        found = await eventually(look)
        assert isinstance(found, list)
        return found


@pytest.fixture
def somebody(running: TestDesk, catcher: MailCatcher) -> Any:
    def writer(domain: str | None = None, name: str = "eve") -> Writer:
        return Writer(running, catcher, f"{name}@{domain or f'{uuid4().hex[:8]}.example'}")

    return writer


async def account(made: TestDesk, account_id: UUID | None = None) -> str:
    """The domain of a new account."""
    domain = f"{uuid4().hex[:8]}.example"
    body = {"account_id": str(account_id or uuid4()), "name": domain, "tier": "patrol", "domains": [domain]}
    assert (await made.client("intake", "admin").post("/v1/accounts", json=body)).status_code == 201
    return domain


async def test_a_mail_of_somebody_unknown_is_feedback_and_gets_a_receipt_with_its_number(somebody: Any) -> None:
    eve = somebody()
    identity = await eve.writes("Your answer saved our weekend.\nKind: praise\n", subject := f"Thanks {uuid4()}")
    receipt = await eve.gets("received your feedback")
    assert (receipt["In-Reply-To"], receipt["Auto-Submitted"]) == (identity, "auto-replied")
    found = await eve.reads(await eve.number())
    assert (found["channel"], found["kind"], found["account_id"], found["stage"]) == ("email", "praise", None, "none")
    assert [one["due_at"] for one in found["promises"] if one["promise"] == "acknowledgement"]
    (mail,) = await eve.kept(subject)
    assert (mail["state"], mail["target"], mail["ticket_id"], mail["number"]) == ("performed", "feedback", None, None)
    assert mail["feedback_id"] == found["feedback_id"]
    assert found["received_at"] >= mail["received_at"]
    assert found["history"][0]["texts"]["text"].partition("\n\n")[2].startswith("Your answer saved our weekend.")


async def test_the_same_mail_twice_is_one_feedback(somebody: Any) -> None:
    eve = somebody()
    for _ in range(3):
        await eve.writes("Slow.", Message_ID="<same@pc.example>")
    number = await eve.number()
    await eve.writes("And again.", In_Reply_To="<same@pc.example>")
    words = await eve.said(number, 2)
    assert [one["texts"]["text"].strip().split("\n")[-1] for one in words] == ["Slow.", "And again."]
    assert await eve.got() == [f"[{number}] We have received your feedback"]


async def test_answers_to_letters_complete_what_was_asked_and_a_dispute_is_offered_and_not_decided(
    running: TestDesk, somebody: Any
) -> None:
    account_id = uuid4()
    ann = somebody(await account(running, account_id), "ann")
    await ann.writes("Nobody called me back.\n\nKind: complaint\n")
    number = await ann.number()
    await ann.takes(number, "questions", question="On which day was it?")
    await ann.answers(await ann.gets("question about your feedback"), "It was on Monday.")
    _, answer = await ann.said(number, 2)
    assert (answer["texts"]["text"].strip(), answer["words"]) == (
        "It was on Monday.",
        "The customer answered the question.",
    )
    await ann.takes(number, "outcome", found="It was forgotten.", measures="A checklist.")
    await ann.answers(await ann.gets("outcome of your complaint"), "I do not accept this.")
    *_, dispute = await ann.said(number, 3)
    whole = await ann.reads(number)
    assert (whole["stage"], whole["unmarked"], dispute["offers"]) == ("outcome", [dispute["message_id"]], "dispute")
    told = await ann.gets(f"[{number}] The customer does not seem to accept", "vp@desk.punctual.local")
    assert "reads as a dispute" in " ".join(told.get_body(("plain",)).get_content().split())
    mine = (await running.client("feedback", "requester", account_id).get(f"/v1/feedback/{number}")).json()
    assert [one["offers"] for one in mine["history"] if one["message_id"] == dispute["message_id"]] == [None]
    await ann.takes(number, "marks", message_id=dispute["message_id"], meaning="disputed")
    assert (await ann.reads(number))["stage"] == "arbitration"
    await ann.gets("CEO hears your complaint")
    decision = {"decision": "We refund the month."}
    ceo = running.client("feedback", "ceo")
    assert (await ceo.post(f"/v1/complaints/{number}/decision", json=decision)).status_code == 200
    await ann.answers(await ann.gets("CEO has decided"), "Urgent: yes\nI do not accept that either.")
    *_, late = await ann.said(number, 4)
    assert (late["offers"], (await ann.reads(number))["stage"]) == (None, "decided")
    await ann.gets("Your complaint has been decided")


async def test_a_colleague_s_answer_belongs_to_it_and_a_stranger_s_begins_one_of_its_own(
    running: TestDesk, somebody: Any
) -> None:
    domain = await account(running)
    ann, bob, eve = somebody(domain, "ann"), somebody(domain, "bob"), somebody()
    await ann.writes("The secret is out.\nKind: complaint")
    number, receipt = await ann.number(), await ann.gets("received your feedback")
    await bob.answers(receipt, "So it is, says Bob.")
    await ann.said(number, 2)
    await eve.answers(receipt, "What is this?")
    other = await eve.number()
    assert other != number
    found = await eve.reads(other)
    assert (found["account_id"], found["history"][0]["texts"]["text"].strip()) == (None, "What is this?")
    await ann.said(number, 2)
    assert await bob.got() == []
    listed = [one for one in await mails(running) if one["from"] == eve.address]
    assert [one["own_feedback_id"] for one in listed] == [found["feedback_id"]]


async def test_the_number_in_the_subject_leads_back_to_whoever_may(running: TestDesk, somebody: Any) -> None:
    ann, eve = somebody(), somebody()
    await ann.writes("Slow.")
    number = await ann.number()
    await ann.writes("Still slow.", f"About {number}")
    await ann.said(number, 2)
    await eve.writes("Mine is slow too.", f"About {number}")
    assert await eve.number() != number
    await eve.writes("Nobody's number.", "About F-999999999")
    assert len(await eve.kept("About F-999999999")) == 1
    await ann.said(number, 2)


async def test_a_letter_s_answer_that_comes_to_the_desk_opens_no_ticket(running: TestDesk, somebody: Any) -> None:
    ann = somebody(await account(running), "ann")
    await ann.writes("Slow.")
    number, receipt = await ann.number(), await ann.gets("received your feedback")
    await ann.writes("By the wrong way.", "Re: it", MAILBOX, In_Reply_To=str(receipt["Message-ID"]))
    await ann.said(number, 2)
    await ann.writes("By its number.", f"Re: [{number}] We have received your feedback", MAILBOX)
    await ann.said(number, 3)
    assert [one for one in await mails(running) if one["from"] == ann.address and one["target"] == "ticket"] == []


async def test_a_mail_to_both_is_a_ticket_and_feedback(running: TestDesk, somebody: Any) -> None:
    ann = somebody(await account(running), "ann")
    subject = f"It fails {uuid4()}"
    await ann.writes("And nobody answers.", subject, f"{MAILBOX}, {FEEDBACK_BOX}")
    found = await ann.kept(subject)
    assert sorted(one["target"] for one in found) == ["feedback", "ticket"]
    await ann.number()
    ticket = next(one["number"] for one in found if one["number"])
    await ann.writes("Slow, too.", f"About {ticket}")

    async def about() -> bool:
        items = (await ann.staff.get("/v1/feedback")).json()["items"]
        return ticket in {one["about_number"] for one in items}

    assert await eventually(about)


async def test_about_a_ticket_of_which_they_complained_a_mail_is_part_of_that(running: TestDesk, somebody: Any) -> None:
    ann = somebody(await account(running), "ann")
    subject = f"It fails {uuid4()}"
    await ann.writes("It fails.", subject, MAILBOX)
    (mail,) = await ann.kept(subject)
    await ann.writes("Nobody answers.\nKind: complaint\n", about := f"About {mail['number']}")
    number = await ann.number()
    await ann.writes("Still nobody.", about)
    await ann.said(number, 2)
    await ann.takes(number, "outcome", found="It was forgotten.", measures="A checklist.")
    await ann.takes(number, "dispute", text="She does not accept it, she says.")
    decided = {"decision": "We refund the month."}
    answer = await running.client("feedback", "ceo").post(f"/v1/complaints/{number}/decision", json=decided)
    assert answer.status_code == 200, answer.text
    await ann.writes("I complain once more.\nKind: complaint\n", about)
    *_, again = await ann.said(number, 3)
    assert again["words"].endswith("The decision stands.")
    await ann.writes("It works well now.\nKind: praise\n", about)

    async def begun() -> bool:
        return len((await ann.staff.get("/v1/feedback", params={"about": mail["number"]})).json()["items"]) == 2

    assert await eventually(begun), "praise is a matter of its own"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [({"Auto_Submitted": "auto-replied"}, "auto-submitted"), ({"List_Id": "<a.b.example>"}, "list")],
)
async def test_what_a_machine_writes_is_kept_and_is_no_feedback(
    somebody: Any, headers: dict[str, str], reason: str
) -> None:
    eve, subject = somebody(), f"News {uuid4()}"
    await eve.writes("It goes well.", subject, **headers)
    (mail,) = await eve.kept(subject)
    assert (mail["state"], mail["reason"], mail["feedback_id"]) == ("ignored", reason, None)


async def test_a_list_s_mail_of_somebody_we_know_is_feedback_and_gets_no_receipt(
    running: TestDesk, somebody: Any
) -> None:
    ann, subject = somebody(await account(running), "ann"), f"Slow {uuid4()}"
    await ann.writes("Slow.", subject, List_Id="<a.b.example>")
    (mail,) = await ann.kept(subject)
    assert (mail["state"], mail["target"]) == ("performed", "feedback")
    notifications = running.client("notifier", "support-manager")

    async def withheld() -> bool:
        url = f"/v1/notifications?ticket_id={mail['feedback_id']}"
        items = (await notifications.get(url)).json()["items"]
        return [(one["template"], one["reason"]) for one in items] == [("feedback-received", "machine")]

    assert await eventually(withheld)


async def test_a_mail_of_our_own_is_answered_by_nothing(running: TestDesk, catcher: MailCatcher) -> None:
    for address in (FEEDBACK_BOX, MAILBOX, "feedback+x@punctual.local"):
        own, subject = Writer(running, catcher, address), f"Loop {uuid4()}"
        await own.writes("Hello.", subject)
        (mail,) = await own.kept(subject)
        assert (mail["state"], mail["reason"]) == ("ignored", "own-mailbox")


async def test_whoever_writes_without_end_gets_three_receipts_at_once_and_the_others_wait_for_the_end_of_the_hour(
    running: TestDesk, somebody: Any
) -> None:
    eve = somebody()
    for n in range(6):
        await eve.writes("Slow.", f"Slow {n}")
    notifications = running.client("notifier", "support-manager")

    async def settled() -> bool:
        items = (await notifications.get("/v1/notifications?status=requested")).json()["items"]
        return len([one for one in items if one["reason"] == "rate-limited"]) == 3

    assert await eventually(settled, 40)
    assert len(await eve.got()) == 3


async def test_urgent_is_what_a_line_says(running: TestDesk, somebody: Any) -> None:
    ann, eve = somebody(await account(running), "ann"), somebody()
    await eve.writes("Urgent: yes\n\nOur plant stands still.")
    assert (await eve.reads(await eve.number()))["urgent"] is False, "P22 is for the people of an account"
    await ann.writes("Urgent: yes\n\nOur plant stands still.")
    number = await ann.number()
    found = await ann.reads(number)
    assert (found["stage"], found["urgent"]) == ("review", True)
    assert "urgent" in {one["promise"] for one in found["promises"]}
