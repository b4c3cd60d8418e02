"""PostgreSQL, Kafka and the mail catcher, started together and stopped in order."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from punctual.local.databases import SERVICES, Dsns, create_database, dsns, passwords, role_of
from punctual.local.errors import StackUnavailable
from punctual.local.kafka import Kafka, start_kafka
from punctual.local.keeping import Part
from punctual.local.mailcatcher import MailCatcher, start_mailcatcher
from punctual.local.places import Home
from punctual.local.ports import choose, is_free, release
from punctual.local.postgres import Postgres, start_postgres
from punctual.local.process import Child
from punctual.local.secrets_file import POSTGRES, load_secrets

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports that are tried first; 0 is any free one."""

    postgres: int = 8110
    kafka: int = 8111
    controller: int = 8112
    smtp: int = 8113
    mail: int = 8114

    @classmethod
    def any(cls) -> "Ports":
        """Whatever is free."""
        return cls(0, 0, 0, 0, 0)


@dataclass(slots=True)
class Stack:
    """What was started, so far."""

    home: Home
    secrets: dict[str, str]
    durable: bool = True
    postgres: Postgres | None = None
    kafka: Kafka | None = None
    mail: MailCatcher | None = None
    claimed: list[int] = field(default_factory=list)
    """Ports that are kept from other stacks until this one stops."""
    moved: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Name → (usual port, chosen port), where the usual one was in use."""

    @property
    def postgres_dsn(self) -> str:
        """The superuser's address."""
        assert self.postgres is not None
        return self.postgres.dsn()

    @property
    def bootstrap(self) -> str:
        """The broker's address."""
        assert self.kafka is not None
        return self.kafka.bootstrap

    @property
    def children(self) -> list[Child]:
        """In the order in which they are stopped."""
        parts = (self.mail, self.kafka, self.postgres)
        return [part.child for part in parts if part is not None]

    def dsns(self, service: str) -> Dsns:
        """The addresses of a service's database."""
        return dsns(self.postgres_dsn, role_of(service), passwords(self.secrets[POSTGRES]))

    async def create_databases(self) -> None:
        """One per service, each with its roles."""
        for service in SERVICES:
            await create_database(self.postgres_dsn, role_of(service), passwords(self.secrets[POSTGRES]))

    def parts(self) -> list[Part]:
        """The parts, each with the function that starts it again on its old port. Call it once all of them run."""
        kafka, postgres, mail = self.kafka, self.postgres, self.mail

        async def kafka_again() -> None:
            assert kafka
            self.kafka = await start_kafka(self.home, kafka.port, kafka.controller, lambda _: None)

        async def postgres_again() -> None:
            assert postgres
            self.postgres = await start_postgres(self.home, postgres.port, postgres.password, durable=self.durable)

        async def mail_again() -> None:
            assert mail
            self.mail = await start_mailcatcher(self.home, smtp=mail.smtp, http=mail.http)

        again = {"kafka": kafka_again, "postgres": postgres_again, "mailcatcher": mail_again}

        def now(name: str) -> Child:
            return next(child for child in self.children if child.spec.name == name)

        return [Part(child.spec.name, partial(now, child.spec.name), again[child.spec.name]) for child in self.children]

    async def stop(self) -> None:
        """Stop what was started, all at once: none of the three needs another to stop well."""
        await asyncio.gather(*(child.stop() for child in self.children))
        release(self.claimed)
        self.postgres = self.kafka = self.mail = None


async def start_stack(
    home: Home,
    *,
    ports: Ports | None = None,
    durable: bool = True,
    mail: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> Stack:
    """Start the stack of this home. On failure stops what had been started and raises StackUnavailable.

    Call it from the main thread: the children's lives are tied to it.
    """
    home.make()
    stack = Stack(home, load_secrets(home), durable)
    for attempt in range(_ATTEMPTS):
        at = _choose(ports or Ports(), stack)
        try:
            await _start(stack, at, durable=durable, mail=mail, say=say)
        except StackUnavailable:
            # Between choosing a port and listening there another program may have taken it.
            release(_numbers(at))
            if attempt + 1 == _ATTEMPTS or all(map(is_free, _numbers(at))):
                raise
        else:
            stack.claimed += _numbers(at)
            break
    return stack


async def _start(stack: Stack, at: Ports, *, durable: bool, mail: bool, say: Callable[[str], None]) -> None:
    """All at once; none of the three needs another to start."""

    async def postgres() -> None:
        stack.postgres = await start_postgres(stack.home, at.postgres, stack.secrets[POSTGRES], durable=durable)
        say(f"PostgreSQL {stack.postgres.version} answers on port {at.postgres}")

    async def kafka() -> None:
        stack.kafka = await start_kafka(stack.home, at.kafka, at.controller, say)
        say(f"Kafka listens on port {at.kafka}")

    async def mails() -> None:
        stack.mail = await start_mailcatcher(stack.home, smtp=at.smtp, http=at.mail)
        say(f"The mail catcher shows {stack.mail.url}")

    try:
        async with asyncio.TaskGroup() as group:
            for part in (postgres, kafka, mails) if mail else (postgres, kafka):
                group.create_task(part())
    except BaseException as error:
        await stack.stop()
        if isinstance(error, BaseExceptionGroup) and error.split(StackUnavailable)[1] is None:
            raise StackUnavailable(" ".join(str(part) for part in error.exceptions)) from error
        raise


def _choose(wanted: Ports, stack: Stack) -> Ports:
    usual = {name: getattr(wanted, name) for name in Ports.__dataclass_fields__}
    chosen: dict[str, int] = {}
    for name, port in usual.items():
        others = {other for key, other in usual.items() if key != name}
        chosen[name] = choose(port, others | set(chosen.values()))
        if port and chosen[name] != port:
            stack.moved[name] = (port, chosen[name])
    return Ports(**chosen)


def _numbers(ports: Ports) -> list[int]:
    return [getattr(ports, name) for name in Ports.__dataclass_fields__]
