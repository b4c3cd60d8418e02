"""Where the core meets the database: commands become events, and events become rows, in one transaction."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from msgspec import structs

from contracts.envelope import Fact
from contracts.errors import MalformedEvent, SealBroken, UnknownEvent
from contracts.names import shard_of_stream
from kit.decider import Decider, Project, Put, evolved, no_rows
from kit.log.drafting import Decided, Draft, Stream, drafted, sealed
from kit.log.effects import (
    AnswerFromEvent,
    Retimed,
    answers_of,
    exhausts,
    facts_of,
    no_answer,
    retimed,
    rows_of,
    timers_of,
    with_setters,
)
from kit.log.request import CommandRequest, Done, Failed, Overtaken, Refused, Result, Reused, Together
from kit.personal.vault import Vault
from kit.store import Tx
from kit.store.rows import fact_of
from kit.store.values import Appended, Conflict, Firing, Held, Known, Row, Timer, Undone

ANY_REQUEST = b""
"""The stored hash of a command that was adopted from the broker: any request under its id counts as a retry."""

Enrich = Callable[[Tx, Sequence[Any]], Awaitable[Sequence[Any]]]
"""Completes commands with what only the database knows; the row locks that it takes hold until the commit."""


async def as_is(tx: Tx, commands: Sequence[Any]) -> Sequence[Any]:
    """For commands that need nothing from the database."""
    return commands


@dataclass(kw_only=True)
class Core:
    """A service's core, wired to its log."""

    topic: str
    decider: Decider
    vault: Vault
    project: Project = no_rows
    enrich: Enrich = as_is
    set_timers: Callable[[Sequence[Timer]], None] | None = None
    answer_from_event: AnswerFromEvent = no_answer

    async def perform(
        self, tx: Tx, requests: Sequence[CommandRequest], now: datetime, *, gone: Sequence[Timer] = ()
    ) -> list[Result]:
        """Carry out commands (of distinct ids) in order. Two for one stream: the second sees the first's events.

        `gone`: timers that the caller has removed already.
        If two commands share a stream and the first is overtaken, roll the whole batch back: the second was decided on
        events that were never stored.
        """
        results, decided = await self._judge(tx, requests)
        outcomes = await tx.append([one.append for one in decided], now) if decided else []
        await self._follow_up(tx, decided, outcomes, results, gone)
        if any(isinstance(result, Refused) for result in results.values()):
            await self._doubt(tx, requests, results)
        return [results[request.command_id] for request in requests]

    async def perform_together(self, tx: Tx, requests: Sequence[CommandRequest], now: datetime) -> list[Together]:
        """Carry out commands (of distinct ids) that stand or fall together, all at one instant.

        Those that an earlier try carried out are Done; of the others all are carried out, or none. Undone: this one
        could have been carried out, but another could not, or another process carried one out meanwhile.
        """
        # Look up each command, even one marked as new: after a restore, part of them may have been carried out.
        requests = [structs.replace(request, creates=False, is_new=False) for request in requests]
        results, decided = await self._judge(tx, requests)
        if any(isinstance(result, Refused) for result in results.values()):
            await self._doubt(tx, requests, results)
        outcomes: Sequence[Appended | Known | Conflict | Held | Undone] = [Undone()] * len(decided)
        if decided and all(isinstance(result, Done) for result in results.values()):
            outcomes = await tx.append_together([one.append for one in decided], now)
        together: dict[UUID, Together] = {**results}
        await self._follow_up(tx, decided, outcomes, together)
        return [together[request.command_id] for request in requests]

    async def _judge(self, tx: Tx, requests: Sequence[CommandRequest]) -> tuple[dict[UUID, Result], list[Decided]]:
        """The results that need no write (retries, refusals, failures), and what to store for the other requests."""
        asked = [
            (shard_of_stream(request.stream), request.command_id)
            for request in requests
            if not (request.creates or request.is_new)
        ]
        known = await tx.known(asked) if asked else {}
        results = {
            request.command_id: _already_done(request, known[request.command_id])
            for request in requests
            if request.command_id in known
        }
        return results, await self._decide(
            tx, [request for request in requests if request.command_id not in known], results
        )

    async def _follow_up(
        self,
        tx: Tx,
        decided: Sequence[Decided],
        outcomes: Sequence[Appended | Known | Conflict | Held | Undone],
        results: dict[UUID, Any],
        gone: Sequence[Timer] = (),
    ) -> None:
        """Write the rows and timers that follow from the stored events, and add each append's outcome to `results`."""
        puts: list[Put] = []
        timers = Retimed(frozenset((timer.stream, timer.kind, timer.generation) for timer in gone))
        for one, stored in zip(decided, outcomes, strict=True):
            match stored:
                case Appended():
                    facts = facts_of(self.topic, one, stored)
                    puts += rows_of(self.project, one, facts)
                    timers.then(*timers_of(self.decider, one))
                    results[one.request.command_id] = Done(msgspec.json.decode(one.append.result), facts)
                case Known():
                    results[one.request.command_id] = _already_done(one.request, stored)
                case Conflict():
                    results[one.request.command_id] = Overtaken()
                case Held() | Undone():
                    results[one.request.command_id] = stored
        if puts:
            await tx.put(puts)
        if timers.gone or timers.new:
            new = list(timers.new.values())
            await tx.retime(timers.gone, new)
            if self.set_timers:
                tx.after_commit(partial(self.set_timers, new))

    async def foresee(self, tx: Tx, requests: Sequence[tuple[Timer, CommandRequest]]) -> dict[str, Decided]:
        """By stream, what the core decides when the stream's timer rings; one statement can then write it all.

        Streams are missing that need a transaction: the core refuses, `enrich` takes locks, or other timers change.
        """
        if self.enrich is not as_is:
            return {}
        last = {timer.stream: timer for timer, _ in requests}
        decided = await self._decide(tx, [request for _, request in requests], {})
        return {one.request.stream: one for one in decided if exhausts(self.decider, one, last[one.request.stream])}

    def firing(self, one: Decided, last: Timer, now: datetime) -> Firing:
        """What to write if the timer `last` rings at `now`."""
        facts = facts_of(self.topic, one, Appended(0, now, {}))
        return Firing(one.append, last, list(rows_of(self.project, one, facts)))

    def when_timers_are_set(self, tell: Callable[[Sequence[Timer]], None]) -> None:
        """Have `tell` called with the timers that each transaction set, once it is committed."""
        self.set_timers = tell

    async def adopt(self, tx: Tx, rows: Sequence[Row]) -> list[Fact] | None:
        """Add events of one shard that a restore has lost, with the read-model rows and timers that follow from them.

        Returns the facts; None if the log's end is not right before them. Raises UnknownEvent, MalformedEvent for
        events that this version can't read.
        """
        facts = [fact_of(self.topic, row) for row in rows]
        if not await tx.adopt(rows, answers_of(facts, self.answer_from_event)):
            return None
        opened: list[tuple[Fact, Iterable[Put]]] = []
        gone: list[Timer] = []
        new: list[Timer] = []
        history = await tx.history(sorted({fact.stream for fact in facts}))
        for stream in sorted(history):
            state = self.decider.INITIAL
            before = state
            states, setters = [], []
            for fact in await self.vault.open(tx, history[stream]):
                after = evolved(self.decider, state, fact)
                if fact.shard_seq >= rows[0].shard_seq:
                    opened.append((fact, self.project(fact, state, after)))
                    states.append(after)
                    setters.append((fact.event_id, fact.meta.traceparent))
                else:
                    before = after
                state = after
            removed, added = retimed(self.decider, rows[0].shard, stream, before, state)
            gone += removed
            new += with_setters(self.decider, added, states, setters)
        # Several streams may write to one row: apply them in the order of the shard.
        opened.sort(key=lambda one: one[0].shard_seq)
        await tx.put([put for _, puts in opened for put in puts])
        await tx.retime(gone, new)
        if self.set_timers:
            tx.after_commit(partial(self.set_timers, new))
        return [fact for fact, _ in opened]

    async def state(self, tx: Tx, stream: str) -> tuple[Any, int]:
        """A stream's state and version; version 0: no such stream. Raises UnknownEvent, MalformedEvent, SealBroken."""
        loaded = (await self._fold(tx, {stream}))[stream]
        return loaded.state, loaded.version

    async def facts(self, tx: Tx, stream: str) -> list[Fact]:
        """A stream's facts, in the clear."""
        return await self.vault.open(tx, (await tx.history([stream])).get(stream, []))

    async def _doubt(self, tx: Tx, requests: Sequence[CommandRequest], results: dict[UUID, Result]) -> None:
        """Hold refusals whose shard is still to be compared with the broker: its log may lack events."""
        unsure = {shard for shard, one in (await tx.closed()).items() if one.unsure}
        for request in requests:
            if isinstance(results.get(request.command_id), Refused) and shard_of_stream(request.stream) in unsure:
                results[request.command_id] = Held()

    async def _decide(self, tx: Tx, requests: Sequence[CommandRequest], results: dict[UUID, Result]) -> list[Decided]:
        """Let the core decide, and return what can be stored; add the results of the other requests to `results`."""
        commands = await self.enrich(tx, [request.command for request in requests])
        streams = await self._load(tx, {request.stream for request in requests if not request.creates})
        drafts: list[Draft] = []
        for request, command in zip(requests, commands, strict=True):
            stream = streams.get(request.stream) or Stream(self.decider.INITIAL, 0)
            outcome = stream if isinstance(stream, Failed) else drafted(self.decider, request, command, stream)
            if isinstance(outcome, Draft):
                drafts.append(outcome)
            elif request.creates:
                results[request.command_id] = Overtaken()  # perhaps a retry: load it and decide again
            else:
                results[request.command_id] = outcome
        subjects = {subject for draft in drafts for subject in draft.subjects}
        make = {subject for draft in drafts for event in draft.events for subject in self.vault.makes(event)}
        keys = await self.vault.keys(tx, subjects, make=make) if subjects else {}
        decided, failures = sealed(drafts, keys)
        results |= failures
        return decided

    async def _load(self, tx: Tx, names: set[str]) -> dict[str, Stream | Failed]:
        try:
            return {**await self._fold(tx, names)}
        except (UnknownEvent, MalformedEvent, SealBroken) as error:
            if len(names) == 1:
                return dict.fromkeys(names, Failed(error))
            # One stream can't be read: load each alone, so that only that one fails.
            alone = [await self._load(tx, {name}) for name in sorted(names)]
            return {name: stream for loaded in alone for name, stream in loaded.items()}

    async def _fold(self, tx: Tx, names: set[str]) -> dict[str, Stream]:
        history = await tx.history(sorted(names)) if names else {}
        every = await self.vault.open(tx, [fact for facts in history.values() for fact in facts])
        streams = {name: Stream(self.decider.INITIAL, 0) for name in names}
        for fact in every:
            stream = streams[fact.stream]
            stream.state = evolved(self.decider, stream.state, fact)
            stream.version = fact.version
        return streams


def _already_done(request: CommandRequest, known: Known) -> Result:
    if known.request_hash not in (request.request_hash, ANY_REQUEST):
        return Reused()
    return Done(msgspec.json.decode(known.result), replayed=True)
