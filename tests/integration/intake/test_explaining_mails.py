"""`punctual mail explain --database`: what would become of a mail, by the accounts and tickets that there are."""

import json
import os
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.desk import TestDesk
from tests.integration.intake.conftest import Customer
from tests.integration.intake.post import kept, mails, send, written
from tests.integration.kit.serving import command


async def explain(file: Path, mail: EmailMessage, *words: str) -> Any:
    """With the settings of the desk, which are in the environment."""
    file.write_bytes(bytes(mail))
    settings = {name: value for name, value in os.environ.items() if name.startswith("PUNCTUAL_")}
    said = await command(settings, "mail", "explain", "--database", *words, str(file))
    return json.loads(said) if "--json" in words else said


async def test_a_mail_is_explained_by_what_the_database_knows_and_nothing_changes(
    intake: TestDesk, customer: Customer, tmp_path: Path
) -> None:
    file = tmp_path / "a.eml"
    subject = f"It stops at {customer.domain}"
    first = written(f"ann@{customer.domain}", subject, Message_ID=f"<1@{customer.domain}>")
    (before,) = (await explain(file, first, "--json"))["becomes"]["if_known"]
    assert (before["target"], before["state"]) == ("ticket", "stored")
    assert (await send(intake, bytes(first))).startswith("250")
    mail = await kept(intake, subject)
    count = len(await mails(intake))

    again = await explain(file, first, "--json")
    assert (again["came_before"], again["account_id"]) == (True, str(customer.account_id))
    answer = written(f"bob@{customer.domain}", f"Re: {subject}", In_Reply_To=f"<1@{customer.domain}>")
    (found,) = (await explain(file, answer, "--json"))["becomes"]["if_known"]
    assert (found["target"], found["number"], found["reason"]) == ("message", mail["number"], "in-reply-to")
    text = await explain(file, answer)
    assert f"It is a message on {mail['number']}, found by in-reply-to." in text
    stranger = written("eve@elsewhere.example", f"[{mail['number']}] Mine")
    (nobody,) = (await explain(file, stranger, "--json"))["becomes"]["if_unknown"]
    assert (nobody["state"], nobody["reason"]) == ("unmatched", "unknown-sender")
    assert len(await mails(intake)) == count
