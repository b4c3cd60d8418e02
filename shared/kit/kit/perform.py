"""The one place where core meets shell: commands become events, and events become rows, in one transaction."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid5

import msgspec

from contracts import codec
from contracts.base import kind_of
from contracts.envelope import Fact, Meta, Recorded
from contracts.errors import MalformedEvent
from contracts.names import shard_of_stream
from contracts.refusals import Refusal
from kit.decider import Decider, Project, Put, no_rows
from kit.store import Append, Appended, Conflict, Known, NewEvent, Timer, Tx
from kit.vault import NoKey, Vault, sealer, subjects_of

Prepare = Callable[[Tx, Sequence[Any]], Awaitable[Sequence[Any]]]
"""Completes commands with what only the database knows, taking row locks that hold until the commit."""

EVENTS = UUID("5b0f8d8e-6a0f-5a55-9d6c-6f0c1d2e3f40")
"""Namespace of event ids that follow from what happened rather than from who noticed."""


class ChangedMeanwhile(Refusal):
    """It has changed since you read it."""

    status = 412
    slug = "changed-meanwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A command for a stream. `answer` is what will be remembered as the answer, with the stream's version.

    `if_version`: refuse unless the stream is still at this version.
    """

    command_id: UUID
    stream: str
    command: Any
    meta: Meta
    request_hash: bytes = b""
    answer: dict[str, Any] = field(default_factory=dict)
    if_version: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Carried out, now or (`replayed`) by an earlier try; then `facts` is empty."""

    answer: dict[str, Any]
    facts: tuple[Fact, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The core will not."""

    error: Refusal


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Another command changed the stream first: decide again."""


@dataclass(frozen=True, slots=True)
class Reused:
    """The command id was used before, for something else."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The core or the codec raised what it should not: a bug, or a value that can't be stored."""

    error: Exception


Result = Done | Refused | Overtaken | Reused | Failed


@dataclass(slots=True)
class _Stream:
    state: Any
    version: int


@dataclass(slots=True)
class _Decided:
    work: Work
    before: Any
    events: list[Any]
    append: Append


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

    async def perform(self, tx: Tx, works: Sequence[Work], now: datetime) -> list[Result]:
        """Carry out commands (of distinct ids) in order. Two for one stream: the second sees the first's events.

        The caller that mixes them must give the whole batch up if the first is overtaken.
        """
        known = await tx.known([(shard_of_stream(work.stream), work.command_id) for work in works])
        fresh = [work for work in works if work.command_id not in known]
        commands = await self.prepare(tx, [work.command for work in fresh])
        fresh = [replace(work, command=command) for work, command in zip(fresh, commands, strict=True)]
        streams = await self._load(tx, {work.stream for work in fresh})
        results = {work.command_id: _told(work, known[work.command_id]) for work in works if work.command_id in known}
        decided: list[_Decided] = []
        for work in fresh:
            outcome = await self._decide(tx, work, streams[work.stream])
            if isinstance(outcome, _Decided):
                decided.append(outcome)
            else:
                results[work.command_id] = outcome
        outcomes = await tx.append([d.append for d in decided], now) if decided else []
        puts: list[Put] = []
        gone: list[Timer] = []
        new: list[Timer] = []
        for one, stored in zip(decided, outcomes, strict=True):
            match stored:
                case Appended():
                    facts = self._facts(one, stored)
                    puts += self._rows(one.before, facts)
                    removed, added = self._timers(one)
                    gone += removed
                    new += added
                    results[one.work.command_id] = Done(msgspec.json.decode(one.append.result), facts)
                case Known():
                    results[one.work.command_id] = _told(one.work, stored)
                case Conflict():
                    results[one.work.command_id] = Overtaken()
        if puts:
            await tx.put(puts)
        if gone or new:
            await tx.retime(gone, new)
            if self.set_timers:
                tx.after_commit(partial(self.set_timers, new))
        return [results[work.command_id] for work in works]

    def when_timers_are_set(self, tell: Callable[[Sequence[Timer]], None]) -> None:
        """Call this with the timers of each transaction, once it is durable."""
        self.set_timers = tell

    async def state(self, tx: Tx, stream: str) -> tuple[Any, int]:
        """A stream's state and version; version 0: there is none."""
        loaded = (await self._load(tx, {stream}))[stream]
        return loaded.state, loaded.version

    async def facts(self, tx: Tx, stream: str) -> list[Fact]:
        """A stream's facts, in the clear."""
        return await self.vault.open(tx, (await tx.history([stream])).get(stream, []))

    async def _load(self, tx: Tx, names: set[str]) -> dict[str, _Stream]:
        history = await tx.history(sorted(names)) if names else {}
        every = await self.vault.open(tx, [fact for facts in history.values() for fact in facts])
        streams = {name: _Stream(self.decider.INITIAL, 0) for name in names}
        for fact in every:
            stream = streams[fact.stream]
            stream.state = self.decider.evolve(stream.state, fact.event)
            stream.version = fact.version
        return streams

    async def _decide(self, tx: Tx, work: Work, stream: _Stream) -> _Decided | Refused | Failed:
        before, state = stream.state, stream.state
        try:
            if work.if_version not in (None, stream.version):
                raise ChangedMeanwhile(f"It is at version {stream.version} now: read it again, then decide.")
            events = self.decider.decide(work.command, state)
            subjects = {subject for event in events for subject in subjects_of(event)}
            keys = await self.vault.keys(tx, subjects, make=True) if subjects else {}
            sealed = []
            for n, event in enumerate(events):
                version = stream.version + n + 1
                event_id = self._event_id(work, event, state, n)
                kind = kind_of(event)
                data = codec.encode(event, seal=sealer(keys, work.stream, version))
                sealed.append(NewEvent(event_id, kind.name, kind.version, data))
                state = self.decider.evolve(state, event)
        except Refusal as refusal:
            return Refused(refusal)
        except (MalformedEvent, NoKey, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            return Failed(error)
        append = Append(
            shard=shard_of_stream(work.stream),
            command_id=work.command_id,
            request_hash=work.request_hash,
            stream=work.stream,
            expected=stream.version,
            events=sealed,
            meta=work.meta,
            result=msgspec.json.encode(work.answer | {"version": stream.version + len(sealed)}),
        )
        stream.state, stream.version = state, stream.version + len(sealed)
        return _Decided(work, before, events, append)

    def _event_id(self, work: Work, event: Any, state: Any, n: int) -> UUID:
        identify = getattr(self.decider, "identify", None)
        own = identify(event, state) if identify else None
        return uuid5(EVENTS, f"{work.stream}/{own}") if own else uuid5(work.command_id, str(n))

    def _facts(self, one: _Decided, stored: Appended) -> tuple[Fact, ...]:
        meta = replace(one.work.meta, seen=stored.seen)
        return tuple(
            Recorded(
                topic=self.topic,
                shard=one.append.shard,
                shard_seq=stored.first_seq + n,
                stream=one.append.stream,
                version=one.append.expected + n + 1,
                event_id=new.event_id,
                command_id=one.append.command_id,
                recorded_at=stored.recorded_at,
                event=event,
                meta=meta,
            )
            for n, (event, new) in enumerate(zip(one.events, one.append.events, strict=True))
        )

    def _rows(self, before: Any, facts: Iterable[Fact]) -> Iterable[Put]:
        for fact in facts:
            after = self.decider.evolve(before, fact.event)
            yield from self.project(fact, before, after)
            before = after

    def _timers(self, one: _Decided) -> tuple[list[Timer], list[Timer]]:
        wanted = getattr(self.decider, "timers", None)
        if wanted is None or not one.events:
            return [], []
        after = one.before
        for event in one.events:
            after = self.decider.evolve(after, event)

        def timers(state: Any) -> dict[tuple[str, int], Timer]:
            shard, stream = one.append.shard, one.append.stream
            return {(d.kind, d.generation): Timer(shard, stream, d.kind, d.generation, d.due_at) for d in wanted(state)}

        old, new = timers(one.before), timers(after)
        return [old[key] for key in old.keys() - new.keys()], [new[key] for key in new if key not in old]


def _told(work: Work, known: Known) -> Result:
    if known.request_hash != work.request_hash:
        return Reused()
    return Done(msgspec.json.decode(known.result), replayed=True)
