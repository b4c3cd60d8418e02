"""The real thing: PostgreSQL, Kafka and five processes on this machine, as `punctual up` starts them."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from kit.clock import AcceleratedClock
from kit.kafka import KafkaBus
from punctual.demo.catcher import OwnCatcher
from punctual.demo.environment import BEFORE_FIRST_TICKET, Environment, at_home, clock_from, clock_settings
from punctual.local.databases import SERVICES
from punctual.local.desk import Desk, now, start_desk, this_process
from punctual.local.places import Home
from punctual.local.runfile import Run
from punctual.local.services import start_services

SERVICES_START_SECONDS = 0.9
"""The services take about this many times as long to start as the stack took, on any machine, busy or idle."""
MAX_LEAD = timedelta(seconds=6)
"""The longest lead of the services over the clock; on a busier machine the first tickets come late."""


def head_start(stack_took: float) -> timedelta:
    """How long after the services' start the clock is to show midnight, so that they are ready for the first ticket."""
    return min(max(timedelta(seconds=SERVICES_START_SECONDS * stack_took) - BEFORE_FIRST_TICKET, timedelta()), MAX_LEAD)


@asynccontextmanager
async def embedded(
    home: Home, say: Callable[[str], None], watched: Callable[[Environment], None]
) -> AsyncIterator[Environment]:
    """A desk in that home, stopped at the end. `watched` is called before the services start.

    Raises StackUnavailable, MigrationFailed.
    """
    me = this_process(os.getpid())
    Run(me, now()).write(home)
    desk: Desk | None = None
    begun = time.monotonic()
    try:
        desk = await start_desk(
            home,
            services=False,
            usual_ports=False,
            durable=False,
            say=say,
            started=lambda desk: desk.run(me, ready=False).write(home),
        )
        clock = clock_from(datetime.now(UTC) + head_start(time.monotonic() - begun))
        desk.public |= clock_settings(clock)
        desk.env |= desk.public
        environment = _environment(desk, clock)
        watched(environment)
        desk.services = await start_services(desk.stack, desk.ports, desk.env)
        say("All five services are ready")
        desk.run(me, ready=True).write(home)
        yield environment
    finally:
        if desk:
            await asyncio.shield(desk.stop())
        home.run.unlink(missing_ok=True)


def _environment(desk: Desk, clock: AcceleratedClock) -> Environment:
    stack = desk.stack
    assert stack.mail
    return Environment(
        stack="embedded",
        kind="Kafka and PostgreSQL, five processes",
        clock=clock,
        bus=KafkaBus(stack.bootstrap),
        urls={name: f"http://127.0.0.1:{desk.ports[name]}" for name in SERVICES},
        smtp=desk.ports["smtp"],
        mailbox="support@punctual.local",
        feedback_mailbox="feedback@punctual.local",
        catcher=OwnCatcher(stack.mail.url),
        dsns={name: stack.dsns(name).app for name in SERVICES},
        token_secret=stack.secrets["PUNCTUAL_TOKEN_SECRET"],
        kafka=stack.bootstrap,
        around=at_home(stack.home),
    )
