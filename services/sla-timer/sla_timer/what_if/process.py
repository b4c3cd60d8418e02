"""What-if over the whole history, in a process of its own, so that the service's timers ring in time meanwhile.

The question is one line of JSON on stdin, the answer one on stdout; so no secret is in the arguments.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

import msgspec

from contracts import codec
from contracts.base import BY_CLASS
from contracts.names import SLA
from contracts.sla import PolicyPublished
from kit.policy_book import PolicyBook
from kit.postgres import PostgresStore
from kit.replay.replay import uncollected
from kit.store import Unavailable
from sla_timer.policy.versions import Policies
from sla_timer.what_if.reading import FactsMissing, judge_all
from sla_timer.what_if.whole import Outcome, Tally

POLICY = BY_CLASS[PolicyPublished]
TIMEOUT_SECONDS = 120.0
"""Twice what a million tickets may take."""
EXIT_DEADLINE_OUT_OF_RANGE, EXIT_FACTS_MISSING, EXIT_DATABASE_AWAY = 65, 70, 75
"""Exit codes: a deadline lies beyond the year 9999; facts are missing; the database can't be reached."""


Progress = Callable[[int, int], None]
"""Called with how many parts are done, and how many there are."""


class TookTooLong(Exception):
    """The what-if process did not finish in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The database, the other policy as it would be published (JSON), which tickets, and `until`: as of when."""

    database_url: str
    policy: str
    until: datetime
    since: datetime | None = None
    before: datetime | None = None


def ignore_progress(done: int, total: int) -> None:
    """For callers that show no progress."""


async def count_here(question: Question, progress: Progress = ignore_progress) -> Outcome:
    """The answer, computed in this process. Raises Unavailable, OverflowError, FactsMissing."""
    published = codec.decode(POLICY.name, POLICY.version, question.policy)
    assert isinstance(published, PolicyPublished)
    policies = Policies().published(published)
    calendars = sorted(policies.current.calendars)
    tally = Tally(policies, calendars, question.until, question.since, question.before)
    store = await PostgresStore.connect(question.database_url, SLA, size=1)
    try:
        book = PolicyBook(Policies(), Policies.published)
        async with store.transaction() as tx:
            await book.load(tx)
        with uncollected():
            return await judge_all(store, book.current, tally, progress)
    finally:
        await store.close()


async def count_in_process(question: Question) -> Outcome:
    """The answer, computed in another process at low priority.

    Raises Unavailable, OverflowError, FactsMissing, TookTooLong.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sla_timer.what_if",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            answer, said = await process.communicate(msgspec.json.encode(question))
    except TimeoutError:
        raise TookTooLong(f"it took more than {TIMEOUT_SECONDS:.0f} seconds") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    words = said.decode(errors="replace")
    if process.returncode == EXIT_DATABASE_AWAY:
        raise Unavailable(words)
    if process.returncode == EXIT_DEADLINE_OUT_OF_RANGE:
        raise OverflowError(words)
    if process.returncode == EXIT_FACTS_MISSING:
        raise FactsMissing(words)
    if process.returncode:
        raise RuntimeError(f"it ended with {process.returncode}: {words}")
    return msgspec.json.decode(answer, type=Outcome)


def main() -> None:
    """Answer the question on stdin."""
    os.nice(10)
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    try:
        outcome = asyncio.run(count_here(question))
    except Unavailable as error:
        _fail(EXIT_DATABASE_AWAY, error)
    except OverflowError as error:
        _fail(EXIT_DEADLINE_OUT_OF_RANGE, error)
    except FactsMissing as error:
        _fail(EXIT_FACTS_MISSING, error)
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


def _fail(code: int, error: Exception) -> NoReturn:
    sys.stderr.write(str(error))
    sys.exit(code)
