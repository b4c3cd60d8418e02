"""A running escalation, and those whose facts it listens to."""

from collections.abc import AsyncIterator

import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk
from tests.integration.teller import Teller, teller
from tests.stack import Addresses
from tests.topics import own_topics

from contracts.names import FEEDBACK, SLA, TICKETS


@pytest.fixture(scope="module")
async def module_prefix(stack: Addresses, topic_prefix: str) -> AsyncIterator[str]:
    """The topics that escalation needs."""
    async with own_topics(stack, topic_prefix, ["escalation"]) as own:
        yield own


@pytest.fixture(scope="module")
async def escalation(stack: Addresses, session_database: Factory, module_prefix: str) -> AsyncIterator[TestDesk]:
    with pytest.MonkeyPatch.context() as patch:
        async with desk(stack, session_database, module_prefix, patch, ["escalation"]) as made:
            yield made


@pytest.fixture(scope="module")
async def intake(escalation: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, escalation, TICKETS) as one:
        yield one


@pytest.fixture(scope="module")
async def sla_timer(escalation: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, escalation, SLA) as one:
        yield one


@pytest.fixture(scope="module")
async def feedback(escalation: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, escalation, FEEDBACK) as one:
        yield one
