"""Staff mark what was said on a ticket as feedback: from intake's door to feedback's, the proof and the letter."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.catching import catching, mails_to
from tests.conftest import Factory
from tests.desk import SECRET, TestDesk, desk, eventually
from tests.integration.feedback.test_mailing import FEEDBACK_BOX, SERVICES, Writer, account
from tests.integration.intake.conftest import opened, problem
from tests.integration.intake.post import MAILBOX
from tests.integration.teller import teller
from tests.stack import Addresses
from tests.topics import own_topics

from contracts.names import TICKETS
from contracts.roles import Role
from contracts.tickets import MessageMarked
from kit.http.auth import Caller, issue
from punctual.local.mailcatcher import MailCatcher

COMPLAINT = {"kind": "complaint", "reason": "She waits since Monday."}


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


class Ticket:
    """A ticket of a new account, with its requester, a colleague, and an engineer at intake's doors."""

    def __init__(self, made: TestDesk, account_id: UUID, domain: str) -> None:
        self.desk, self.account_id, self.domain = made, account_id, domain
        self.ann, self.bob = self.client("ann"), self.client("bob")
        self.engineer = made.client("intake")
        self.number, self.ticket_id = "", ""

    def client(self, name: str, role: Role = "requester") -> httpx2.AsyncClient:
        email = f"{name}@{self.domain}"
        token = issue(SECRET, Caller(email, role, self.account_id, email), now=time.time())
        url, headers = f"http://127.0.0.1:{self.desk.ports['intake']}", {"Authorization": f"Bearer {token}"}
        made = httpx2.AsyncClient(base_url=url, headers=headers, timeout=20)
        self.desk.clients["intake", token] = made
        return made

    async def opens(self) -> "Ticket":
        body = await opened(self.ann)
        self.number, self.ticket_id = body["number"], body["ticket_id"]
        return self

    async def says(self, client: httpx2.AsyncClient, body: str, **more: Any) -> str:
        answer = await client.post(f"/v1/tickets/{self.number}/messages", json={"body": body} | more)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["message_id"])

    async def marks(self, message_id: str, by: Any = None, key: str | None = None, **body: Any) -> httpx2.Response:
        headers = {"Idempotency-Key": key or str(uuid4())}
        path = f"/v1/tickets/{self.number}/messages/{message_id}/feedback"
        return await (by or self.engineer).post(path, json=COMPLAINT | body, headers=headers)

    async def reads(self, client: httpx2.AsyncClient) -> dict[str, Any]:
        found: dict[str, Any] = (await client.get(f"/v1/tickets/{self.number}")).json()
        return found

    async def feedback(self, feedback_id: str, role: Role = "engineer") -> dict[str, Any]:
        """What feedback has of it, once its deadlines are known."""
        client = self.desk.client("feedback", role, self.account_id if role == "requester" else None)

        async def look() -> Any:
            answer = await client.get(f"/v1/feedback/{feedback_id}")
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert found["promises"]
            return found

        found = await eventually(look)
        assert isinstance(found, dict)
        return found


@pytest.fixture
async def ticket(running: TestDesk) -> Ticket:
    account_id = uuid4()
    return await Ticket(running, account_id, await account(running, account_id)).opens()


async def test_a_message_that_staff_mark_is_feedback_from_when_it_was_written(
    ticket: Ticket, running: TestDesk, catcher: MailCatcher
) -> None:
    message_id = await ticket.says(ticket.ann, "Three days, and nobody answers.")
    before = await ticket.reads(ticket.engineer)
    key = str(uuid4())
    first, again, other = [
        await ticket.marks(message_id, key=key),
        await ticket.marks(message_id, key=key),
        await ticket.marks(message_id, kind="praise", reason="No."),
    ]
    assert first.status_code == 200, first.text
    assert first.json() == again.json() == other.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.headers["ETag"] == other.headers["ETag"]
    feedback_id = first.json()["feedback_id"]
    found = await ticket.feedback(feedback_id)
    (message,) = before["messages"]
    assert datetime.fromisoformat(found["received_at"]) == datetime.fromisoformat(message["at"])
    assert (found["channel"], found["kind"], found["stage"], found["about_number"], found["account_id"]) == (
        "portal",
        "complaint",
        "review",
        ticket.number,
        str(ticket.account_id),
    )
    assert f"Staff marked it as feedback, on ticket {ticket.number}." in found["history"][0]["words"]
    assert found["history"][0]["texts"]["text"] == "Three days, and nobody answers."
    assert COMPLAINT["reason"] in str(found)
    assert COMPLAINT["reason"] not in str(await ticket.feedback(feedback_id, "requester"))
    after = await ticket.reads(ticket.engineer)
    assert [one["feedback_id"] for one in after["messages"]] == [feedback_id]
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"messages", "version", "updated_at"}
    letter = await Writer(running, catcher, f"ann@{ticket.domain}").gets("received your feedback")
    part = letter.get_body(("plain",))
    assert part
    words = " ".join(str(part.get_content()).split())
    assert (
        f"What you told us on {ticket.number} is feedback on our support. It has the number {found['number']};" in words
    )


async def test_on_a_closed_ticket_the_opening_words_are_marked_by_the_ticket_s_id(ticket: Ticket) -> None:
    closed = await ticket.ann.post(f"/v1/tickets/{ticket.number}/closing", json={"cause": "withdrawn"})
    assert closed.status_code == 200, closed.text
    marked = await ticket.marks(ticket.ticket_id, kind=None)
    assert (marked.status_code, marked.json()["status"]) == (200, "closed"), marked.text
    found = await ticket.feedback(marked.json()["feedback_id"])
    assert (found["kind"], found["about_number"]) == (None, ticket.number)
    assert found["history"][0]["texts"]["text"] == "The export fails\n\nEvery export ends with error 17."
    seen = await ticket.reads(ticket.engineer)
    assert seen["feedback_id"] == marked.json()["feedback_id"]
    customer = await ticket.reads(ticket.ann)
    assert (customer["feedback_id"], customer["status"]) == (None, "closed")
    history = await ticket.ann.get(f"/v1/tickets/{ticket.number}/events")
    assert "ticket.message-marked" not in history.text


async def test_a_colleague_is_acknowledged_at_the_address_under_which_they_wrote(
    ticket: Ticket, running: TestDesk, catcher: MailCatcher
) -> None:
    by_portal = await ticket.says(ticket.bob, "I wait, too.")
    marked = await ticket.marks(by_portal, kind="criticism")
    found = await ticket.feedback(marked.json()["feedback_id"])
    assert [one["promise"] for one in found["promises"]] == ["acknowledgement"]
    carol = Writer(running, catcher, f"carol@{ticket.domain}")
    await carol.writes("So do I.", f"Re: [{ticket.number}] The export fails", MAILBOX)

    async def by_mail() -> Any:
        messages = (await ticket.reads(ticket.engineer))["messages"]
        return next((one["message_id"] for one in messages if "So do" in one["body"]), None)

    message_id = str(await eventually(by_mail))
    assert (await ticket.marks(message_id, kind="praise")).status_code == 200
    for who in (Writer(running, catcher, f"bob@{ticket.domain}"), carol):
        assert await who.gets("received your feedback")


async def test_only_what_a_customer_said_on_this_ticket_is_marked_and_only_by_staff(ticket: Ticket) -> None:
    hers = await ticket.says(ticket.ann, "And?")
    note = await ticket.says(ticket.engineer, "She is right.", public=False)
    answer = await ticket.engineer.post(f"/v1/tickets/{ticket.number}/response", json={"states": "plan", "body": "So."})
    for message_id, body, expected in (
        (note, {}, (409, "not-the-customers", [])),
        (answer.json()["message_id"], {}, (409, "not-the-customers", [])),
        (str(uuid4()), {}, (404, "message-unknown", [])),
        (hers, {"reason": " "}, (422, "blank", ["reason"])),
        (hers, {"kind": "anger"}, (422, "invalid-request", ["kind"])),
        (hers, {"colour": "red"}, (422, "invalid-request", ["colour"])),
    ):
        refused = await ticket.marks(message_id, **body)
        assert problem(refused) == expected, refused.text
    assert problem(await ticket.marks(hers, ticket.ann))[:2] == (403, "role-not-allowed")
    elsewhere = await Ticket(ticket.desk, ticket.account_id, ticket.domain).opens()
    assert problem(await elsewhere.marks(hers))[:2] == (404, "message-unknown")
    assert {one["feedback_id"] for one in (await ticket.reads(ticket.engineer))["messages"]} == {None}


async def test_a_mail_that_went_to_feedback_too_is_feedback_already(
    running: TestDesk, catcher: MailCatcher, ticket: Ticket
) -> None:
    eve = Writer(running, catcher, f"eve@{ticket.domain}")
    subject = f"Slow {uuid4()}"
    await eve.writes("You are slow.", subject, f"{MAILBOX}, {FEEDBACK_BOX}")
    both = {one["target"]: one for one in await eve.kept(subject)}
    assert both.keys() == {"ticket", "feedback"}
    ticket.number, ticket.ticket_id = both["ticket"]["number"], both["ticket"]["ticket_id"]
    refused = await ticket.marks(ticket.ticket_id)
    assert problem(refused)[:2] == (409, "feedback-already")
    assert both["feedback"]["feedback_id"] in refused.json()["detail"]


async def test_a_message_of_last_week_that_becomes_a_complaint_has_what_is_past_broken_at_once(
    stack: Addresses, session_database: Factory, topic_prefix: str
) -> None:
    marked = MessageMarked(
        ticket_id=uuid4(),
        number="P-1042",
        message_id=uuid4(),
        feedback_id=uuid4(),
        account_id=uuid4(),
        subject_id=uuid4(),
        channel="portal",
        text="Nobody answers.",
        reason="She waits since Monday.",
        received_at=datetime.now(UTC) - timedelta(days=14),
        kind="complaint",
        email="ann@customer.example",
    )
    services = ["sla-timer", "feedback"]
    async with own_topics(stack, f"{topic_prefix}week-", services) as prefix:
        with pytest.MonkeyPatch.context() as patch:
            async with (
                desk(stack, session_database, prefix, patch, services) as made,
                teller(session_database, made, TICKETS) as intake,
            ):
                async with intake.store.transaction() as tx:
                    await intake.core.vault.keys(tx, [marked.subject_id], make=[marked.subject_id])
                await intake.tell(marked)

                async def look() -> Any:
                    answer = await made.client("feedback", "vp").get(f"/v1/complaints/{marked.feedback_id}")
                    assert answer.status_code == 200, answer.text
                    return sorted((one["promise"], str(one["outcome"])) for one in answer.json()["promises"]) == [
                        ("acknowledgement", "broken"),
                        ("update", "None"),  # due again within a working day
                        ("update", "broken"),
                    ]

                assert await eventually(look)
                proof = await made.client("feedback", "vp").get(
                    f"/v1/complaints/{marked.feedback_id}/promises/acknowledgement/explain"
                )
                assert proof.status_code == 200, proof.text
