"""kill -9, by turns at random: the timer service, the database, the broker. Each is started again at once."""

import asyncio
import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import asyncpg
from tests.faults.load import PROMISED, Load, account
from tests.faults.verdicts import Said, Told, bare

from contracts.roles import Role
from kit.auth import Caller, issue
from punctual.local.desk import Desk, start_desk
from punctual.local.errors import StackUnavailable
from punctual.local.kafka import start_kafka
from punctual.local.places import Home
from punctual.local.postgres import start_postgres
from punctual.local.process import Child
from punctual.local.services import Service, await_ready, start_service
from sla_timer import policy_file

VICTIMS = ("sla-timer", "postgres", "kafka")
HOLDS_FROM = 10
"""From so many rounds on the timer service is held up once, too."""
HELD = 45.0
"""Seconds: longer than the broker waits for a member of a group, as when a machine is suspended."""
SERVICES = ("intake", "sla-timer")
LANES = 12
SETTLES = 90.0
"""Seconds after the last kill within which everything must have been said."""
RETURNS = 120.0
"""Seconds after a kill within which the timer service must be at work again, however busy the machine is."""

EVENTS = """
SELECT substring(stream_id FROM '[0-9a-f]{8}-[0-9a-f-]{27}') AS ticket, type, recorded_at, data FROM events
WHERE type IN ('ticket.opened', 'ticket.initial-response-given', 'clock.started', 'sla.breached', 'sla.met',
               'sla.breach-retracted')
ORDER BY recorded_at
"""
TO_COME = "SELECT count(*) FROM timers"
SAID = "SELECT coalesce(sum(seq), 0) FROM heads"
Say = Callable[[str], None]


async def rounds(home: Home, count: int, chance: random.Random, say: Say) -> Told:
    """Kill so many times under load, let everything come to rest, and read the logs."""
    desk = await start_desk(home, settings=prepare(home), services=False, usual_ports=False, say=say)
    try:
        return await _play(Place(desk), count, chance, say)
    finally:
        await desk.stop()


def prepare(home: Home) -> dict[str, str]:
    """A home with nothing in it yet, and a policy that promises an answer within seconds; the settings for it."""
    for part in (home.kafka, home.postgres):
        shutil.rmtree(part.resolve() if part.is_symlink() else part, ignore_errors=True)
    home.make()
    for name in SERVICES:
        (home.log / f"{name}.log").unlink(missing_ok=True)
    policy = home.path / "policy.yaml"
    text = policy_file.DEFAULT.read_text(encoding="utf-8")
    policy.write_text(text.replace("1: {within: 1h, rule: P10}", f"1: {{within: {PROMISED:.0f}s, rule: P10}}"))
    return {"PUNCTUAL_SLA_TIMER_POLICY_FILE": str(policy), "PUNCTUAL_LOG_LEVEL": "warning"}


class Place:
    """The desk, whose parts come and go."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def begin(self) -> None:
        """Start the two services."""
        for name in SERVICES:
            self._start(name)
        await asyncio.gather(*(await_ready(service) for service in self.desk.services))

    def _start(self, name: str) -> None:
        self.desk.services.append(start_service(self.desk.stack, name, self.desk.ports[name], self.desk.env))

    def service(self, name: str) -> Service:
        return next(service for service in self.desk.services if service.name == name)

    async def kill(self, victim: str) -> None:
        """kill -9, and start it again."""
        stack = self.desk.stack
        assert stack.postgres
        assert stack.kafka
        match victim:
            case "postgres":
                await kill(stack.postgres.child)
                port, password = stack.postgres.port, stack.postgres.password
                for _ in range(20):
                    # What it had begun may take a moment to notice, and holds its memory until then.
                    with suppress(StackUnavailable):
                        stack.postgres = await start_postgres(stack.home, port, password)
                        break
                    await asyncio.sleep(0.5)
            case "kafka":
                await kill(stack.kafka.child)
                stack.kafka = await start_kafka(stack.home, stack.kafka.port, stack.kafka.controller, lambda _: None)
            case _:
                await kill(self.service(victim).child)

    async def hold(self, name: str) -> None:
        """Have a service stand still for a while, and let it go on: it may end then, but not be of no use."""
        pid = self.service(name).child.pid
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(HELD)
        os.kill(pid, signal.SIGCONT)

    def revive(self) -> None:
        """What ended is started again, as a supervisor would."""
        for service in list(self.desk.services):
            if service.child.exit_code() is not None:
                self.desk.services.remove(service)
                self._start(service.name)

    def token(self, role: Role, account_id: UUID | None = None) -> str:
        """An Authorization header's value."""
        caller = Caller(f"faults-{role}", role, account_id, "ann@customer.example" if account_id else None)
        return "Bearer " + issue(self.desk.env["PUNCTUAL_TOKEN_SECRET"], caller, now=time.time(), seconds=86_400)


async def _play(place: Place, count: int, chance: random.Random, say: Say) -> Told:
    await place.begin()
    url = place.service("intake").url
    customer = await account(url, place.token("admin"))
    load = Load(lambda: url, place.token("requester", customer), place.token("engineer"), chance)
    async with asyncio.TaskGroup() as group:
        supervising = group.create_task(_supervise(place))
        loading = group.create_task(load.run(LANES))
        for number in range(1, count + 1):
            await asyncio.sleep(chance.random() * PROMISED)
            victim = VICTIMS[(number - 1) % 3] if number <= 3 else chance.choice(VICTIMS)
            say(f"round {number} of {count}: kill -9 {victim}, after {len(load.tickets)} tickets")
            await place.kill(victim)
            # To kill what has not come back yet would prove little: nothing would be under way.
            say(f"at work again after {await _at_work_again(place):.0f} s")
        if count >= HOLDS_FROM:
            say(f"sla-timer is held up for {HELD:.0f} s")
            await place.hold("sla-timer")
            say(f"at work again after {await _at_work_again(place):.0f} s")
        load.ending = True
        await loading
        say(f"{len(load.tickets)} tickets; waiting until all is said")
        told = await at_rest(place, load.tickets)
        supervising.cancel()
    logs = [place.desk.stack.home.log / f"{name}.log" for name in SERVICES]
    return replace(told, bare=[line for log in logs for line in bare(log.read_text().splitlines())])


async def _supervise(place: Place) -> None:
    while True:
        await asyncio.sleep(0.2)
        place.revive()


async def _at_work_again(place: Place) -> float:
    """How many seconds went by until the timer service has said something more. Raises TimeoutError."""
    begun = time.monotonic()
    async with asyncio.timeout(RETURNS):
        before = await _number(place, SAID)
        while await _number(place, SAID) == before:  # noqa: ASYNC110 - another process says it
            await asyncio.sleep(0.2)
    return time.monotonic() - begun


async def at_rest(place: Place, tickets: list[str]) -> Told:
    """The logs, once every clock has started and no timer is left; or what they are when the time is over."""
    until = time.monotonic() + SETTLES
    while True:
        # Asked before the logs are read: what rings in between is in them then.
        waiting = await _number(place, TO_COME)
        told = Told(tickets, [event for name in SERVICES for event in await _read(place, name)])
        if (not waiting and told.count("clock.started") >= len(tickets)) or time.monotonic() > until:
            return told
        await asyncio.sleep(1)


async def _read(place: Place, service: str) -> list[Said]:
    connection = await asyncpg.connect(place.desk.stack.dsns(service).app)
    try:
        rows = await connection.fetch(EVENTS)
    finally:
        await connection.close()
    return [Said(row["ticket"], row["type"], row["recorded_at"], json.loads(row["data"])) for row in rows]


async def _number(place: Place, query: str) -> int:
    """What sla-timer's database answers."""
    connection = await asyncpg.connect(place.desk.stack.dsns("sla-timer").app)
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


async def kill(child: Child) -> None:
    """kill -9."""
    with suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)
    await child.gone()
