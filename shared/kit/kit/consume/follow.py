"""From facts to the commands that follow, carried out. Live consumers and the redrive of parked records share it."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.alarms import Alarms
from contracts.causes import Cause
from contracts.command_ids import of_reaction
from contracts.envelope import Fact, Meta
from contracts.errors import MalformedEvent, SealBroken, UnknownEvent
from contracts.names import shard_of_stream
from contracts.old_alarms import DERIVED, alarms_of
from contracts.policy import named_by
from contracts.sla import AlarmRang
from kit.bus import Place
from kit.clock import Clock
from kit.consume.folding import hold
from kit.consume.inbox import Incoming
from kit.consume.views import Folding, Key, View
from kit.decider import Keep, Put, nothing_kept
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Failed, Overtaken, Refused, Reused
from kit.personal.vault import opened, subjects_of
from kit.policy_book import POLICY_TYPE, PolicyBook
from kit.store import ShardClosed, Tx, Unavailable
from kit.store.values import Held
from kit.telemetry import span, traceparent

React = Callable[[Fact, Any], Sequence[tuple[str, Any]]]
"""(fact, context) -> the commands that follow, each with its stream. Pure. The context is the policy, unless the
service has a LookUp."""

LookUp = Callable[[Tx, Fact, Any], Awaitable[Any]]
"""(transaction, fact, policy) -> the context for `react`, from the database."""


async def the_policy(tx: Tx, fact: Fact, policy: Any) -> Any:
    """For a service whose context is the policy."""
    return policy


ReactToAlarms = Callable[[str, Alarms, UUID, datetime, Any], Sequence[tuple[str, Any]]]
"""(stream, the alarms that its event sets and cancels, the event's id, when it was recorded, policy) -> the commands
that follow, each with its stream. Pure. It is asked for events of every type."""


class Poison(Exception):
    """A record can't be read, or a command that follows from it can't be carried out."""

    def __init__(self, place: Place, seq: int, reason: str) -> None:
        super().__init__(reason)
        self.place, self.seq, self.reason = place, seq, reason


@dataclass(frozen=True)
class Follow:
    """A service's reactions, wired to its core. `name`: the actor of the commands that follow."""

    name: str
    core: Core
    react: React
    clock: Clock
    book: PolicyBook
    look_up: LookUp = the_policy
    keep: Keep = nothing_kept
    views: Sequence[View] = ()
    react_to_alarms: ReactToAlarms | None = None
    heeds: Collection[str] | None = None
    """The event types to decode, as on the wire; None: all. Others are skipped: they may be newer than this code."""
    wrote: Callable[[], None] = lambda: None
    release: str = ""
    """The release of this code, noted on records that it can't apply: another release may apply them."""

    async def all(self, tx: Tx, batch: Sequence[Incoming]) -> None:
        """Carry out all that follows from these records. Raises Poison for the first record for which that fails."""
        batch = [one for one in batch if not await self._is_policy(tx, one)]
        facts = await self._facts(tx, [one for one in batch if self.heeds is None or one.envelope.name in self.heeds])
        if kept := [
            row for one in batch if (fact := facts.get(one.envelope.event_id)) for row in self._kept(one, fact)
        ]:
            await tx.put(kept)
        if self.views:
            await self._fold(tx, [one for one in batch if one.envelope.event_id in facts], list(facts.values()))
        requests: list[tuple[Incoming, CommandRequest]] = []
        for one in batch:
            if fact := facts.get(one.envelope.event_id):
                requests += [(one, request) for request in await self._requests(tx, one, fact)]
            if self.react_to_alarms:
                requests += [
                    (one, request) for request in await self._requests_for_alarms(tx, one, self.react_to_alarms)
                ]
        if not requests:
            return
        # The effect of a ring is never recorded before the instant for which it rang, even if our clock is behind.
        rang = [fact.event.due_at for fact in facts.values() if isinstance(fact.event, AlarmRang)]
        results = await self.core.perform(tx, [request for _, request in requests], max([self.clock.now(), *rang]))
        for (one, request), result in zip(requests, results, strict=True):
            match result:
                case Done():
                    continue
                case Overtaken():
                    raise Unavailable("another command changed a stream of this batch first")
                case Held(reason):
                    raise ShardClosed(reason)
                case Refused(error) | Failed(error):
                    reason = f"{type(request.command).__name__} for {request.stream}: {error!r}"
                case Reused():
                    reason = f"{type(request.command).__name__} for {request.stream}: its command id stands for another"
            raise Poison(one.place, one.envelope.shard_seq, reason)
        tx.after_commit(self.wrote)

    async def _is_policy(self, tx: Tx, one: Incoming) -> bool:
        """Whether the record is a policy; if so, keep it, even if this code can't read it."""
        if one.envelope.name != POLICY_TYPE:
            return False
        await self.book.note(tx, one.place[1], one.envelope, one.message.value or b"")
        return True

    async def _facts(self, tx: Tx, batch: Sequence[Incoming]) -> dict[UUID, Fact]:
        """The records' facts in the clear, by event id; the keys of all are read at once."""
        facts: list[Fact] = []
        subjects: set[UUID] = set()
        for one in batch:
            with _understanding(one):
                facts.append(one.fact())
                subjects |= subjects_of(facts[-1].event)
        keys = await self.core.vault.keys(tx, subjects) if subjects else {}
        for n, one in enumerate(batch):
            with _understanding(one):
                facts[n] = opened(facts[n], keys)
        return {fact.event_id: fact for fact in facts}

    def _kept(self, one: Incoming, fact: Fact) -> Sequence[Put]:
        with _understanding(one):
            return list(self.keep(fact))

    async def _fold(self, tx: Tx, batch: Sequence[Incoming], facts: Sequence[Fact]) -> None:
        """Fold the facts into the rows of views."""
        folding = Folding(self.views)
        places: list[tuple[View, Key]] = []
        for one, fact in zip(batch, facts, strict=True):
            with _purely(one, "the key of a view"):
                places += folding.places(fact)
        if not places:
            return
        await hold(tx, folding, places)
        for one, fact in zip(batch, facts, strict=True):
            with _purely(one, "a view"):
                folding.fold(fact)
        await tx.put(folding.puts())

    async def _requests(self, tx: Tx, one: Incoming, fact: Fact) -> list[CommandRequest]:
        with _understanding(one):
            if fact.imported:
                return []
            await self.book.look_for(tx, named_by(fact.event))
            context = await self.look_up(tx, fact, self.book.of(fact.shard))
        return self._carrying_out(one, self._steps(one, lambda: self.react(fact, context)))

    async def _requests_for_alarms(self, tx: Tx, one: Incoming, react_to_alarms: ReactToAlarms) -> list[CommandRequest]:
        """The commands that follow from the alarms that an event sets and cancels."""
        with _understanding(one):
            alarms = one.envelope.meta.alarms
            if alarms is None and one.envelope.name in DERIVED:
                alarms = alarms_of(one.fact().event)
        if alarms is None or one.envelope.meta.occurred_at:
            return []
        for alarm in alarms.set:
            if terms := alarm.after or alarm.delay:
                await self.book.look_for(tx, terms.policy)
        of, policy = one.envelope, self.book.of(one.place[1])
        return self._carrying_out(
            one, self._steps(one, lambda: react_to_alarms(of.stream, alarms, of.event_id, of.recorded_at, policy))
        )

    def _carrying_out(self, one: Incoming, steps: Sequence[tuple[str, Any]]) -> list[CommandRequest]:
        if not steps:
            return []
        envelope = one.envelope
        about = {"punctual.stream": envelope.stream, "punctual.event": str(envelope.event_id)}
        with span(f"{self.name} follows {envelope.name}", envelope.meta.traceparent, **about):
            trace = traceparent() or envelope.meta.traceparent
        meta = Meta(
            actor=self.name, role="service", traceparent=trace, cause=Cause(one.place[0], str(envelope.event_id))
        )
        return [
            CommandRequest(
                command_id=of_reaction(envelope.event_id, self.name, stream, type(command).__name__, n),
                stream=stream,
                command=command,
                meta=meta,
            )
            for n, (stream, command) in enumerate(steps)
        ]

    def _steps(self, one: Incoming, react: Callable[[], Sequence[tuple[str, Any]]]) -> Sequence[tuple[str, Any]]:
        with _purely(one, "react"):
            steps = list(react())
            for stream, _ in steps:
                shard_of_stream(stream)
        return steps


@contextmanager
def _purely(one: Incoming, what: str) -> Iterator[None]:
    """Around pure functions of the service: any error concerns this record alone, which is poison then."""
    try:
        yield
    except Exception as error:
        raise Poison(one.place, one.envelope.shard_seq, f"{what} raised {error!r}") from error


@contextmanager
def _understanding(one: Incoming) -> Iterator[None]:
    """Around the reading of a record: one that can't be read is poison."""
    try:
        yield
    except (UnknownEvent, MalformedEvent, SealBroken) as error:
        raise Poison(one.place, one.envelope.shard_seq, str(error)) from error
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise Poison(one.place, one.envelope.shard_seq, repr(error)) from error
