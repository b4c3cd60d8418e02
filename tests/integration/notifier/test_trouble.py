"""A mail server that refuses, hangs up or is down; and a requester who was erased."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from tests.desk import TestDesk, eventually
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer
from tests.integration.teller import Teller

from contracts.names import NOTIFICATIONS, shard_of
from kit.postgres import PostgresStore


async def test_while_the_server_is_down_mails_wait_and_then_come_once(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    tickets = [ann.opens() for _ in range(10)]
    await intake.tell(first := ann.opens())  # so that there is a connection to lose
    await listed(client, first.ticket_id, "sent")
    await server.down()
    try:
        for opened in tickets:
            await intake.tell(opened)
        (waiting,) = await listed(client, tickets[0].ticket_id, "requested")
        await asyncio.sleep(3)
    finally:
        await server.up()
    for opened in tickets:
        await listed(client, opened.ticket_id, "sent")
    counts = Counter(mail["Subject"] for mail in server.to(ann.email))
    assert len(counts) == 11
    assert set(counts.values()) == {1}
    assert waiting["sent_at"] is None


async def test_mails_of_a_shard_that_has_stopped_wait_and_hold_up_nobody_else(
    notifier: TestDesk,
    client: httpx2.AsyncClient,
    intake: Teller,
    server: MailServer,
    ann: Requester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That they were sent could not be recorded: they would be sent again and again."""
    monkeypatch.setattr("notifier.senders.mail.STOPPED_SHARD_RETRY", timedelta(seconds=0.3))
    stopped, other = ann.opens(), ann.opens()
    while shard_of(other.ticket_id) == shard_of(stopped.ticket_id):
        other = ann.opens()
    store = await PostgresStore.connect(notifier.dsns["notifier"].app, NOTIFICATIONS)

    async def warned() -> bool:
        warnings = (await client.get("/readyz")).json()["warnings"]
        return any(f"shard {shard_of(stopped.ticket_id)} takes nothing" in one for one in warnings)

    await server.down()
    try:
        await intake.tell(stopped)
        await intake.tell(other)
        await listed(client, stopped.ticket_id, "requested")
        async with store.transaction() as tx:
            await tx.close(shard_of(stopped.ticket_id), "it has parted")
        await eventually(warned)
    finally:
        await server.up()
    await listed(client, other.ticket_id, "sent")
    await asyncio.sleep(1)
    assert len(server.to(ann.email)) == 1
    async with store.transaction() as tx:
        await tx.open(shard_of(stopped.ticket_id))
    await store.close()
    (sent,) = await listed(client, stopped.ticket_id, "sent")
    assert sent["attempts"] == 1
    assert len(server.to(ann.email)) == 2


async def test_a_connection_that_the_server_closed_meanwhile_costs_nothing(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    await intake.tell(first := ann.opens())
    await listed(client, first.ticket_id, "sent")
    server.hang_up()
    await intake.tell(second := ann.opens())
    (sent,) = await listed(client, second.ticket_id, "sent")
    assert sent["attempts"] == 1


async def test_a_refusal_for_good_is_recorded_without_the_servers_words(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    server.refuse = lambda to: f"550 5.1.1 <{to}> is unknown here" if to == ann.email else None
    try:
        await intake.tell(opened := ann.opens())
        (failed,) = await listed(client, opened.ticket_id, "failed")
    finally:
        server.refuse = lambda to: None
    assert (failed["reason"], failed["attempts"]) == ("550 5.1.1", 1)
    assert server.to(ann.email) == []


async def test_a_mail_that_is_deferred_is_tried_again_and_holds_up_nobody_else(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    asked: list[str] = []

    def greylist(to: str) -> str | None:
        asked.append(to)
        return "451 4.7.1 come back later" if asked.count(to) == 1 and to == ann.email else None

    server.refuse = greylist
    try:
        await intake.tell(opened := ann.opens())
        await intake.tell(other := Requester(f"bob-{ann.email}", ann.subject_id).opens())
        await listed(client, other.ticket_id, "sent")
        (sent,) = await listed(client, opened.ticket_id, "sent")
    finally:
        server.refuse = lambda to: None
    assert sent["attempts"] == 2
    assert len(server.to(ann.email)) == 1


async def test_a_mail_whose_fate_is_unknown_is_sent_again_under_the_same_message_id(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    server.hang_up_on.add(ann.email)
    await intake.tell(opened := ann.opens())
    (sent,) = await listed(client, opened.ticket_id, "sent")
    first, second = server.to(ann.email)
    assert first["Message-ID"] == second["Message-ID"] == sent["message_id"]
    assert first.as_bytes() == second.as_bytes()
    assert sent["attempts"] == 2


async def test_an_address_that_is_none_fails_at_once(client: httpx2.AsyncClient, intake: Teller) -> None:
    nobody = Requester("two@at@signs", uuid4())
    await intake.tell(opened := nobody.opens())
    (failed,) = await listed(client, opened.ticket_id, "failed")
    assert failed["reason"] == "unusable-address"


async def test_nothing_is_sent_to_somebody_who_was_erased(client: httpx2.AsyncClient, intake: Teller) -> None:
    await intake.tell(opened := Requester("erased", uuid4()).opens())
    (suppressed,) = await listed(client, opened.ticket_id, "suppressed")
    assert suppressed["reason"] == "erased"


async def test_a_connection_is_kept_open_for_many_mails(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    before = server.connections
    for _ in range(8):
        await intake.tell(opened := ann.opens())
        await listed(client, opened.ticket_id, "sent")

    async def eight() -> bool:
        return len(server.to(ann.email)) == 8

    await eventually(eight)
    assert server.connections - before <= 4
