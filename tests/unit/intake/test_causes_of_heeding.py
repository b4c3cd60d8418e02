"""A ticket that heeds a policy: what an older event of that kind came of is found again, as it is named today."""

from collections.abc import Sequence
from dataclasses import is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import structs
from tests.unit.house import Room, services

from contracts.causes import Cause
from contracts.command_ids import of_event, of_publication, of_reaction
from contracts.envelope import Fact, Meta, Recorded
from contracts.names import SLA
from contracts.replacing import replace
from contracts.sla import PolicyPublished
from contracts.tickets import Detail, Details, InformationCompleted, InformationReceived
from intake import domain
from intake.domain import commands
from intake.domain.commands import (
    Assign,
    Close,
    Entitlement,
    RegisterAccount,
    Reopen,
    RequestInformation,
    TicketRequest,
)
from intake.domain.policy import Policy
from intake.heeding import request_for
from intake.react import Terms, react
from kit.log.request import CommandRequest, Done
from kit.replay.causes import causes_of

NOON = datetime(2026, 7, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICKET, ACCOUNT, ANN = UUID(int=101), UUID(int=102), UUID(int=103)
COMMANDS = [name for name, one in vars(commands).items() if is_dataclass(one) and one.__module__ == commands.__name__]
LISTS: dict[str, tuple[Detail, ...]] = {"none": (), "much": ("product", "os", "description"), "some": ("product", "os")}
SHARD = 5
"""Not the one from which policies are heard."""


class Desk:
    """Intake, one ticket of it, and all publications of policies."""

    def __init__(self) -> None:
        [service] = [one for one in services() if one.name == "intake"]
        self.room, self.now, self.publications = Room(service, {}), NOON, list[Fact]()

    def publish(self, version: str) -> None:
        """In every shard; two of them are enough."""
        self.now += HOUR
        ordinal = len(self.publications) // 2 + 1
        for shard in (0, SHARD):
            command_id = of_publication(ordinal - 1, version, shard)
            event = PolicyPublished(shard=shard, version=version, name="p", tzdata="t", holidays="h", resolved={})
            self.publications.append(
                Recorded(
                    topic=SLA,
                    shard=shard,
                    shard_seq=ordinal,
                    stream=f"policy-{shard}",
                    version=ordinal,
                    event_id=of_event(command_id, 0),
                    command_id=command_id,
                    recorded_at=self.now,
                    event=event,
                    meta=Meta(actor="sla-timer", role="service"),
                )
            )

    @property
    def policy(self) -> Policy:
        version = self.publications[-1].event.version
        return Policy(version=version, required=LISTS[version], calendars=())

    async def do(self, command: Any, *, stream: str = f"ticket-{TICKET}") -> None:
        work = CommandRequest(command_id=uuid4(), stream=stream, command=command, meta=Meta(actor="a", role=command.by))
        await self.carry_out(work)

    async def carry_out(self, work: CommandRequest) -> None:
        self.now += HOUR
        result = await self.room.perform(work, self.now)
        assert isinstance(result, Done), result

    async def open(self, **given: Any) -> None:
        account = RegisterAccount(account_id=ACCOUNT, by="admin", name="Acme", tier="enlist")
        await self.do(account, stream=f"account-{ACCOUNT}")
        await self.do(
            TicketRequest(
                ticket_id=TICKET, by="requester", number="P-1", account_id=ACCOUNT, subject_id=ANN,
                channel="portal", severity=1, priority="high",
                details=Details(**given), title="It stops", description="", email="ann@acme.example",
                policy=self.policy,
            )
        )  # fmt: skip

    async def look(self) -> CommandRequest:
        """What the ticket is told, that waits at the version that it has now."""
        version = (await self.facts())[-1].version
        ordinal = self.publications[-1].version
        return request_for({"ticket_id": TICKET, "version": version}, self.policy, ordinal)

    async def facts(self) -> list[Fact]:
        async with self.room.store.transaction() as tx:
            return await self.room.core.facts(tx, f"ticket-{TICKET}")


def found_again(facts: Sequence[Fact], others: Sequence[Fact]) -> list[Cause | None]:
    """What they came of, if they didn't say."""
    bare = [structs.replace(one, meta=replace(one.meta, cause=None)) for one in facts]
    found = causes_of(bare, others, domain, COMMANDS)
    return [found.get(one.event_id) for one in bare]


@pytest.mark.parametrize("heard", [(0,), (SHARD,), (SHARD, 0), (0, SHARD)], ids=str)
async def test_the_policy_that_is_heeded_is_named_as_the_service_hears_it_whichever_shard_is_at_hand(
    heard: Sequence[int],
) -> None:
    desk = Desk()
    desk.publish("much")
    await desk.open(product="Desk", os="Linux")
    desk.publish("some")
    await desk.carry_out(await desk.look())
    last = (await desk.facts())[-1]
    assert isinstance(last.event, InformationCompleted)
    others = [one for shard in heard for one in desk.publications if one.shard == shard]
    assert found_again(await desk.facts(), others)[-1] == last.meta.cause == desk.publications[-2].as_cause


async def test_of_a_policy_that_was_put_in_force_again_it_is_the_publication_that_was_heeded() -> None:
    desk = Desk()
    desk.publish("some")
    desk.publish("much")
    await desk.open(product="Desk", os="Linux")
    desk.publish("some")
    await desk.carry_out(await desk.look())
    desk.publish("much")
    desk.publish("some")
    last = (await desk.facts())[-1]
    assert found_again(await desk.facts(), desk.publications)[-1] == last.meta.cause == desk.publications[4].as_cause


@pytest.mark.parametrize("meanwhile", [0, 1, 2, 3, 10])
async def test_whatever_was_recorded_between_the_look_and_the_heeding(meanwhile: int) -> None:
    desk = Desk()
    desk.publish("much")
    await desk.open(product="Desk", os="Linux")
    desk.publish("some")
    work = await desk.look()
    for n in range(meanwhile):
        await desk.do(Assign(ticket_id=TICKET, by="engineer", engineer=f"eve {n}"))
    await desk.carry_out(work)
    last = (await desk.facts())[-1]
    assert isinstance(last.event, InformationCompleted)
    assert found_again(await desk.facts(), desk.publications)[-1] == last.meta.cause == desk.publications[-2].as_cause


async def test_each_of_several_that_were_heeded_one_after_the_other() -> None:
    desk = Desk()
    desk.publish("much")
    await desk.open(product="Desk")
    desk.publish("some")
    await desk.carry_out(await desk.look())
    await desk.do(RequestInformation(ticket_id=TICKET, by="engineer", missing=["os_version"], reason="Which?"))
    desk.publish("none")
    await desk.carry_out(await desk.look())
    facts = await desk.facts()
    heeding = [one for one in facts if isinstance(one.event, InformationReceived)]
    assert [one.meta.cause for one in heeding] == [desk.publications[at].as_cause for at in (2, 4)]
    again = dict(zip((one.event_id for one in facts), found_again(facts, desk.publications), strict=True))
    assert [again[one.event_id] for one in heeding] == [one.meta.cause for one in heeding]


async def test_a_reopened_ticket_heeds_the_policy_because_it_was_reopened() -> None:
    desk = Desk()
    desk.publish("much")
    await desk.open(product="Desk", os="Linux")
    await desk.do(Close(ticket_id=TICKET, by="account-admin", account_id=ACCOUNT, cause="withdrawn"))
    desk.publish("some")
    await desk.do(Reopen(ticket_id=TICKET, by="engineer", reason="It is needed after all."))
    reopened = (await desk.facts())[-1]
    entitlement = Entitlement(account_version=1, tier="enlist", calendar=None)
    terms = Terms(entitlement=entitlement, policy=desk.policy)
    for n, (stream, command) in enumerate(react(reopened, terms)):
        command_id = of_reaction(reopened.event_id, "intake", stream, type(command).__name__, n)
        meta = Meta(actor="intake", role="service", cause=reopened.as_cause)
        await desk.carry_out(CommandRequest(command_id=command_id, stream=stream, command=command, meta=meta))
    facts = await desk.facts()
    assert isinstance(facts[-1].event, InformationCompleted)
    assert found_again(facts, desk.publications)[-1] == facts[-1].meta.cause


async def test_publications_of_before_there_was_a_rule_for_their_ids_are_named_as_they_are_at_hand() -> None:
    desk = Desk()
    desk.publish("much")
    await desk.open(product="Desk", os="Linux")
    desk.publish("some")
    await desk.carry_out(await desk.look())
    old = structs.replace(desk.publications[-1], event_id=uuid4())
    assert found_again(await desk.facts(), [old])[-1] == old.as_cause
