"""Everybody who takes part in a ticket gets what staff answer, and nothing of one another."""

import secrets
from dataclasses import replace
from uuid import UUID, uuid4

import httpx2
from tests.desk import TestDesk, eventually
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer
from tests.integration.teller import Teller

from contracts.tickets import DeliveryNoticeReceived, ParticipantAdded, ParticipantRemoved, Resolved, TicketOpened


def joins(opened: TicketOpened) -> ParticipantAdded:
    return ParticipantAdded(
        ticket_id=opened.ticket_id,
        account_id=opened.account_id,
        subject_id=uuid4(),
        email=f"bob-{secrets.token_hex(4)}@customer.example",
        because="copied",
    )


def resolved(ticket_id: UUID, ann: Requester, words: str) -> Resolved:
    return Resolved(ticket_id=ticket_id, subject_id=ann.subject_id, resolution=words)


async def test_an_answer_goes_to_each_in_a_mail_of_their_own(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens(channel="email", thread="<hers@customer.example>")
    bob, carol = joins(opened), joins(opened)
    await intake.tell(opened, bob, carol, resolved(opened.ticket_id, ann, "It runs."))
    await listed(client, opened.ticket_id, "sent", 4)
    for one in (bob, carol):
        (mail,) = server.to(one.email)
        assert [address.addr_spec for address in mail["To"].addresses] == [one.email]
        assert (mail["Cc"], mail["In-Reply-To"]) == (None, None)
        assert "It runs." in mail.as_string()
        assert all(other not in mail.as_string() for other in {ann.email, bob.email, carol.email} - {one.email})
    assert [mail["In-Reply-To"] for mail in server.to(ann.email)] == ["<hers@customer.example>"] * 2
    left = ParticipantRemoved(ticket_id=opened.ticket_id, subject_id=bob.subject_id)
    await intake.tell(left, resolved(opened.ticket_id, ann, "It runs again."))
    await listed(client, opened.ticket_id, "sent", 6)
    assert (len(server.to(bob.email)), len(server.to(carol.email))) == (1, 2)


async def test_a_mail_that_comes_back_marks_the_address_of_whom_it_was_sent_to(
    notifier: TestDesk, client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens()
    bob = joins(opened)
    await intake.tell(opened, bob, resolved(opened.ticket_id, ann, "It runs."))
    await listed(client, opened.ticket_id, "sent", 3)
    notice = DeliveryNoticeReceived(
        ticket_id=opened.ticket_id,
        notification_id=None,
        failed=True,
        by="recipient",
        status="5.1.1",
        mail="k",
        subjects=(bob.subject_id,),
    )
    stream = f"delivery-{opened.ticket_id}"
    unnamed = replace(notice, subjects=())
    await intake.tell(unnamed, stream=stream)  # nobody knows to whom that mail was
    await intake.tell(notice, stream=stream)
    (bounced,) = await listed(client, opened.ticket_id, "bounced")
    assert (bounced["template"], bounced["subject_id"]) == ("resolved", str(bob.subject_id))
    await intake.tell(resolved(opened.ticket_id, ann, "It runs again."))

    async def hers() -> bool:
        return len(server.to(ann.email)) == 3

    assert await eventually(hers)
    await listed(client, opened.ticket_id, "suppressed")
    assert len(server.to(bob.email)) == 1
