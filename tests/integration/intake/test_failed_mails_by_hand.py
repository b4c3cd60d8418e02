"""What staff make of mails that failed, or whose writer was erased: by hand, on the real database."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.conftest import Factory
from tests.integration.intake.test_mailroom import MASTER, Intake, intake, kept, registered, rows_of_mails
from tests.integration.kit.test_personal import erase

from contracts.names import TICKETS
from intake import queries
from intake.by_hand import ByHand
from intake.directory import Directory
from intake.domain.refusals import MailDone, WordsErased
from intake.mail_seal import MailSeal
from kit.personal.vault import Vault, subjects_of
from kit.postgres import PostgresStore

OWN = "<own@pc.example>"


@pytest.fixture
async def real(database: Factory) -> AsyncIterator[PostgresStore]:
    made = await PostgresStore.connect((await database("intake")).app, TICKETS)
    yield made
    await made.close()


def by_hand(store: Any) -> ByHand:
    """As in a process that has just started: it has no keys in memory."""
    seal = MailSeal(MASTER, Vault(MASTER, makes=subjects_of))
    return ByHand(store=store, mail_seal=seal, directory=Directory(MASTER), staff_domain="desk.punctual.local")


async def last(store: Any) -> dict[str, Any]:
    return max(await rows_of_mails(store), key=lambda row: row["ordinal"])


async def failed(process: Intake, store: Any, **more: Any) -> dict[str, Any]:
    """A mail that was to open a ticket, and didn't."""
    await process.keep(identity=OWN, **more)
    row = await last(store)
    await store.query(queries.MAIL_IS_DONE, row["key"], "failed", "refused")
    return row


@pytest.fixture
async def account(real: Any) -> UUID:
    async with intake(real) as one:
        return await registered(one, ["customer.example"])


async def test_an_answer_to_a_mail_that_failed_finds_the_ticket_that_staff_chose(real: Any, account: UUID) -> None:
    async with intake(real) as process:
        await process.keep()
        await process.perform_all()
        chosen = (await last(real))["ticket_id"]
        mail = await failed(process, real, References="<thread@pc.example>")
        made = await by_hand(real).add_to(mail["key"], chosen, account, "a-engineer")
        assert (made.state, made.ticket_id) == ("stored", chosen)
        await process.perform_all()
        await process.keep(In_Reply_To=OWN)
        row = await last(real)
    assert (row["target"], row["ticket_id"], row["reason"]) == ("message", chosen, "in-reply-to")


async def test_a_mail_that_failed_and_was_discarded_is_done_and_leads_to_no_ticket(real: Any, account: UUID) -> None:
    async with intake(real) as process:
        mail = await failed(process, real)
    assert (mail["target"], mail["account_id"]) == ("ticket", account)
    await by_hand(real).discard(mail["key"], "An advertisement.", "a-engineer")
    with pytest.raises(MailDone):
        await by_hand(real).open_ticket(mail["key"], account, "a-engineer")
    async with real.transaction() as tx:
        (row,) = await tx.select("mails", {"state": "discarded"})
    assert (row["target"], row["ticket_id"], row["account_id"]) == (None, None, None)


async def test_of_a_mail_whose_writer_was_erased_nothing_can_be_made(real: Any, account: UUID) -> None:
    async with intake(real) as process:
        mail = await failed(process, real)
    await erase(real, mail["subject_id"])
    with pytest.raises(WordsErased):
        await by_hand(real).open_ticket(mail["key"], account, "a-engineer")
    with pytest.raises(WordsErased):
        await by_hand(real).add_to(mail["key"], uuid4(), account, "a-engineer")
    assert (await by_hand(real).discard(mail["key"], "Erased.", "a-engineer")).state == "discarded"


async def test_a_mail_from_an_address_that_was_erased_is_kept_and_waits_for_staff(real: Any, account: UUID) -> None:
    async with intake(real) as process:
        await process.keep()
        await process.perform_all()
    await erase(real, (await last(real))["subject_id"])
    async with intake(real) as later:
        await later.keep()
        await later.keep(Auto_Submitted="auto-replied")
        assert (await kept(real))[1:] == [("unmatched", None, "sender-erased"), ("ignored", None, "auto-submitted")]
        unmatched = next(row for row in await rows_of_mails(real) if row["state"] == "unmatched")
        with pytest.raises(WordsErased):
            await by_hand(real).open_ticket(unmatched["key"], account, "a-engineer")
        other = await registered(later, ["other.example"])
        assert (await by_hand(real).open_ticket(unmatched["key"], other, "a-engineer")).target == "ticket"


async def test_mails_that_name_the_same_ids_in_any_order_belong_together(real: Any, account: UUID) -> None:
    async with intake(real) as process:
        await process.keep(References="<a@pc.example> <b@pc.example>")
        first = await last(real)
        await process.keep(References="<b@pc.example> <a@pc.example>")
        row = await last(real)
    assert (row["target"], row["ticket_id"]) == ("message", first["ticket_id"])
