"""The whole mail behind a message: one click away for staff and for the requester, and for nobody else."""

import secrets

import httpx2
from tests.desk import TestDesk
from tests.integration.intake.conftest import Customer, problem, register
from tests.integration.intake.post import kept, send, written

ASKED = "\n\nOn Mon, 23 Nov 2026 at 12:00, Desk <support@punctual.local> wrote:\n> Which one?\n"
PIXELS = b"\x89PNG\r\n" * 100


async def test_a_reply_is_posted_without_its_quotation_and_the_whole_stays_beside_it(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    stranger = await register(intake)
    subject, ann = f"Crash {secrets.token_hex(6)}", f"ann@{customer.domain}"
    opening = written(ann, subject, "It crashes.")
    opening.add_attachment(PIXELS, maintype="image", subtype="png", filename="Bildschirm \u00e4.png")
    await send(intake, bytes(opening))
    number = (await kept(intake, subject))["number"]
    answer = f"Re: [{number}] {subject}"
    await send(intake, bytes(written(ann, answer, f"The first one.{ASKED}")))
    await kept(intake, answer)
    await engineer.post(f"/v1/tickets/{number}/messages", json={"body": "Thank you."})

    ticket = (await engineer.get(f"/v1/tickets/{number}")).json()
    listed = [
        {"number": 1, "name": "Bildschirm \u00e4.png", "content_type": "image/png", "size": len(PIXELS)}
        | {"closed": None}
    ]
    assert ticket["attachments"] == listed
    by_mail, by_portal = ticket["messages"]
    assert (by_mail["body"], by_mail["attachments"]) == ("The first one.", [])
    assert (by_portal["whole"], by_portal["attachments"]) == (None, [])

    for client in (engineer, customer.client):
        whole = (await client.get(by_mail["whole"])).json()
        assert (whole["subject"], whole["text"]) == (answer, f"The first one.{ASKED}".strip())
        assert (await client.get(ticket["whole"])).json()["attachments"] == listed
    for url in (by_mail["whole"], ticket["whole"]):
        assert problem(await stranger.client.get(url))[:2] == (404, "ticket-unknown")
    by_nobody = f"/v1/tickets/{number}/messages/{by_portal['message_id']}/whole"
    assert problem(await engineer.get(by_nobody))[:2] == (404, "mail-unknown")

    attachments = ticket["whole"].replace("/whole", "/attachments")
    answered = await engineer.get(f"{attachments}/1")
    assert answered.content == PIXELS
    assert answered.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Bildschirm%20%C3%A4.png"
    assert answered.headers["X-Content-Type-Options"] == "nosniff"
    assert answered.headers["Content-Type"] == "application/octet-stream"
    assert problem(await engineer.get(f"{attachments}/2"))[:2] == (404, "attachment-unknown")
    assert problem(await customer.client.get(f"{attachments}/1"))[:2] == (403, "role-not-allowed")
    assert problem(await stranger.client.get(f"{attachments}/1"))[:2] == (404, "ticket-unknown")


async def test_a_picture_alone_is_posted_as_what_it_is(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    subject, ann = f"Crash {secrets.token_hex(6)}", f"ann@{customer.domain}"
    await send(intake, bytes(written(ann, subject)))
    number = (await kept(intake, subject))["number"]
    picture = written(ann, f"Re: [{number}] {subject}")
    picture.set_content(PIXELS, maintype="image", subtype="png", filename="screen.png")
    await send(intake, bytes(picture))
    await kept(intake, f"Re: [{number}] {subject}")
    (message,) = (await engineer.get(f"/v1/tickets/{number}")).json()["messages"]
    assert message["body"] == "(no text; attached: screen.png, image/png, 600 bytes)"
    assert [one["name"] for one in message["attachments"]] == ["screen.png"]


async def test_a_ticket_of_a_mail_that_is_encrypted_says_so(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    subject = f"Crash {secrets.token_hex(6)}"
    armour = "-----BEGIN PGP MESSAGE-----\n\nhQEMA5\n-----END PGP MESSAGE-----\n"
    await send(intake, bytes(written(f"ann@{customer.domain}", subject, armour)))
    number = (await kept(intake, subject))["number"]
    for client in (engineer, customer.client):
        ticket = (await client.get(f"/v1/tickets/{number}")).json()
        assert (ticket["description"], ticket["attachments"]) == ("", [])
        assert ticket["unread"] == "it is encrypted with PGP and can't be read here"
