"""Releases live side by side while one takes another's place: older code on the newer schema, with newer events."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tarfile
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from tests.contract.corpus import example
from tests.stack import Addresses
from tests.unit.house import MASTER, House
from tests.unit.sla_timer.story import OFFICE_TEXT, published

from contracts import codec, wire
from contracts.base import BY_CLASS
from contracts.envelope import Meta
from contracts.names import SERVICES, TICKETS, shard_of
from intake.domain import commands as intake
from intake.domain.events import Details
from kit.log.request import CommandRequest, Done
from kit.personal.vault import subjects_of
from punctual.local.databases import Dsns, create_database, drop_database, passwords, role_of
from punctual.local.migrations import folders, migrate

PREVIOUS = "c66bc6862da910acbc5e19d5203aa6b18249c2d0"
"""The commit of the release before: from it on, code bears events that it doesn't know. Move it with each release.

0.1.0 is the first, so until the next one this is a commit of the day before.
"""
ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 7, 13, 14, tzinfo=UTC)
TICKET, ACCOUNT, ANN = UUID(int=101), UUID(int=102), UUID(int=103)


@pytest.fixture(scope="session")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the release before."""
    asked = subprocess.run(
        ["git", "archive", PREVIOUS, "shared", "services"], cwd=ROOT, capture_output=True, check=False
    )
    if asked.returncode:
        pytest.skip(f"the release before ({PREVIOUS[:9]}) is not in this clone: {asked.stderr.decode().strip()}")
    folder = tmp_path_factory.mktemp("previous")
    with tarfile.open(fileobj=BytesIO(asked.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


async def story() -> House:
    """A ticket's life in this release, with all that is new in it."""
    house = House(published(OFFICE_TEXT), NOW)
    office: dict[str, Any] = {"ticket_id": TICKET, "by": "engineer"}
    steps: list[Any] = [
        intake.RegisterAccount(account_id=ACCOUNT, by="admin", name="Acme", tier="enlist", calendar="offce"),
        intake.TicketRequest(
            ticket_id=TICKET, by="requester", number="P-1", account_id=ACCOUNT, subject_id=ANN,
            channel="portal", severity=1, priority="high",
            details=Details(product="Desk", product_version="1", os="Linux", os_version="6"),
            title="It stops", description="It stops.", email="ann@acme.example",
        ),
        intake.Assign(**office, engineer="eve"),
        intake.PostMessage(**office, message_id=UUID(int=1), channel="portal", body="Which?", awaits_reply=True),
        intake.ChangeSeverity(**office, severity=2, reason="Half of it."),
        intake.GiveInitialResponse(**office, message_id=UUID(int=2), states="plan", body="We mend it."),
        intake.Resolve(**office, resolution="Mended."),
        intake.Close(**office, cause="resolved"),
        intake.Reopen(**office, reason="Not quite."),
        intake.ChangeAccount(account_id=ACCOUNT, by="admin", agreed=intake.Agreed("office")),
    ]  # fmt: skip
    for n, command in enumerate(steps):
        stream = f"ticket-{TICKET}" if hasattr(command, "ticket_id") else f"account-{ACCOUNT}"
        request = CommandRequest(
            command_id=UUID(int=n + 1), stream=stream, command=command, meta=Meta(actor="a", role=command.by)
        )
        assert isinstance(await house.ask("intake", request), Done), command
        await house.until(house.now + timedelta(hours=20 if n == 4 else 0))
    return house


class Records:
    """What this release says, on every topic: one chain for each shard."""

    def __init__(self) -> None:
        self.encoded: list[Any] = []
        self._last: dict[tuple[str, int], tuple[int, UUID | None]] = {}

    def story(self, house: House) -> None:
        """What was said in it."""
        for room in house.rooms.values():
            for row in (row for rows in room.store.tables.log.values() for row in rows):
                at = (row.shard, row.stream, row.version)
                self._add(room.service.topic, at, row.type, row.schema_version, row.data, row.meta)

    def one_of_each(self) -> None:
        """Each event there is, about something of its own, and behind it what nobody has heard of yet."""
        meta = {"actor": "next", "role": "service", "seen": {}, "cause": {"source": TICKETS, "id": str(uuid4())}}
        for kind in BY_CLASS.values():
            of = uuid4()
            shard, data = shard_of(of), codec.encode(example(kind), seal=None).decode()
            stream = f"policy-{shard}" if kind.name == "policy.published" else f"ticket-{of}"
            self._add(kind.topic, (shard, stream, 1), kind.name, kind.version, data, meta)
            self._add(kind.topic, (shard, stream, 2), f"{kind.name}-anew", 1, "[]", meta)
            self._add(kind.topic, (shard, stream, 3), "jar.melted", 7, "{}", meta)

    def _add(self, topic: str, at: tuple[int, str, int], type: str, schema: int, data: str, meta: Any) -> None:
        shard, stream, version = at
        seq, previous = self._last.get((topic, shard), (0, None))
        event_id = uuid4()
        self._last[topic, shard] = (seq + 1, event_id)
        one = wire.record_of_row(
            source="/punctual/next", shard=shard, shard_seq=seq + 1, stream=stream, version=version,
            event_id=event_id, command_id=uuid4(), type=type, schema_version=schema,
            recorded_at=NOW + timedelta(days=1), data=data, meta=meta, previous=previous,
        )  # fmt: skip
        headers = [[name, b64encode(text).decode()] for name, text in one.headers]
        self.encoded.append([topic, shard, stream, b64encode(one.value).decode(), headers])


def keys(house: House) -> dict[UUID, bytes]:
    """Of everybody whose words are in it."""
    subjects = {subject for kind in BY_CLASS.values() for subject in subjects_of(example(kind))}
    return {**{subject: aes_key_wrap(MASTER, bytes(32)) for subject in subjects}, **house.keys}


async def taken_in(told: dict[str, Any], code: Path | None, folder: Path) -> dict[str, Any]:
    """What became of it at all services, run by that code, or by this. `written`: events in their logs by now."""
    where, answer = folder / "told.json", folder / "answer.json"
    where.write_text(json.dumps(told | {"answer": str(answer)}))
    members = [*(code / "shared").iterdir(), *(code / "services").iterdir()] if code else []
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(Path(__file__).with_name("taking_in.py")), str(where)],
        env=os.environ | ({"PYTHONPATH": os.pathsep.join(map(str, members))} if members else {}),
        capture_output=True, check=False, timeout=150,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()[-3000:]
    found: dict[str, Any] = json.loads(answer.read_text())
    assert {name: one["parked"] for name, one in found.items()} == {name: [] for name in SERVICES}
    return found


@pytest.fixture
async def of_before(stack: Addresses, previous: Path) -> AsyncIterator[dict[str, Dsns]]:
    """A database for each service, migrated by the release before."""
    made: dict[str, Dsns] = {}
    names = {service: f"{role_of(service)}_{secrets.token_hex(5)}" for service in SERVICES}
    admin = stack.postgres_superuser_dsn
    try:
        for service, name in names.items():
            made[service] = await create_database(admin, role_of(service), passwords(admin), name=name, rotate=True)
            old = [previous / "shared/kit/kit/migrations", previous / "services" / service / "migrations"]
            await migrate(made[service].owner, old)
        yield made
    finally:
        for name in names.values():
            await drop_database(admin, name)


@pytest.mark.slow
async def test_a_release_takes_the_place_of_the_one_before_and_nobody_parks_anything(
    previous: Path, of_before: dict[str, Dsns], tmp_path: Path
) -> None:
    house, said = await story(), Records()
    told: dict[str, Any] = {
        "records": said.encoded,
        "keys": [[str(subject), b64encode(wrapped).decode()] for subject, wrapped in keys(house).items()],
        "databases": {name: at.app for name, at in of_before.items()},
    }
    said.story(house)
    before = await taken_in(told, previous, tmp_path)
    assert [name for name, one in before.items() if not one["written"]] == ["intake"]
    for service, at in of_before.items():
        await migrate(at.owner, folders(service))
    said.one_of_each()
    meanwhile = await taken_in(told, previous, tmp_path)
    said.one_of_each()
    after = await taken_in(told, None, tmp_path)
    written = [sum(one["written"] for one in found.values()) for found in (before, meanwhile, after)]
    assert written[0] < written[1] < written[2]
