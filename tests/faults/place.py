"""The real desk that bad days happen to: its broker, its database, its services and how each of them is lost."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import UUID

from tests.faults.load import PROMISED_ANSWER_SECONDS

from contracts.roles import Role
from kit.http.auth import Caller, issue
from punctual.local.databases import SERVICES, role_of
from punctual.local.desk import Desk
from punctual.local.errors import StackUnavailable
from punctual.local.kafka import start_kafka
from punctual.local.places import Home
from punctual.local.postgres import start_postgres
from punctual.local.process import Child
from punctual.local.services import Service, await_ready, start_service
from sla_timer.policy import file as policy_file

Say = Callable[[str], None]


def prepare(home: Home) -> dict[str, str]:
    """A home with nothing in it yet, and a policy that promises an answer within seconds; the settings for it."""
    for part in (home.kafka, home.postgres, home.path / "mail"):
        shutil.rmtree(part.resolve() if part.is_symlink() else part, ignore_errors=True)
    home.make()
    for name in SERVICES:
        (home.log / f"{name}.log").unlink(missing_ok=True)
    policy = home.path / "policy.yaml"
    text = policy_file.DEFAULT.read_text(encoding="utf-8")
    policy.write_text(
        text.replace("1: {within: 1h, rule: P10}", f"1: {{within: {PROMISED_ANSWER_SECONDS:.0f}s, rule: P10}}")
    )
    return {"PUNCTUAL_SLA_TIMER_POLICY_FILE": str(policy), "PUNCTUAL_LOG_LEVEL": "warning"}


class Place:
    """The desk, whose parts come and go. `names`: the services that run."""

    def __init__(self, desk: Desk, names: Sequence[str] = SERVICES) -> None:
        self.desk, self.names = desk, names

    async def begin(self) -> None:
        """Start the services, and wait for them."""
        for name in self.names:
            self.start(name)
        await asyncio.gather(*(await_ready(service) for service in self.desk.services))

    def start(self, name: str) -> Service:
        """It is not ready yet."""
        self.desk.services.append(start_service(self.desk.stack, name, self.desk.ports[name], self.desk.env))
        return self.service(name)

    def service(self, name: str) -> Service:
        return next(service for service in self.desk.services if service.name == name)

    async def stop(self, name: str) -> None:
        """Have it finish what is in hand, and end."""
        service = self.service(name)
        self.desk.services.remove(service)
        await service.child.stop()

    async def kill(self, victim: str) -> None:
        """kill -9, and start it again; a service is started again by `revive`."""
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
                await self.broker()
            case _:
                await kill(self.service(victim).child)

    async def broker(self) -> None:
        """Start the broker again, where it was."""
        stack = self.desk.stack
        assert stack.kafka
        stack.kafka = await start_kafka(stack.home, stack.kafka.port, stack.kafka.controller, lambda _: None)

    async def hold(self, name: str, seconds: float) -> None:
        """Have a service stand still for a while, and let it go on: it may end then, but not be of no use."""
        pid = self.service(name).child.pid
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(pid, signal.SIGCONT)

    def revive(self) -> None:
        """What ended is started again, as a supervisor would."""
        for service in list(self.desk.services):
            if service.child.exit_code() is not None:
                self.desk.services.remove(service)
                self.start(service.name)

    def dsn(self, service: str) -> str:
        """The address of a service's database, for the superuser."""
        postgres = self.desk.stack.postgres
        assert postgres
        return postgres.dsn(role_of(service))

    def token(self, role: Role, account_id: UUID | None = None) -> str:
        """An Authorization header's value."""
        caller = Caller(f"faults-{role}", role, account_id, "ann@customer.example" if account_id else None)
        return "Bearer " + issue(self.desk.env["PUNCTUAL_TOKEN_SECRET"], caller, now=time.time(), seconds=86_400)


async def kill(child: Child) -> None:
    """kill -9."""
    with suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)
    await child.gone()
