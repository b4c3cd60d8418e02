"""The real broker and database for the tests that ask for them: `stack`, `database`, `prefix`."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests import durations
from tests import stack as stacks
from tests.databases import Databases
from tests.topics import delete_topics, own_topics
from tests.unit.examples import same_in_every_run

from punctual.local.databases import Dsns
from punctual.local.errors import StackUnavailable

_RUN = pytest.StashKey[stacks.Run]()
_DECISION = pytest.StashKey[str]()

Factory = Callable[[str], Awaitable[Dsns]]


def pytest_addoption(parser: pytest.Parser) -> None:
    durations.add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    same_in_every_run()
    worker = hasattr(config, "workerinput")
    config.stash[_RUN] = stacks.Run.joined() if worker else stacks.Run.begin()
    if config.getoption(durations.OPTION) and not worker:
        config.pluginmanager.register(durations.ByFile())


def pytest_report_header(config: pytest.Config) -> str:
    return f"stack: {config.stash[_RUN].mode} (PUNCTUAL_TEST_STACK), started when the first test needs it"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stack)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if (config.stash[_RUN].folder / "addresses.json").exists():
        try:
            used = str(stacks.acquire(config.stash[_RUN]))
        except StackUnavailable as error:
            used = f"none: {error}"
        terminalreporter.write_line(f"stack used: {used}")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and _RUN in config.stash:
        stacks.release(config.stash[_RUN])


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> stacks.Addresses:
    """The run's real broker and database: `.postgres_superuser_dsn`, `.kafka` (bootstrap servers)."""
    return stacks.acquire(pytestconfig.stash[_RUN])


@pytest.fixture(scope="session")
async def _databases(stack: stacks.Addresses, pytestconfig: pytest.Config) -> AsyncIterator[Databases]:
    databases = Databases(stack.postgres_superuser_dsn, pytestconfig.stash[_RUN].folder.name)
    yield databases
    await databases.drop_templates()


@pytest.fixture
async def database(_databases: Databases) -> AsyncIterator[Factory]:
    """`await database("kit")` or a service's name: a new migrated database, dropped after the test."""
    async with _databases.some() as make:
        yield make


@pytest.fixture(scope="session")
async def session_database(_databases: Databases) -> AsyncIterator[Factory]:
    """As `database`, for fixtures that outlive a test: dropped at the end of the run."""
    async with _databases.some() as make:
        yield make


@pytest.fixture(scope="session")
async def topic_prefix(stack: stacks.Addresses) -> AsyncIterator[str]:
    """Put it before every topic and group: it is this worker's alone."""
    prefix = f"t{secrets.token_hex(4)}."
    yield prefix
    if stack.kind == "given":  # nothing of ours stays on somebody else's broker
        await delete_topics(stack.kafka, prefix)


@pytest.fixture
async def prefix(stack: stacks.Addresses, topic_prefix: str) -> AsyncIterator[str]:
    """That of a desk's topics, which are the test's alone: services may come and go on them."""
    async with own_topics(stack, topic_prefix) as own:
        yield own


@pytest.fixture
async def intake_prefix(stack: stacks.Addresses, topic_prefix: str) -> AsyncIterator[str]:
    """As `prefix`, where intake is the only service that runs: it needs two of the five topics."""
    async with own_topics(stack, topic_prefix, ["intake"]) as own:
        yield own


@pytest.fixture(scope="module")
async def module_prefix(stack: stacks.Addresses, topic_prefix: str) -> AsyncIterator[str]:
    """As `prefix`, for fixtures that a module shares."""
    async with own_topics(stack, topic_prefix) as own:
        yield own
