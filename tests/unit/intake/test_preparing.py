"""What commands are completed with inside the transaction; the store in memory stands for the real one."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.unit.intake.story import (
    ACCOUNT,
    ALL,
    ANN,
    BOB,
    OF_ANN,
    OPENED,
    OTHER_ACCOUNT,
    REOPENED,
    TICKET,
    recorded,
)

from contracts.names import TICKETS
from contracts.tickets import LocaleChanged, Resolved, TicketOpened, TierChanged
from intake.domain import INITIAL, decide
from intake.domain.commands import ChangeAccount, Entitlement, OpenTicket, PostMessage, RegisterAccount, TicketRequest
from intake.domain.policy import SHIPPED
from intake.domain.state import Locale
from intake.enrich import Addressed, enrich, look_up
from intake.react import Terms
from kit.decider import Put
from kit.memory import MemoryStore
from kit.store import ShardClosed

DIGEST = b"d" * 32
REQUEST = TicketRequest(
    ticket_id=TICKET,
    by="requester",
    number="P-1042",
    account_id=ACCOUNT,
    subject_id=TICKET,
    channel="portal",
    severity=2,
    priority="high",
    details=ALL,
    title="It stops",
    description="It stops after an hour.",
    email="ann@acme.example",
)


@pytest.fixture
async def store() -> MemoryStore:
    made = MemoryStore(TICKETS)
    async with made.transaction() as tx:
        values = {"tier": "command", "calendar": "nights", "version": 7}
        await tx.put([Put("accounts", {"account_id": ACCOUNT}, values)])
        await tx.put([Put("account_domains", {"domain": "acme.example", "account_id": ACCOUNT})])
    return made


async def prepared(store: MemoryStore, *commands: Any) -> list[Any]:
    async with store.transaction() as tx:
        return list(await enrich(tx, commands))


def of(command: Any, candidate: UUID, account: UUID = ACCOUNT) -> Addressed:
    def made(subject: UUID) -> Any:
        return replace(command, subject_id=subject)

    opens = isinstance(command, TicketRequest)
    return Addressed(command=made, opens=opens, account_id=account, digest=DIGEST, candidate=candidate)


async def test_a_ticket_is_opened_under_its_accounts_tier_and_agreed_calendar(store: MemoryStore) -> None:
    (opening,) = await prepared(store, of(REQUEST, ANN))
    entitlement = Entitlement(account_version=7, tier="command", calendar="nights")
    assert opening == OpenTicket(replace(REQUEST, subject_id=ANN), entitlement)


async def test_a_ticket_is_opened_in_its_accounts_language_and_zone(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        await tx.put([Put("accounts", {"account_id": ACCOUNT}, {"language": "de", "zone": "Europe/Berlin"})])
    (opening,) = await prepared(store, of(REQUEST, ANN))
    assert opening.locale == Locale("de", "Europe/Berlin")
    (opened,) = decide(opening, INITIAL)
    assert isinstance(opened, TicketOpened)
    assert (opened.language, opened.zone) == ("de", "Europe/Berlin")


async def test_the_first_to_enter_an_address_decides_which_subject_it_is(store: MemoryStore) -> None:
    message = PostMessage(**OF_ANN, message_id=TICKET, channel="portal", body="Hello?")
    first, second = await prepared(store, of(REQUEST, ANN), of(message, BOB))
    (third,) = await prepared(store, of(REQUEST, BOB))
    assert [first.request.subject_id, second.subject_id, third.request.subject_id] == [ANN, ANN, ANN]


async def test_for_an_account_that_is_not_there_nobody_is_entered(store: MemoryStore) -> None:
    (opening,) = await prepared(store, of(replace(REQUEST, account_id=OTHER_ACCOUNT), ANN, OTHER_ACCOUNT))
    assert opening.entitlement is None
    assert "subjects" not in store.tables.models


async def test_domains_of_another_account_are_named(store: MemoryStore) -> None:
    register = RegisterAccount(
        account_id=OTHER_ACCOUNT, by="admin", name="Other", tier="enlist", domains=["ACME.example.", "free.example"]
    )
    (other, own) = await prepared(store, register, replace(register, account_id=ACCOUNT))
    assert (other.taken, own.taken) == (("acme.example",), ())


async def test_what_needs_nothing_stays_as_it_is(store: MemoryStore) -> None:
    change = ChangeAccount(account_id=ACCOUNT, by="admin", tier="patrol")
    assert await prepared(store, change) == [change]
    assert await prepared(store) == []


async def test_a_change_of_tier_looks_for_the_tickets_that_are_not_closed(store: MemoryStore) -> None:
    rows = [(TICKET, ACCOUNT, None), (ANN, ACCOUNT, OPENED), (BOB, OTHER_ACCOUNT, None)]
    async with store.transaction() as tx:
        await tx.put([Put("tickets", {"ticket_id": t}, {"account_id": a, "closed_at": c}) for t, a, c in rows])
        changed = recorded(TierChanged(account_id=ACCOUNT, tier="patrol", calendar=None), version=8)
        assert await look_up(tx, changed, None) == [TICKET]
        german = recorded(LocaleChanged(account_id=ACCOUNT, language="de", zone=None), version=8)
        assert await look_up(tx, german, None) == [TICKET]
        entitlement = Entitlement(account_version=7, tier="command", calendar="nights")
        terms = Terms(entitlement=entitlement, policy=SHIPPED)
        assert await look_up(tx, recorded(REOPENED, version=9), SHIPPED) == terms
        nobodys = recorded(replace(REOPENED, ticket_id=UUID(int=99)), version=9)
        assert await look_up(tx, nobodys, None) == []
        assert (
            await look_up(tx, recorded(Resolved(ticket_id=TICKET, subject_id=ANN, resolution="x"), version=3), 0) == []
        )


@pytest.mark.parametrize("shard", [0, 20, 63])
async def test_nobody_is_looked_for_where_tickets_or_accounts_may_be_missing(store: MemoryStore, shard: int) -> None:
    changed = recorded(TierChanged(account_id=ACCOUNT, tier="patrol", calendar=None), version=8)
    resolved = recorded(Resolved(ticket_id=TICKET, subject_id=ANN, resolution="x"), version=3)
    for server, waits in (("another", True), (store.tables.server, False)):
        store.tables.verified[shard] = (server, None)
        async with store.transaction() as tx:
            for fact in (changed, recorded(REOPENED, version=9)):
                with pytest.raises(ShardClosed) if waits else nullcontext():
                    assert await look_up(tx, fact, SHIPPED) == []
            assert await look_up(tx, resolved, SHIPPED) == []
