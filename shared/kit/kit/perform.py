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
from contracts.errors import MalformedEvent, SealBroken, UnknownEvent
from contracts.names import shard_of_stream
from contracts.refusals import Refusal
from kit.decider import Decider, Project, Put, no_rows
from kit.store import Tx
from kit.stored import Append, Appended, Conflict, Known, NewEvent, Timer
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

    `if_version`: refuse unless the stream is still at this version. `creates`: the stream's name follows from the
    command id, so there is nothing to read before: if there is, the append says so and it is decided again.
    """

    command_id: UUID
    stream: str
    command: Any
    meta: Meta
    request_hash: bytes = b""
    answer: dict[str, Any] = field(default_factory=dict)
    if_version: int | None = None
    creates: bool = False


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
class _Draft:
    """What was decided on a stream at that version; not sealed yet."""

    work: Work
    before: Any
    version: int
    events: list[Any] = field(default_factory=list)
    ids: list[UUID] = field(default_factory=list)
    subjects: set[UUID] = field(default_factory=set)


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
        asked = [(shard_of_stream(work.stream), work.command_id) for work in works if not work.creates]
        known = await tx.known(asked) if asked else {}
        fresh = [work for work in works if work.command_id not in known]
        commands = await self.prepare(tx, [work.command for work in fresh])
        fresh = [replace(work, command=command) for work, command in zip(fresh, commands, strict=True)]
        streams = await self._load(tx, {work.stream for work in fresh if not work.creates})
        results = {work.command_id: _told(work, known[work.command_id]) for work in works if work.command_id in known}
        drafts: list[_Draft] = []
        for work in fresh:
            outcome = self._decide(work, streams.get(work.stream) or _Stream(self.decider.INITIAL, 0))
            if isinstance(outcome, _Draft):
                drafts.append(outcome)
            elif work.creates:
                results[work.command_id] = Overtaken()  # perhaps it was carried out before: look first
            else:
                results[work.command_id] = outcome
        decided = await self._sealed(tx, drafts, results)
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
        """A stream's state and version; version 0: there is none. Raises MalformedEvent and its like."""
        loaded = (await self._fold(tx, {stream}))[stream]
        return loaded.state, loaded.version

    async def facts(self, tx: Tx, stream: str) -> list[Fact]:
        """A stream's facts, in the clear."""
        return await self.vault.open(tx, (await tx.history([stream])).get(stream, []))

    async def _load(self, tx: Tx, names: set[str]) -> dict[str, _Stream | Failed]:
        try:
            return {**await self._fold(tx, names)}
        except (UnknownEvent, MalformedEvent, SealBroken) as error:
            if len(names) == 1:
                return dict.fromkeys(names, Failed(error))
            # One of them can't be read: alone, it fails alone.
            alone = [await self._load(tx, {name}) for name in sorted(names)]
            return {name: stream for loaded in alone for name, stream in loaded.items()}

    async def _fold(self, tx: Tx, names: set[str]) -> dict[str, _Stream]:
        history = await tx.history(sorted(names)) if names else {}
        every = await self.vault.open(tx, [fact for facts in history.values() for fact in facts])
        streams = {name: _Stream(self.decider.INITIAL, 0) for name in names}
        for fact in every:
            stream = streams[fact.stream]
            stream.state = self.decider.evolve(stream.state, fact.event)
            stream.version = fact.version
        return streams

    def _decide(self, work: Work, stream: _Stream | Failed) -> _Draft | Refused | Failed:
        if isinstance(stream, Failed):
            return stream
        state = stream.state
        draft = _Draft(work, stream.state, stream.version)
        try:
            if work.if_version not in (None, stream.version):
                raise ChangedMeanwhile(f"It is at version {stream.version} now: read it again, then decide.")
            for n, event in enumerate(self.decider.decide(work.command, state)):
                draft.events.append(event)
                draft.ids.append(self._event_id(work, event, state, n))
                draft.subjects |= subjects_of(event)
                state = self.decider.evolve(state, event)
        except Refusal as refusal:
            return Refused(refusal)
        except Exception as error:  # the core is pure: whatever it raises concerns this command alone
            return Failed(error)
        stream.state, stream.version = state, stream.version + len(draft.events)
        return draft

    async def _sealed(self, tx: Tx, drafts: Sequence[_Draft], results: dict[UUID, Result]) -> list[_Decided]:
        """What can be stored of the drafts; the results tell of the others."""
        subjects = {subject for draft in drafts for subject in draft.subjects}
        keys = await self.vault.keys(tx, subjects, make=True) if subjects else {}
        decided: list[_Decided] = []
        void: set[str] = set()
        for draft in drafts:
            if draft.work.stream in void:  # decided upon events that will not be
                results[draft.work.command_id] = Overtaken()
                continue
            try:
                decided.append(_Decided(draft.work, draft.before, draft.events, _append(draft, keys)))
            except (MalformedEvent, NoKey, ValueError, TypeError) as error:
                results[draft.work.command_id] = Failed(error)
                void.add(draft.work.stream)
        return decided

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


def _append(draft: _Draft, keys: dict[UUID, bytes]) -> Append:
    work, sealed = draft.work, []
    for n, (event, event_id) in enumerate(zip(draft.events, draft.ids, strict=True), 1):
        kind = kind_of(event)
        data = codec.encode(event, seal=sealer(keys, work.stream, draft.version + n))
        sealed.append(NewEvent(event_id, kind.name, kind.version, data))
    return Append(
        shard=shard_of_stream(work.stream),
        command_id=work.command_id,
        request_hash=work.request_hash,
        stream=work.stream,
        expected=draft.version,
        events=sealed,
        meta=work.meta,
        result=msgspec.json.encode(work.answer | {"version": draft.version + len(sealed)}),
    )


def _told(work: Work, known: Known) -> Result:
    if known.request_hash != work.request_hash:
        return Reused()
    return Done(msgspec.json.decode(known.result), replayed=True)
