"""Tickets that no longer wait for what only an earlier policy required: on the real database, and on simulation's."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.desk import eventually
from tests.integration.kit.test_policy_book import published

from contracts.envelope import Meta
from contracts.names import TICKETS
from intake import domain, heeding
from intake.domain.commands import (
    Close,
    Entitlement,
    OpenTicket,
    RegisterAccount,
    Reopen,
    RequestInformation,
    TicketRequest,
)
from intake.domain.events import Detail, Details
from intake.domain.policy import SHIPPED, Policy
from intake.enrich import enrich
from intake.heeding import Heeding
from intake.projection import project
from kit.clock import WallClock
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Result
from kit.log.writer import Writer
from kit.personal.vault import Vault, subjects_of
from kit.policy_book import PolicyBook, policy_row
from kit.store import Unavailable

LISTS: dict[str, tuple[Detail, ...]] = {"all": ("product", "os", "description"), "few": ("product", "os"), "none": ()}
"""What each of these policies requires."""


def fold(policy: Policy, event: Any) -> Policy:
    return Policy(version=event.version, required=LISTS[event.version], calendars=())


class Replica:
    """A process of intake, as far as policies are concerned."""

    def __init__(self, store: Any) -> None:
        core = Core(
            topic=TICKETS, decider=domain, vault=Vault(bytes(32), makes=subjects_of), project=project, enrich=enrich
        )
        self.writer = Writer(store, core, WallClock())
        self.book = PolicyBook(SHIPPED, fold)
        self.heeding = Heeding(store=store, writer=self.writer, book=self.book)

    async def do(self, ticket: UUID, command: Any) -> None:
        request = CommandRequest(
            command_id=uuid4(), stream=f"ticket-{ticket}", command=command, meta=Meta(actor="x", role="admin")
        )
        assert isinstance(await self.writer.perform(request), Done)

    async def open(self, account: UUID, details: Details) -> UUID:
        """By the policy that this one knows."""
        ticket = uuid4()
        request = TicketRequest(
            ticket_id=ticket,
            by="requester",
            number=f"P-{ticket}",
            account_id=account,
            subject_id=uuid4(),
            channel="portal",
            severity=2,
            priority="high",
            details=details,
            title="It stops",
            description="",
            email="ann@customer.example",
            policy=self.book.current,
        )
        entitlement = Entitlement(account_version=1, tier="enlist", calendar=None)
        await self.do(ticket, OpenTicket(request, entitlement))
        return ticket


@asynccontextmanager
async def replica(store: Any) -> AsyncIterator[Replica]:
    one = Replica(store)
    async with store.statement() as tx:
        await one.book.load(tx)
    writing = asyncio.create_task(one.writer.run())
    yield one
    writing.cancel()


async def put_in_force(store: Any, *replicas: Replica, version: str, ordinal: int) -> None:
    """For all who read the database, and known to these at once."""
    fact = published(version, ordinal)
    async with store.transaction() as tx:
        await tx.put([policy_row(fact)])
        for one in replicas:
            await one.book.load(tx)


@pytest.fixture
async def account(store: Any) -> UUID:
    await put_in_force(store, version="all", ordinal=1)
    made = uuid4()
    command = RegisterAccount(account_id=made, by="admin", name="A customer", tier="patrol")
    async with replica(store) as one:
        request = CommandRequest(
            command_id=uuid4(), stream=f"account-{made}", command=command, meta=Meta(actor="x", role="admin")
        )
        assert isinstance(await one.writer.perform(request), Done)
    return made


async def status_and_missing(store: Any, *tickets: UUID) -> list[tuple[str, list[str]]]:
    async with store.transaction() as tx:
        rows = {row["ticket_id"]: row for row in await tx.rows("tickets", [{"ticket_id": one} for one in tickets])}
    return [(rows[one]["status"], json.loads(rows[one]["missing"])) for one in tickets]


async def versions(store: Any, *tickets: UUID) -> list[int]:
    async with store.transaction() as tx:
        rows = {row["ticket_id"]: row for row in await tx.rows("tickets", [{"ticket_id": one} for one in tickets])}
    return [rows[one]["version"] for one in tickets]


WAITS, OPEN = "waiting-for-information", "open"
RUNS = Details(product="Aurora", os="Debian")


async def test_whoever_looks_tells_every_ticket_once(store: Any, account: UUID) -> None:
    async with replica(store) as one, replica(store) as other:
        described, half = await one.open(account, RUNS), await one.open(account, Details(product="Aurora"))
        await one.heeding.look()
        assert await status_and_missing(store, described) == [(WAITS, ["description"])]
        await put_in_force(store, one, other, version="few", ordinal=2)
        await asyncio.gather(one.heeding.look(), other.heeding.look(), one.heeding.look())
        assert await status_and_missing(store, described, half) == [(OPEN, []), (WAITS, ["os"])]
        assert await versions(store, described, half) == [2, 2]
        await other.heeding.look()
        assert await versions(store, described, half) == [2, 2]


async def test_what_staff_asked_for_stays_and_is_decided_upon_once(store: Any, account: UUID) -> None:
    async with replica(store) as one:
        ticket = await one.open(account, RUNS)
        asked = RequestInformation(ticket_id=ticket, by="engineer", missing=["os_version"], reason="Which?")
        await one.do(ticket, asked)
        await put_in_force(store, one, version="none", ordinal=2)
        for _ in range(3):
            await one.heeding.look()
        assert await status_and_missing(store, ticket) == [(WAITS, ["os_version"])]
        assert (await versions(store, ticket), len(one.heeding.carried_out)) == ([3], 1)


async def test_one_that_dies_midway_leaves_the_rest_to_whoever_looks_next(
    store: Any, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with replica(store) as dies, replica(store) as next_one:
        tickets = [await dies.open(account, RUNS) for _ in range(3)]
        await put_in_force(store, dies, next_one, version="none", ordinal=2)
        real, asked = dies.writer.perform, 0

        async def perform(request: CommandRequest) -> Result:
            nonlocal asked
            asked += 1
            if asked > 1:
                raise Unavailable("gone")
            return await real(request)

        monkeypatch.setattr(dies.writer, "perform", perform)
        with pytest.raises(Unavailable):
            await dies.heeding.look()
        await next_one.heeding.look()
        assert await status_and_missing(store, *tickets) == [(OPEN, [])] * 3


async def test_a_ticket_that_was_opened_by_who_had_not_heard_is_found(store: Any, account: UUID) -> None:
    async with replica(store) as slow, replica(store) as quick:
        await put_in_force(store, quick, version="none", ordinal=2)
        await quick.heeding.look()
        late = await slow.open(account, RUNS)
        assert await status_and_missing(store, late) == [(WAITS, ["description"])]
        await quick.heeding.look()
        assert await status_and_missing(store, late) == [(OPEN, [])]


async def test_who_has_not_heard_of_a_policy_relieves_nobody_of_what_it_requires(store: Any, account: UUID) -> None:
    await put_in_force(store, version="none", ordinal=2)
    async with replica(store) as slow, replica(store) as quick:
        await put_in_force(store, quick, version="all", ordinal=3)
        ticket = await quick.open(account, RUNS)
        for _ in range(2):
            await slow.heeding.look()
            assert await status_and_missing(store, ticket) == [(WAITS, ["description"])]
        assert slow.book.current.version == "all"


async def test_while_the_policy_in_force_can_not_be_read_here_nobody_is_relieved(store: Any, account: UUID) -> None:
    async with replica(store) as one:
        ticket = await one.open(account, RUNS)
        await put_in_force(store, one, version="none", ordinal=2)
        await put_in_force(store, version="of a later release", ordinal=3)
        for _ in range(2):
            await one.heeding.look()
        assert one.book.behind
        assert await status_and_missing(store, ticket) == [(WAITS, ["description"])]


async def test_a_closed_ticket_is_left_alone_until_it_is_reopened(store: Any, account: UUID) -> None:
    async with replica(store) as one:
        ticket = await one.open(account, RUNS)
        await one.do(ticket, Close(ticket_id=ticket, by="account-admin", account_id=account, cause="withdrawn"))
        await put_in_force(store, one, version="none", ordinal=2)
        await one.heeding.look()
        assert (await status_and_missing(store, ticket), await versions(store, ticket)) == ([("closed", [])], [2])
        await one.do(ticket, Reopen(ticket_id=ticket, by="engineer", reason="It is needed after all."))
        await one.heeding.look()
        assert await status_and_missing(store, ticket) == [(OPEN, [])]


async def test_it_is_looked_for_as_soon_as_the_policy_is_another(
    store: Any, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heeding, "LOOK_SECONDS", 3600.0)
    async with replica(store) as one:
        ticket = await one.open(account, RUNS)
        looking = asyncio.create_task(one.heeding.run())
        await put_in_force(store, one, version="none", ordinal=2)

        async def is_open() -> bool:
            return await status_and_missing(store, ticket) == [(OPEN, [])]

        await eventually(is_open)
        looking.cancel()
