"""Whatever `punctual policy diff` says of another policy comes true on a running desk once that one is published."""

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, get_args
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.policy.cases import CASES, Case, today
from tests.integration.policy.complaints import Complaint
from tests.stack import Addresses

from contracts import policy
from contracts.envelope import Meta
from contracts.names import SLA, shard_of
from kit.clock import WallClock
from kit.log.perform import Core
from kit.personal.vault import Vault
from kit.policy_book import PolicyBook
from kit.postgres import PostgresStore
from sla_timer import domain
from sla_timer.policy.diff import policy_changes
from sla_timer.policy.diff.kinds import Kind
from sla_timer.policy.file import Document, load
from sla_timer.policy.file.resolve import digest
from sla_timer.policy.versions import Policies
from sla_timer.projection import project
from sla_timer.publish import publish

pytestmark = pytest.mark.stack
EVERY = [(kind, case) for kind, cases in CASES.items() for case in cases]


def before(case: Case) -> Document:
    return load(case.before, name="before", today=today)


def after(case: Case) -> Document:
    """With what a file can't say; its calendars are others then, too."""
    document = load(case.after, name="after", today=today)
    if not case.crafted:
        return document
    resolved = deepcopy(document.resolved)
    for name, value in case.crafted.items():
        resolved[name] = resolved[name] | value if isinstance(value, dict) else value
    for calendar in resolved["calendars"].values():
        calendar["version"] = digest([calendar["version"], case.crafted])
    return replace(document, resolved=resolved, version=digest(resolved), tzdata=resolved["tzdata"])


def test_every_kind_of_sentence_has_a_case_that_makes_it() -> None:
    assert set(CASES) == set(get_args(Kind))
    for kind, case in EVERY:
        was, now = (policy.read(document.resolved) for document in (before(case), after(case)))
        said = [change.kind for change in policy_changes(was, now, today=today)]
        assert kind in said, (kind, said)


@dataclass
class Ticket:
    """A ticket of the desk, and what has come of it: see `cases.Seen`."""

    town: "Town"
    account: UUID
    opening: dict[str, Any] = field(default_factory=dict)
    complaint: Complaint = field(init=False)

    def __post_init__(self) -> None:
        self.complaint = Complaint(self.town.desk, self.account)

    async def complain(self) -> None:
        """Instead of opening it. Its `policy` is that of the complaint."""
        await self.complaint.say()
        stream = f"feedback-{self.complaint.receipt['feedback_id']}"
        [received] = await self.town.rows("feedback", "stream_id = $1 AND version = 1", stream)
        self.opening = {"number": received["number"], "policy": received["terms"]["policy"]}

    async def clock(self, metric: str = "response") -> dict[str, Any]:
        async def look() -> Any:
            stream = f"clock-{self.opening['ticket_id']}-{metric}"
            rows = await self.town.rows("sla-timer", "stream_id = $1 AND version = 1", stream)
            return rows and rows[0]

        started = await eventually(look)
        assert isinstance(started, dict)
        return started

    async def events(self, name: str, least: int) -> Sequence[dict[str, Any]]:
        services = {"escalation": "escalation", "survey": "feedback"}
        service = services.get(name.partition(".")[0], "sla-timer")

        async def look() -> Any:
            if name == "policy.published":
                return await self.town.heard(self.opening["policy"])
            like = f"%{self.opening['ticket_id']}%"
            rows = await self.town.rows(service, "type = $1 AND stream_id LIKE $2", name, like)
            return rows if len(rows) >= least else None

        found = await eventually(look)
        assert isinstance(found, list)
        return found

    async def ask_back(self) -> str:
        number = self.opening["number"]
        await self.clock("resolution")
        engineer = self.town.desk.client("intake", "engineer")
        said = {"states": "plan", "body": "We look into it. Does it happen daily?", "awaits_reply": True}
        answer = await engineer.post(f"/v1/tickets/{number}/response", json=said)
        assert answer.status_code == 200, answer.text

        async def answered() -> Any:
            clocks = (await self.town.desk.client("sla-timer").get(f"/v1/tickets/{number}/clocks")).json()["items"]
            states = {clock["metric"]: clock["state"] for clock in clocks}
            return states["resolution"] if states["response"] == "met" else None

        return str(await eventually(answered))

    async def agreed(self, calendar: str) -> str:
        account = self.town.agreed.get(calendar)
        if account is None:
            answer = await self.town.register("patrol", calendar)
            if answer.status_code != 201:
                return str(answer.json()["type"].rpartition("/")[2])
            account = self.town.agreed[calendar] = UUID(answer.json()["account_id"])
        other = Ticket(self.town, account)
        await self.town.open(other, 3, self.town.details)
        return str((await other.clock())["calendar"])


@dataclass
class Town:
    """A desk, its databases and accounts. `door`: the service that is asked."""

    desk: TestDesk
    door: str
    accounts: dict[str, UUID] = field(default_factory=dict)
    agreed: dict[str, UUID] = field(default_factory=dict)
    pools: dict[str, asyncpg.Connection] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    book: PolicyBook = field(default_factory=lambda: PolicyBook(Policies(), Policies.published))

    async def rows(self, service: str, where: str, *values: Any) -> list[dict[str, Any]]:
        rows = await self.pools[service].fetch(
            f"SELECT type, data FROM events WHERE {where} ORDER BY shard, shard_seq", *values
        )
        return [{"type": row["type"]} | json.loads(row["data"]) for row in rows]

    async def heard(self, version: str) -> list[dict[str, Any]]:
        """As escalation has it."""
        rows = await self.pools["escalation"].fetch("SELECT data FROM policies WHERE version = $1", version)
        return [json.loads(row["data"]) for row in rows]

    async def register(self, tier: str, calendar: str | None = None) -> Any:
        body = {"name": "A customer", "tier": tier, "calendar": calendar}
        return await self.desk.client("intake", "admin").post("/v1/accounts", json=body)

    async def open(self, ticket: Ticket, severity: int, details: dict[str, str]) -> None:
        body = {
            "account_id": str(ticket.account),
            "email": "ann@customer.example",
            "severity": severity,
            "priority": "normal",
            "title": "It crashes",
            "description": "Every night.",
            "details": details,
        }
        answer = await self.desk.client("intake", "engineer").post("/v1/tickets", json=body)
        assert answer.status_code == 201, answer.text
        [opened] = await self.rows("intake", "stream_id = $1 AND version = 1", f"ticket-{answer.json()['ticket_id']}")
        ticket.opening = opened

    async def withdraw(self, ticket: Ticket) -> None:
        """What was asked for is needed no more; its survey is by the policy in force where feedback hears of that."""
        shard, version = shard_of(UUID(ticket.opening["ticket_id"])), ticket.opening["policy"]

        async def heard() -> bool:
            query = "SELECT version FROM policies_in_force WHERE shard = $1"
            return bool(await self.pools["feedback"].fetchval(query, shard) == version)

        await eventually(heard)
        admin = self.desk.client("intake", "account-admin", ticket.account)
        answer = await admin.post(f"/v1/tickets/{ticket.opening['number']}/closing", json={"cause": "withdrawn"})
        assert answer.status_code == 200, answer.text

    async def put_in_force(self, document: Document) -> None:
        """Publish it, and wait until the door has read it."""
        log = await PostgresStore.connect(self.desk.dsns["sla-timer"].app, SLA, size=1)
        try:
            core = Core(topic=SLA, decider=domain, vault=Vault(self.desk.common.master_key), project=project)
            by = Meta(actor="admin", role="admin")
            await publish(log, core, self.book, document, by, WallClock().now())
        finally:
            await log.close()

        async def heard() -> bool:
            query = "SELECT ordinal FROM policies WHERE version = $1"
            told = await self.pools[self.door].fetchval(query, document.version)
            return bool(told == self.book.ordinal)  # the others hear of it before they hear of the ticket

        await eventually(heard)

    async def tried(self, kind: Kind, case: Case, wanted: Any) -> tuple[Kind, Case, Ticket, Any]:
        """A ticket as the case wants it; what an account may agree on is asked at once."""
        if case.tier not in self.accounts:
            registered = None if case.complains else (await self.register(case.tier)).json()["account_id"]
            self.accounts[case.tier] = UUID(registered) if registered else uuid4()
        ticket = Ticket(self, self.accounts[case.tier])

        async def judged() -> bool:  # once the door goes by what its database has
            await (ticket.complain() if case.complains else self.open(ticket, case.severity, case.details))
            return bool(ticket.opening["policy"] == self.book.current.latest)

        await eventually(judged)
        if case.withdraws:
            await self.withdraw(ticket)
        if kind.startswith("calendar"):
            assert wanted is None or await case.look(ticket) == wanted, kind
            wanted = None
        return kind, case, ticket, wanted


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("services", "complaining"),
    [(["intake", "sla-timer", "escalation", "feedback"], False), (["feedback", "sla-timer"], True)],
    ids=["tickets", "complaints"],
)
async def test_every_sentence_comes_true_on_a_running_desk(
    stack: Addresses,
    database: Factory,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    services: list[str],
    complaining: bool,
) -> None:
    cases = [(kind, case) for kind, case in EVERY if case.complains == complaining]
    async with desk(stack, database, prefix, monkeypatch, services) as made:
        town = Town(made, services[0], details=CASES["target"][0].details)
        for name in services:
            town.pools[name] = await asyncpg.connect(made.dsns[name].app)
        try:
            looked: list[tuple[Kind, Case, Ticket, Any]] = []
            for text in dict.fromkeys(case.before for _, case in cases):
                some = [(kind, case) for kind, case in cases if case.before == text]
                await town.put_in_force(before(some[0][1]))
                looked += [await town.tried(kind, case, case.was) for kind, case in some]
                for kind, case in some:
                    await town.put_in_force(after(case))
                    looked.append(await town.tried(kind, case, case.now))
            wrong = []
            for kind, case, ticket, wanted in looked:  # time has passed for all of them at once
                if wanted is not None and (found := await case.look(ticket)) != wanted:
                    wrong.append((kind, ticket.opening["number"], found, wanted))
            assert wrong == []
        finally:
            for pool in town.pools.values():
                await pool.close()
