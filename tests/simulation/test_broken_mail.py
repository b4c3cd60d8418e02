"""That simulation finds what goes wrong with mails: a rule is broken on purpose, and some seed says so."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import structs
from tests.simulation.broken import found, only
from tests.simulation.equals import mailroom, outbox
from tests.simulation.mail_server import SimulatedLine

from contracts.envelope import Fact
from intake import queries as letters
from intake.domain.events import Details
from intake.mail import Mail, message_words
from intake.mailroom import process
from intake.mailroom.receive import Receiver
from kit.log.request import CommandRequest
from kit.memory import MemoryTx
from kit.store import Unavailable
from notifier import queries as notifications
from notifier.domain.policy import Policy
from notifier.react import bounces
from notifier.senders.mail_builder import MailBuilder
from notifier.senders.outbox import Outbox, OutboxMail
from notifier.senders.pending import PendingMail, pending_mail
from notifier.senders.smtp import Deferred


def test_a_sender_that_takes_a_mail_for_sent_when_it_was_deferred(monkeypatch: pytest.MonkeyPatch) -> None:
    async def offer(self: SimulatedLine, mail: EmailMessage) -> None:
        with suppress(Deferred):
            await self._server.offer(mail, self._sender)

    monkeypatch.setattr(SimulatedLine, "offer", offer)
    assert found("was sent, and the server never took it", first=1)


def test_a_sender_that_does_not_keep_what_it_has_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    async def keep(self: Outbox) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Outbox, "keep", keep)
    monkeypatch.setattr("notifier.senders.outbox.LEASE", timedelta(seconds=0.2))
    assert found("though its sender knew", first=1)


def test_a_sender_that_does_not_ask_again_whether_a_mail_is_still_true(monkeypatch: pytest.MonkeyPatch) -> None:
    def never_overtaken(thread: Sequence[Fact], notification_id: UUID) -> PendingMail:
        return replace(pending_mail(thread, notification_id), overtaken=False)

    monkeypatch.setattr("notifier.senders.mail.pending_mail", never_overtaken)
    assert found("s too late", first=1)


def test_a_sender_that_tells_nobody_of_what_it_could_not_send(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifier.senders.mail.unsent", lambda *values: [])
    assert found("was not sent: told 0 times", first=5)


def test_mails_that_overtake_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def claim(tx: MemoryTx, now: float, *values: Any) -> outbox.Rows:
        rows = outbox._requested(tx)
        lanes = {row["notification_id"]: row["lane"] for row in rows}
        for row in rows:
            row["lane"] = str(row["notification_id"])
        found = outbox.claim(tx, now, *values)
        for row in outbox._requested(tx):
            row["lane"] = lanes[row["notification_id"]]
        return found

    monkeypatch.setitem(outbox.OUTBOX, notifications.CLAIM, claim)
    assert found("in another order", first=1)


def test_a_machine_that_answers_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch)
    monkeypatch.setattr("tests.simulation.letters.MORE", (8,))
    monkeypatch.setattr("tests.simulation.letters.SEVERAL", 1.0)
    monkeypatch.setattr(Policy, "reply_from", lambda self, now, others: None)
    assert found("automatic replies within an hour", first=4)


def test_a_mail_of_several_replies_that_names_one_ticket_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = MailBuilder._replies

    only(monkeypatch)
    monkeypatch.setattr("tests.simulation.letters.SEVERAL", 1.0)
    monkeypatch.setattr(MailBuilder, "_replies", lambda self, *requests: real(self, *requests)[:1])
    assert found("is in no mail", first=4)


def test_a_watch_that_tells_of_waiting_mails_once_and_never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.watching.is_due", lambda now, noted_at, waiting: waiting > 0 and noted_at is None)
    assert found("nobody has seen to it", first=12)


def test_a_form_that_is_not_read_where_it_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "message_words", lambda mail: replace(message_words(mail), form=Details()))
    assert found("fills in", first=51)


def test_a_mail_that_is_said_to_be_stored_before_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Receiver.receive

    async def receive(self: Receiver, *values: Any) -> None:
        with suppress(Unavailable):
            await real(self, *values)

    only(monkeypatch, lost=0.02)
    monkeypatch.setattr(Receiver, "receive", receive)
    assert found("was stored, and isn't there", first=1)


def test_a_mail_whose_command_has_another_id_on_every_try(monkeypatch: pytest.MonkeyPatch) -> None:
    real = process.request_for

    def request_for(row: Mapping[str, Any], mail: Mail, *values: Any) -> CommandRequest:
        return structs.replace(real(row, mail, *values), command_id=uuid4())

    only(monkeypatch, lost=0.02)
    monkeypatch.setattr(process, "request_for", request_for)
    assert found("2 events are its effect", first=7)


def test_mails_of_a_ticket_that_do_not_wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def mails_to_perform(tx: MemoryTx, now: float, limit: int, but: list[UUID]) -> mailroom.Rows:
        return list(reversed(mailroom._stored(tx)))

    monkeypatch.setitem(mailroom.MAILROOM, letters.MAILS_TO_PROCESS, mails_to_perform)
    assert found("came in the order")


def test_a_call_that_forgets_that_it_may_have_left_in_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    async def leave_in_terms(self: Outbox, waiting: OutboxMail) -> None:
        pass

    monkeypatch.setattr(Outbox, "leave_in_terms", leave_in_terms)
    monkeypatch.setattr("notifier.domain.next_instant.WAIT_SECONDS", 0.0)  # none waits, and many leave so
    assert found("with other words", first=87)


def test_a_call_that_names_the_instant_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def next_call(tx: MemoryTx, now: float, ticket: UUID, cause: UUID) -> outbox.Rows:
        rows = tx.tables.models.get("next_calls", {}).values()
        said = [row for row in rows if row["ticket_id"] == ticket and row.get("escalations")]
        return [{"next_at": row["next_at"], "says": None} for row in said][:1]

    monkeypatch.setitem(outbox.OUTBOX, notifications.NEXT_INSTANT, next_call)
    assert found("the call", first=3)


def test_a_receipt_that_names_the_instant_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def first_answer(tx: MemoryTx, now: float, ticket: UUID, cause: UUID) -> outbox.Rows:
        rows = tx.tables.models.get("next_calls", {}).values()
        return [{"next_at": row["next_at"], "says": row["says"]} for row in rows if row.get("says")][:1]

    monkeypatch.setitem(outbox.OUTBOX, notifications.NEXT_INSTANT, first_answer)
    assert found("the receipt", first=1)


def test_a_sender_that_goes_on_writing_to_a_dead_address(monkeypatch: pytest.MonkeyPatch) -> None:
    async def is_undeliverable(self: Outbox, subject: UUID) -> bool:
        return False

    only(monkeypatch)
    monkeypatch.setattr(Outbox, "is_undeliverable", is_undeliverable)
    assert found("went to a dead address", first=21)


def test_a_mail_that_came_back_of_which_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch)
    monkeypatch.setattr(bounces, "came_back", lambda *values: [])
    assert found("a person was told 0 times", first=10)


def test_a_notice_that_is_heard_and_followed_by_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch)
    monkeypatch.setattr(bounces, "bounced", lambda fact, known: [])
    assert found("and nothing followed", first=10)
