"""A ticket's clocks and their proof, over HTTP and in the terminal, from a real log."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import typer
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.stack import Addresses
from tests.unit.sla_timer.story import DEFAULT
from typer.testing import CliRunner

from sla_timer.cli.explain import explain

pytestmark = pytest.mark.stack

SHORT = timedelta(seconds=10)
"""Long enough for the last warning to be given before the deadline, a tenth later, on a busy machine."""
app = typer.Typer()
app.command()(explain)


@dataclass(frozen=True)
class Lived:
    """A desk; a ticket that was breached and then answered, and one whose clock runs, assessed anew. `at`: of facts."""

    desk: TestDesk
    account: UUID
    breached: str
    ticket_id: str
    running: str
    at: dict[str, dict[str, datetime]]

    async def get(self, path: str, role: Any = "engineer", account: UUID | None = None, **headers: str) -> Any:
        client = self.desk.client("sla-timer", role, account)
        return await client.get(f"/v1/tickets/{path}", headers=headers)

    @property
    def received(self) -> datetime:
        """When the one that was breached was opened."""
        return self.at[self.breached]["ticket.opened"]


@pytest.fixture(scope="module")
async def lived(
    stack: Addresses, session_database: Factory, module_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Lived]:
    """Severity 1 is promised within ten seconds."""
    file: Path = tmp_path_factory.mktemp("policy") / "policy.yaml"
    file.write_text(DEFAULT.replace("1: {within: 1h", "1: {within: 10s"))
    with pytest.MonkeyPatch.context() as patch:
        settings = {"SLA_TIMER_POLICY_FILE": str(file)}
        async with desk(stack, session_database, module_prefix, patch, ["intake", "sla-timer"], **settings) as made:
            body = {"name": "Kestrel Rail", "tier": "patrol", "domains": ["kestrel.example"]}
            answer = await made.client("intake", "admin").post("/v1/accounts", json=body)
            account = UUID(answer.json()["account_id"])
            one, two = await _open(made, account, 1), await _open(made, account, 3)
            await eventually(partial(_clock_has, made, one["number"], "state", "breached"))
            await _tell(made, one["number"], "response", states="plan", body="We restart it at noon.")
            await _tell(made, two["number"], "messages", body="We look into it.", public=True)
            await _tell(made, two["number"], "severity", severity=2, reason="All offices.")
            at = {number: await _instants(made, number) for number in (one["number"], two["number"])}
            answered = at[one["number"]]["ticket.initial-response-given"]
            await eventually(partial(_clock_has, made, one["number"], "responded_at", _z(answered)))
            await eventually(partial(_clock_has, made, two["number"], "severity", 2))
            yield Lived(made, account, one["number"], one["ticket_id"], two["number"], at)


PRODUCT = {"product": "Aurora", "product_version": "4.2"}
COMPLETE = PRODUCT | {"os": "Debian", "os_version": "12"}


async def _open(made: TestDesk, account: UUID, severity: int, details: Any = COMPLETE) -> dict[str, Any]:
    words = {"title": "The export fails", "description": "Every export ends with error 17."}
    body = {"severity": severity, "priority": "high", "details": details, **words}
    answer = await made.client("intake", "requester", account).post("/v1/tickets", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def _tell(made: TestDesk, number: str, path: str, **body: Any) -> None:
    answer = await made.client("intake").post(f"/v1/tickets/{number}/{path}", json=body)
    assert answer.status_code in (200, 201), answer.text


async def _clock_has(made: TestDesk, number: str, name: str, value: Any) -> bool:
    answer = await made.client("sla-timer").get(f"/v1/tickets/{number}/clocks")
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["items"][0][name] == value)


async def _instants(made: TestDesk, number: str) -> dict[str, datetime]:
    events = (await made.client("intake").get(f"/v1/tickets/{number}/events")).json()["events"]
    return {one["type"]: datetime.fromisoformat(one["recorded_at"]) for one in events}


def _z(at: datetime) -> str:
    return f"{at.replace(tzinfo=None).isoformat()}Z"


def _lasting(text: str) -> timedelta:
    assert text.startswith("PT")
    return timedelta(seconds=float(text[2:-1]))


async def test_a_tickets_clocks_are_found_by_its_number_and_by_its_id(lived: Lived) -> None:
    by_number, by_id = await lived.get(f"{lived.breached}/clocks"), await lived.get(f"{lived.ticket_id}/clocks")
    [clock] = by_number.json()["items"]
    assert [one["ticket_id"] for one in by_id.json()["items"]] == [clock["ticket_id"]]
    assert (clock["number"], clock["metric"], clock["state"]) == (lived.breached, "response", "breached")


async def test_clocks_have_one_tag_only_where_they_are_the_same_to_the_byte(lived: Lived) -> None:
    at = [_z(lived.received + SHORT * n / 4) for n in (1, 2)]
    known = _z(lived.received + SHORT * 3 / 4)
    for path in (f"{lived.breached}/clocks", f"{lived.breached}/clocks/response/explain"):
        answers = [await lived.get(f"{path}?at={one}&as_known_at={known}") for one in (*at, at[0])]
        assert [answer.content for answer in answers].count(answers[0].content) == 2, "otherwise this shows nothing"
        tags = [answer.headers["ETag"] for answer in answers]
        assert tags[0] == tags[2] != tags[1]


async def test_a_breached_clock_says_by_how_much_until_the_late_answer(lived: Lived) -> None:
    [clock] = (await lived.get(f"{lived.breached}/clocks")).json()["items"]
    took = lived.at[lived.breached]["ticket.initial-response-given"] - lived.received
    assert (_lasting(clock["consumed"]), _lasting(clock["breached_by"])) == (took, took - SHORT)
    assert (clock["due_at"], clock["evidence"]) == (_z(lived.received + SHORT), "settled")
    assert [one["percent"] for one in clock["warnings_given"]] == [50, 75, 90]
    assert clock["remaining"] is None


async def test_a_running_clock_says_what_remains(lived: Lived) -> None:
    [clock] = (await lived.get(f"{lived.running}/clocks")).json()["items"]
    consumed = datetime.fromisoformat(clock["at"]) - lived.at[lived.running]["ticket.opened"]
    assert (clock["state"], clock["target"], clock["severity"]) == ("running", "PT4H", 2)
    assert _lasting(clock["consumed"]) == consumed
    assert 0 < clock["percent"] < 100
    assert [one["percent"] for one in clock["warnings"]] == [50, 75, 90]


async def test_as_of_an_instant_it_is_as_it_was(lived: Lived) -> None:
    before = _z(lived.received + SHORT / 2)
    [clock] = (await lived.get(f"{lived.breached}/clocks?at={before}")).json()["items"]
    assert (clock["state"], clock["consumed"], clock["percent"]) == ("running", "PT5S", 50.0)
    late = _z(lived.received + SHORT)
    [clock] = (await lived.get(f"{lived.breached}/clocks?at={late}")).json()["items"]
    assert (clock["state"], clock["breached_by"]) == ("breached", "PT0S")
    # The breach is announced a moment after the deadline: at the deadline itself nobody knew.
    [clock] = (await lived.get(f"{lived.breached}/clocks?as_known_at={late}")).json()["items"]
    assert clock["state"] == "running"
    unborn = await lived.get(f"{lived.breached}/clocks?at={_z(lived.received - SHORT)}")
    assert (unborn.status_code, unborn.json()["type"].rsplit("/", 1)[-1]) == (404, "no-clock")
    none = await lived.get(f"{lived.running}/clocks/update/explain")
    assert none.status_code == 404
    assert none.json()["errors"] == [{"field": "metric", "detail": "'update' has no clock; ask for response"}]


async def test_customers_see_the_clocks_of_their_own_account_and_no_others(lived: Lived) -> None:
    for path in (f"{lived.breached}/clocks", f"{lived.breached}/clocks/response/explain"):
        own = await lived.get(path, "requester", lived.account)
        other = await lived.get(path, "requester", uuid4())
        assert (own.status_code, other.status_code) == (200, 404)
        assert other.json()["type"].endswith("/no-clock")
    unknown = await lived.get("P-9999/clocks", "requester", lived.account)
    other = await lived.get(f"{lived.running}/clocks", "requester", uuid4())
    assert unknown.text.replace("P-9999", lived.running) == other.text
    everybody = await lived.desk.client("sla-timer", "requester", lived.account).get("/v1/clocks")
    assert everybody.status_code == 403


async def test_running_clocks_are_listed_page_by_page(lived: Lived) -> None:
    client = lived.desk.client("sla-timer")
    for severity in (2, 3):
        more = await _open(lived.desk, lived.account, severity)
        await eventually(partial(_clock_has, lived.desk, more["number"], "state", "running"))
    everything = (await client.get("/v1/clocks?limit=500")).json()["items"]
    assert len(everything) == 3
    found, path = [], "/v1/clocks?limit=1"
    while path:
        answer = await client.get(path)
        found += answer.json()["items"]
        path = answer.links.get("next", {}).get("url", "")
    assert found == everything
    assert found == sorted(found, key=lambda one: (one["due_at"], one["ticket_id"], one["metric"]))


async def test_the_proof_adds_up_names_its_rules_and_its_facts_and_holds(lived: Lived) -> None:
    answer = await lived.get(f"{lived.running}/clocks/response/explain")
    proof = answer.json()
    assert proof["disagreements"] == []
    counted = sum((_lasting(one["counted"]) for one in proof["segments"]), timedelta(0))
    assert counted == _lasting(proof["clock"]["consumed"])
    assert [one["type"] for one in proof["events"]] == ["clock.started", "clock.rescheduled"]
    assert proof["events"][1]["happened_at"] == _z(lived.at[lived.running]["ticket.severity-changed"])
    assert [one["calendar"] for one in proof["rules"]] == ["around-the-clock"]
    assert proof["rules"][0]["policy"] == proof["clock"]["versions"]["policy"]


async def test_the_proof_is_text_for_whoever_asks_for_text(lived: Lived) -> None:
    path = f"{lived.breached}/clocks/response/explain"
    for answer in (await lived.get(path, Accept="text/plain"), await lived.get(f"{path}?format=text")):
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.text.startswith(f"{lived.breached} had severity 1 at tier patrol.")
        assert "passed without an answer: breached." in answer.text
    for accept in ("application/json", "*/*", "application/json, text/plain", ""):
        answer = await lived.get(path, Accept=accept)
        assert answer.headers["Content-Type"] == "application/json"
    answer = await lived.get(f"{path}?format=json", Accept="text/plain")
    assert answer.json()["clock"]["number"] == lived.breached


async def test_the_proof_is_a_page_for_a_browser(lived: Lived) -> None:
    path = f"{lived.breached}/clocks/response/explain"
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for answer in (await lived.get(path, Accept=browser), await lived.get(f"{path}?format=html")):
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert f'<h1>{lived.breached}: first answer <span class="state breached">' in answer.text
        assert 'class="due"' in answer.text
    said = await run(lived.breached, "--html")
    assert (said.exit_code, said.output.startswith("<!DOCTYPE html>"), said.output[-8:]) == (0, True, "</html>\n")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("nonsense/clocks", "number"),
        ("NUMBER%00/clocks", "number"),
        ("NUMBER/clocks?at=noon", "at"),
        ("NUMBER/clocks?at=2026-07-14T10:00:00", "at"),
        ("NUMBER/clocks?at=9999-12-31T23:59:59Z", "at"),
        ("NUMBER/clocks?at=0001-01-01T00:00:00%2B14:00", "at"),
        ("NUMBER/clocks?as_known_at=9999-12-31T23:59:59-12:00", "as_known_at"),
        ("NUMBER/clocks?at=2026-07-14T10:00:00Z&as_known_at=2026-07-13T10:00:00Z", "at"),
        ("NUMBER/clocks/nonsense/explain", "metric"),
        ("NUMBER/clocks/response/explain?rows=1", "rows"),
        ("NUMBER/clocks/response/explain?format=pdf", "format"),
    ],
)
async def test_bad_input_is_a_problem_that_names_the_field(lived: Lived, path: str, field: str) -> None:
    answer = await lived.get(path.replace("NUMBER", lived.breached))
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_a_metric_that_the_ticket_has_not_is_no_proof_and_says_which_it_has(lived: Lived) -> None:
    answer = await lived.get(f"{lived.breached}/clocks/objective/explain")
    assert (answer.status_code, answer.json()["detail"]) == (404, "Ask for response.")


async def _causes(lived: Lived) -> dict[str, dict[str, Any]]:
    """What each fact of the clock came of, by its type."""
    proof = (await lived.get(f"{lived.breached}/clocks/response/explain")).json()
    assert proof["disagreements"] == []
    return {one["type"]: one["cause"] for one in proof["events"]}


async def test_a_proof_cites_intakes_facts_down_to_message_and_request_and_those_of_an_older_log_too(
    lived: Lived,
) -> None:
    intake = await asyncpg.connect(lived.desk.dsns["intake"].owner)
    sla = await asyncpg.connect(lived.desk.dsns["sla-timer"].owner)
    try:
        rows = await intake.fetch("SELECT * FROM events WHERE stream_id = $1", f"ticket-{lived.ticket_id}")
        by_type = {row["type"]: row for row in rows}
        opened, answered = by_type["ticket.opened"], by_type["ticket.initial-response-given"]
        causes = await _causes(lived)
        started, late = causes["clock.started"], causes["sla.answered-late"]
        for cited, row in ((started, opened), (late, answered)):
            assert (cited["source"], cited["type"]) == ("punctual.tickets.v1", row["type"])
            assert (cited["id"], cited["recorded_at"]) == (str(row["event_id"]), _z(row["recorded_at"]))
            assert (cited["cause"]["source"], cited["cause"]["id"]) == ("request", str(row["command_id"]))
        assert (started["message_id"], late["message_id"]) == (None, json.loads(answered["data"])["message_id"])
        breach = causes["sla.breached"]
        assert (breach["source"], breach["type"], breach["cause"]) == ("punctual.sla.v1", "clock.started", started)

        await sla.execute("UPDATE events SET meta = (meta::jsonb - 'cause')::json WHERE stream_id LIKE 'clock-%'")
        assert await _causes(lived) == causes
    finally:
        await intake.close()
        await sla.close()


async def run(*arguments: str) -> Any:
    """The command, as `punctual explain`."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments), env={"COLUMNS": "160"})


async def test_the_terminal_says_the_same(lived: Lived) -> None:
    said = await run(lived.breached.lower())
    assert said.exit_code == 0, said.output
    assert said.output.startswith(f"{lived.breached} had severity 1 at tier patrol.")
    assert "open, past the deadline" in said.output
    told = await run(lived.breached, "--json", "--metric", "response")
    proof = (await lived.get(f"{lived.breached}/clocks/response/explain")).json()
    for key in ("events", "rules", "arithmetic", "disagreements"):
        assert json.loads(told.output)[key] == proof[key]
    then = await run(lived.breached, "--at", _z(lived.received + SHORT / 2))
    assert "5s are used up (50 %)" in then.output


async def test_the_terminal_says_what_is_wrong(lived: Lived) -> None:
    for arguments, code, words in (
        (["P-9999"], 1, "Look at the number again."),
        (["nonsense"], 1, "P-1042"),
        ([lived.breached, "--metric", "objective"], 1, "Ask for response."),
        ([lived.breached, "--at", _z(datetime.now(UTC) + timedelta(days=1))], 1, "write an instant up to now"),
        ([lived.breached, "--json", "--html"], 2, "say --json or --html, not both"),
        ([lived.breached, "--at", "noon"], 2, "--at: 'noon' is no instant"),
    ):
        said = await run(*arguments)
        assert (said.exit_code, words in " ".join(said.output.replace("│", "").split())) == (code, True), said.output


async def test_a_proof_cites_the_message_that_completed_the_information(lived: Lived) -> None:
    client = lived.desk.client("intake", "requester", lived.account)
    opened = (await _open(lived.desk, lived.account, 3, PRODUCT))["number"]
    written = await client.post(f"/v1/tickets/{opened}/messages", json={"body": "OS: Debian\nOS version: 12"})
    assert written.status_code == 200, written.text
    await eventually(partial(_clock_has, lived.desk, opened, "state", "running"))
    answer = await lived.get(f"{opened}/clocks/response/explain")
    assert answer.status_code == 200, answer.text
    started = answer.json()["events"][-1]
    assert (started["type"], started["cause"]["type"]) == ("clock.started", "ticket.information-completed")
    assert started["cause"]["message_id"] == written.json()["message_id"]
