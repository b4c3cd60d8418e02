"""Feedback hears of mails that the mail door passed on: together, again, and of matters that it doesn't know."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx2
from tests.desk import eventually
from tests.integration.teller import Teller

from contracts.texts import NO_SUBJECT
from contracts.tickets import FeedbackMailReceived
from feedback.react import feedback_stream


def begins(email: str = "eve@elsewhere.example", **changes: Any) -> FeedbackMailReceived:
    mail_id = uuid4()
    mail = FeedbackMailReceived(
        feedback_id=mail_id,
        message_id=mail_id,
        account_id=None,
        subject_id=uuid4(),
        threaded=False,
        follows=False,
        text="Slow.",
        subject=NO_SUBJECT,
        email=email,
        mail=str(mail_id),
    )
    return replace(mail, **changes)


def answers(feedback_id: UUID, **changes: Any) -> FeedbackMailReceived:
    return begins(feedback_id=feedback_id, threaded=True, text="Still slow.", **changes)


async def said(client: httpx2.AsyncClient, feedback_id: UUID, count: int = 1) -> list[str]:
    """The customer's words, once there are so many."""

    async def look() -> list[str]:
        answer = await client.get(f"/v1/feedback/{feedback_id}")
        assert answer.status_code == 200
        history = answer.json()["history"]
        words = [one["texts"]["text"] for one in history if one["type"] in ("feedback.received", "feedback.added-to")]
        assert len(words) == count, words
        return words

    found = await eventually(look)
    assert isinstance(found, list)
    return found


async def numbers(client: httpx2.AsyncClient) -> int:
    return len((await client.get("/v1/feedback?limit=500")).json()["items"])


async def test_what_follows_a_mail_is_part_of_it_though_both_are_heard_at_once(
    client: httpx2.AsyncClient, intake: Teller
) -> None:
    first = begins()
    more = [answers(first.feedback_id, follows=True, subject_id=first.subject_id) for _ in range(2)]
    await intake.tell(first, *more, stream=feedback_stream(first.feedback_id))
    assert await said(client, first.feedback_id, 3) == ["Slow.", "Still slow.", "Still slow."]


async def test_an_answer_to_a_matter_that_is_not_known_here_is_not_lost(
    client: httpx2.AsyncClient, intake: Teller
) -> None:
    lost = answers(uuid4())
    await intake.tell(lost, stream=feedback_stream(lost.feedback_id))
    assert await said(client, lost.message_id) == ["Still slow."]
    assert (await client.get(f"/v1/feedback/{lost.feedback_id}")).status_code == 404


async def test_what_follows_a_mail_that_never_came_to_be_feedback_is_not_lost(
    client: httpx2.AsyncClient, intake: Teller
) -> None:
    lost = answers(uuid4(), follows=True)
    await intake.tell(lost, stream=feedback_stream(lost.feedback_id))
    assert await said(client, lost.feedback_id) == ["Still slow."]


async def test_an_answer_by_number_may_be_to_a_matter_of_another_shard(
    client: httpx2.AsyncClient, intake: Teller
) -> None:
    first = begins()
    await intake.tell(first, stream=feedback_stream(first.feedback_id))
    await said(client, first.feedback_id)
    number = (await client.get(f"/v1/feedback/{first.feedback_id}")).json()["number"]
    for email, count in (("Eve@Elsewhere.example", 2), ("mallory@elsewhere.example", 2)):
        by_number = begins(email, threaded=True, numbers=("F-999999", number), text="By number.")
        await intake.tell(by_number, stream=feedback_stream(by_number.feedback_id))
        if email.startswith("mallory"):
            assert await said(client, by_number.message_id) == ["By number."]
        assert await said(client, first.feedback_id, count) == ["Slow.", "By number."]


async def test_mails_heard_again_change_nothing(client: httpx2.AsyncClient, intake: Teller) -> None:
    first, lost = begins(), answers(uuid4())
    await intake.tell(first, stream=feedback_stream(first.feedback_id))
    await intake.tell(lost, stream=feedback_stream(lost.feedback_id))
    await said(client, first.feedback_id)
    await said(client, lost.message_id)
    before = await numbers(client)
    await intake.repeat()
    last = answers(first.feedback_id, follows=True)
    await intake.tell(last, stream=feedback_stream(first.feedback_id))
    assert await said(client, first.feedback_id, 2) == ["Slow.", "Still slow."]
    assert await numbers(client) == before


async def test_a_mail_as_long_as_any_is_taken(client: httpx2.AsyncClient, intake: Teller) -> None:
    long = begins(text="ä" * 96 * 1024)
    await intake.tell(long, stream=feedback_stream(long.feedback_id))
    (words,) = await said(client, long.feedback_id)
    assert len(words) == 96 * 1024
    urgent = begins(text="Urgent: yes\n" + "ä" * 95 * 1024)
    await intake.tell(urgent, stream=feedback_stream(urgent.feedback_id))
    await said(client, urgent.feedback_id)
