"""The one place where core meets shell: commands become events, and events become rows, in one transaction."""

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
    Answer,
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
from kit.log.request import Done, Failed, Overtaken, Refused, Result, Reused, Together, Work
from kit.personal.vault import Vault
from kit.store import Tx
from kit.store.rows import fact_of
from kit.store.values import Appended, Conflict, Firing, Held, Known, Row, Timer, Undone

UNKNOWN = b""
"""The hash of a request that is known by its events alone: any request under its id is taken for it."""

Prepare = Callable[[Tx, Sequence[Any]], Awaitable[Sequence[Any]]]
"""Completes commands with what only the database knows, taking row locks that hold until the commit."""


async def as_is(tx: Tx, commands: Sequence[Any]) -> Sequence[Any]:
    """Commands that need nothing from the database."""
    return commands


@dataclass(kw_only=True)
class Core:
    """A service's core, wired to its log."""

    topic: str
    decider: Decider
    vault: Vault
    project: Project = no_rows
    prepare: Prepare = as_is
    set_timers: Callable[[Sequence[Timer]], None] | None = None
    answer: Answer = no_answer

    async def perform(
        self, tx: Tx, works: Sequence[Work], now: datetime, *, gone: Sequence[Timer] = ()
    ) -> list[Result]:
        """Carry out commands (of distinct ids) in order. Two for one stream: the second sees the first's events.

        `gone`: timers that the caller has removed already.
        The caller that mixes them must give the whole batch up if the first is overtaken.
        """
        results, decided = await self._judge(tx, works)
        outcomes = await tx.append([one.append for one in decided], now) if decided else []
        await self._follow_up(tx, decided, outcomes, results, gone)
        if any(isinstance(result, Refused) for result in results.values()):
            await self._doubt(tx, works, results)
        return [results[work.command_id] for work in works]

    async def perform_together(self, tx: Tx, works: Sequence[Work], now: datetime) -> list[Together]:
        """Carry out commands (of distinct ids) that stand or fall together, all at one instant.

        What an earlier try has carried out is done; of the others either all are now, or none is. Undone: it could
        have been carried out, but another could not, or has been meanwhile.
        """
        # Whether a command was carried out is asked of each one: a part may have been, if the log was restored.
        works = [structs.replace(work, creates=False, is_new=False) for work in works]
        results, decided = await self._judge(tx, works)
        if any(isinstance(result, Refused) for result in results.values()):
            await self._doubt(tx, works, results)
        outcomes: Sequence[Appended | Known | Conflict | Held | Undone] = [Undone()] * len(decided)
        if decided and all(isinstance(result, Done) for result in results.values()):
            outcomes = await tx.append_together([one.append for one in decided], now)
        together: dict[UUID, Together] = {**results}
        await self._follow_up(tx, decided, outcomes, together)
        return [together[work.command_id] for work in works]

    async def _judge(self, tx: Tx, works: Sequence[Work]) -> tuple[dict[UUID, Result], list[Decided]]:
        """What is known of these without storing anything, and what is to be stored of the others."""
        asked = [(shard_of_stream(work.stream), work.command_id) for work in works if not (work.creates or work.is_new)]
        known = await tx.known(asked) if asked else {}
        results = {work.command_id: _told(work, known[work.command_id]) for work in works if work.command_id in known}
        return results, await self._decide(tx, [work for work in works if work.command_id not in known], results)

    async def _follow_up(
        self,
        tx: Tx,
        decided: Sequence[Decided],
        outcomes: Sequence[Appended | Known | Conflict | Held | Undone],
        results: dict[UUID, Any],
        gone: Sequence[Timer] = (),
    ) -> None:
        """Write what follows from what was stored, and note in the results what came of each."""
        puts: list[Put] = []
        timers = Retimed(frozenset((timer.stream, timer.kind, timer.generation) for timer in gone))
        for one, stored in zip(decided, outcomes, strict=True):
            match stored:
                case Appended():
                    facts = facts_of(self.topic, one, stored)
                    puts += rows_of(self.project, one, facts)
                    timers.then(*timers_of(self.decider, one))
                    results[one.work.command_id] = Done(msgspec.json.decode(one.append.result), facts)
                case Known():
                    results[one.work.command_id] = _told(one.work, stored)
                case Conflict():
                    results[one.work.command_id] = Overtaken()
                case Held() | Undone():
                    results[one.work.command_id] = stored
        if puts:
            await tx.put(puts)
        if timers.gone or timers.new:
            new = list(timers.new.values())
            await tx.retime(timers.gone, new)
            if self.set_timers:
                tx.after_commit(partial(self.set_timers, new))

    async def foresee(self, tx: Tx, works: Sequence[tuple[Timer, Work]]) -> dict[str, Decided]:
        """By stream, what timers bring about, each on a stream of its own, so that one statement can write it all.

        Left out is what takes a transaction: the core refuses, `prepare` takes locks, or other timers are concerned.
        """
        if self.prepare is not as_is:
            return {}
        last = {timer.stream: timer for timer, _ in works}
        decided = await self._decide(tx, [work for _, work in works], {})
        return {one.work.stream: one for one in decided if exhausts(self.decider, one, last[one.work.stream])}

    def firing(self, one: Decided, last: Timer, now: datetime) -> Firing:
        """What is to be written if that happens at `now`."""
        facts = facts_of(self.topic, one, Appended(0, now, {}))
        return Firing(one.append, last, list(rows_of(self.project, one, facts)))

    def when_timers_are_set(self, tell: Callable[[Sequence[Timer]], None]) -> None:
        """Call this with the timers of each transaction, once it is durable."""
        self.set_timers = tell

    async def adopt(self, tx: Tx, rows: Sequence[Row]) -> list[Fact] | None:
        """Take up events of one shard that were stored here before, and all that follows from them within the service.

        None: the log doesn't end before them. Raises UnknownEvent, MalformedEvent for what this version can't read.
        """
        facts = [fact_of(self.topic, row) for row in rows]
        if not await tx.adopt(rows, answers_of(facts, self.answer)):
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
        # Streams may write to one row: the order is that of the shard.
        opened.sort(key=lambda one: one[0].shard_seq)
        await tx.put([put for _, puts in opened for put in puts])
        await tx.retime(gone, new)
        if self.set_timers:
            tx.after_commit(partial(self.set_timers, new))
        return [fact for fact, _ in opened]

    async def state(self, tx: Tx, stream: str) -> tuple[Any, int]:
        """A stream's state and version; version 0: there is none. Raises MalformedEvent and its like."""
        loaded = (await self._fold(tx, {stream}))[stream]
        return loaded.state, loaded.version

    async def facts(self, tx: Tx, stream: str) -> list[Fact]:
        """A stream's facts, in the clear."""
        return await self.vault.open(tx, (await tx.history([stream])).get(stream, []))

    async def _doubt(self, tx: Tx, works: Sequence[Work], results: dict[UUID, Result]) -> None:
        """A refusal that follows from a log which may lack something is none: it waits as what is accepted does."""
        unsure = {shard for shard, one in (await tx.closed()).items() if one.unsure}
        for work in works:
            if isinstance(results.get(work.command_id), Refused) and shard_of_stream(work.stream) in unsure:
                results[work.command_id] = Held()

    async def _decide(self, tx: Tx, works: Sequence[Work], results: dict[UUID, Result]) -> list[Decided]:
        """What can be stored of what the core decides; the results tell of the others."""
        commands = await self.prepare(tx, [work.command for work in works])
        streams = await self._load(tx, {work.stream for work in works if not work.creates})
        drafts: list[Draft] = []
        for work, command in zip(works, commands, strict=True):
            stream = streams.get(work.stream) or Stream(self.decider.INITIAL, 0)
            outcome = stream if isinstance(stream, Failed) else drafted(self.decider, work, command, stream)
            if isinstance(outcome, Draft):
                drafts.append(outcome)
            elif work.creates:
                results[work.command_id] = Overtaken()  # perhaps it was carried out before: look first
            else:
                results[work.command_id] = outcome
        subjects = {subject for draft in drafts for subject in draft.subjects}
        keys = await self.vault.keys(tx, subjects, make=True) if subjects else {}
        decided, failures = sealed(drafts, keys)
        results |= failures
        return decided

    async def _load(self, tx: Tx, names: set[str]) -> dict[str, Stream | Failed]:
        try:
            return {**await self._fold(tx, names)}
        except (UnknownEvent, MalformedEvent, SealBroken) as error:
            if len(names) == 1:
                return dict.fromkeys(names, Failed(error))
            # One of them can't be read: alone, it fails alone.
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


def _told(work: Work, known: Known) -> Result:
    if known.request_hash not in (work.request_hash, UNKNOWN):
        return Reused()
    return Done(msgspec.json.decode(known.result), replayed=True)
