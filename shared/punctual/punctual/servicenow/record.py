"""Records the facts in intake's log: each once, however often and from wherever an import is started again."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from contracts import codec
from contracts.causes import IMPORT, Cause
from contracts.tickets import AccountRegistered
from kit.log.request import CommandRequest, Done, Failed, Overtaken, Refused, Result, Reused
from kit.process.wiring import WiredService
from kit.store import Unavailable
from kit.store.values import Held
from punctual.servicenow.facts import Happened, history, registered
from punctual.servicenow.judging import marked
from punctual.servicenow.rows import Clock, Incident

FACTS_AT_ONCE = 500
"""Facts in one transaction, which must be short: it locks shards that live commands need."""
TRIES, PAUSE_SECONDS = 10, 1.0

Import = Callable[..., Any]
"""(by, fact) -> the command with which intake imports it."""


class NotRecorded(Exception):
    """A fact was not taken: which, and why. What was recorded before it stays."""


@dataclass(slots=True)
class Recording:
    """How many facts were recorded now, and how many had been before."""

    new: int = 0
    known: int = 0


def all_facts(incidents: Iterable[Incident], clock: Clock) -> Iterator[Happened]:
    """The facts of all incidents, each account before its first ticket. Raises Unreadable."""
    begun: set[str] = set()
    for incident in sorted(incidents, key=lambda one: one.at(0, "opened_at", clock)):
        happened = history(incident, clock)
        location = incident.rows[0].location
        if location not in begun:
            begun.add(location)
            yield registered(location, happened[0].at)
        yield from happened


async def record(facts: Iterable[Happened], intake: WiredService, command: Import) -> Recording:
    """Record them in order, a batch to a transaction. Raises NotRecorded, Unavailable."""
    done = Recording()
    for batch in batches(facts):
        for result in await _performed(batch, [_request(one, command) for one in batch], intake):
            if result.replayed or not result.facts:
                done.known += 1
            else:
                done.new += 1
    return done


def batches(facts: Iterable[Happened]) -> Iterator[list[Happened]]:
    """Facts for one transaction each. An account goes with its first ticket, so that neither is recorded alone."""
    batch: list[Happened] = []
    for one in facts:
        if len(batch) >= FACTS_AT_ONCE and not isinstance(batch[-1].event, AccountRegistered):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


async def _performed(batch: Sequence[Happened], requests: Sequence[CommandRequest], intake: WiredService) -> list[Done]:
    """Perform the whole batch or, if one of its facts is refused, none of it."""
    for _ in range(TRIES):
        try:
            async with intake.store.transaction() as tx:
                results = await intake.core.perform(tx, requests, intake.clock.now())
                if any(isinstance(result, Overtaken | Held) for result in results):
                    raise Unavailable("somebody else changed one of these tickets first")
                for one, result in zip(batch, results, strict=True):
                    if not isinstance(result, Done):
                        raise NotRecorded(f"{one.name}: {_why(result)}")
                return [result for result in results if isinstance(result, Done)]
        except Unavailable:
            await asyncio.sleep(
                PAUSE_SECONDS
            )  # whether it was written is unknown, and the command ids make that harmless
    raise Unavailable("the database didn't answer; begin again, and it goes on from here")


def _request(one: Happened, command: Import) -> CommandRequest:
    said = codec.encode(one.event, seal=None) + one.at.isoformat().encode()
    return CommandRequest(
        command_id=one.command_id,
        stream=one.stream,
        command=command(by="service", fact=one.event),
        meta=marked(one.at, Cause(IMPORT, str(one.command_id))),
        request_hash=blake2b(said, digest_size=16).digest(),
    )


def _why(result: Result) -> str:
    match result:
        case Reused():
            return "it was brought in before, and was another then; the log of another desk has the same numbers"
        case Refused(error):
            return f"{error.title()} {error.detail}"
        case Failed(error):
            return repr(error)
        case _:
            return "it was not taken"
