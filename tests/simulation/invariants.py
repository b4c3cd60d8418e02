"""What must be true at the end, whatever happened on the way. Each check yields what it finds wrong, in words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from tests.simulation.scenario import done

from contracts.envelope import Fact
from contracts.names import ESCALATIONS, FEEDBACK, NOTIFICATIONS, SLA, TICKETS
from contracts.wire import envelope_from
from kit.perform import Failed, Result, Reused, Work
from kit.replay import Rebuilt, differences
from kit.rows import fact_of
from kit.simulate.world import MASTER_KEY, World
from kit.vault import opened


@dataclass
class Ending:
    """How things stand when nothing is left to do. `now`: when that was.

    `hasty`: the streams whose timers rang on the wall clock, because nothing was heard for too long.
    """

    world: World
    answers: list[tuple[Work, Result]]
    tickets: list[UUID]
    now: datetime
    hasty: set[str]

    @cached_property
    def keys(self) -> dict[UUID, bytes]:
        """Everybody's keys."""
        wrapped = self.world.stores["intake"].tables.keys
        return {subject: aes_key_unwrap(MASTER_KEY, key) for subject, key in wrapped.items()}

    @cached_property
    def logs(self) -> dict[str, list[Fact]]:
        """By topic all facts in the clear, shard by shard."""
        return {
            store.topic: [
                opened(fact_of(store.topic, row), self.keys) for log in store.tables.log.values() for row in log
            ]
            for store in self.world.stores.values()
        }

    @cached_property
    def by_ticket(self) -> dict[tuple[str, UUID], list[Fact]]:
        """By topic and ticket its facts, in order."""
        found: dict[tuple[str, UUID], list[Fact]] = defaultdict(list)
        for topic, facts in self.logs.items():
            for fact in facts:
                if ticket := getattr(fact.event, "ticket_id", None):
                    found[topic, ticket].append(fact)
        return found

    def of(self, topic: str, ticket: UUID, *kinds: str) -> list[Any]:
        """A ticket's facts of these kinds, in order."""
        return [fact for fact in self.by_ticket[topic, ticket] if not kinds or type(fact.event).__name__ in kinds]


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong, but for the clocks."""
    for check in (
        nothing_unfinished,
        logs_have_no_gaps,
        answers_are_kept,
        nothing_lost_on_the_way,
        nothing_parked,
        causes_come_first,
        read_models_equal_the_log,
        breaches_escalate_once,
        closings_are_surveyed_once,
        everybody_is_told_once,
    ):
        for finding in check(ending):
            yield f"{check.__name__.replace('_', ' ')}: {finding}"


def nothing_unfinished(ending: Ending) -> Iterable[str]:
    """All was relayed and heard, and what was due has rung."""
    if dead := ending.world.died():
        yield f"a process died of {dead!r}"
    yield from ending.world.unfinished()


def logs_have_no_gaps(ending: Ending) -> Iterable[str]:
    """Per shard and per stream numbers follow on one another, times never run backwards, no event is there twice."""
    for topic, facts in ending.logs.items():
        seqs: Counter[int] = Counter()
        versions: Counter[str] = Counter()
        times: dict[int, datetime] = {}
        for fact in facts:
            seqs[fact.shard] += 1
            versions[fact.stream] += 1
            if fact.shard_seq != seqs[fact.shard]:
                yield f"{topic}: event {seqs[fact.shard]} of shard {fact.shard} is numbered {fact.shard_seq}"
            if fact.version != versions[fact.stream]:
                yield f"{topic}: event {versions[fact.stream]} of {fact.stream} is version {fact.version}"
            if fact.recorded_at < times.get(fact.shard, fact.recorded_at):
                yield f"{topic}: in shard {fact.shard} event {fact.shard_seq} is older than the one before"
            times[fact.shard] = fact.recorded_at
        twice = [event for event, n in Counter((fact.shard, fact.event_id) for fact in facts).items() if n > 1]
        yield from (f"{topic}: event {event} is there twice" for event in twice)


def answers_are_kept(ending: Ending) -> Iterable[str]:
    """Who was told that it is done can rely on it, and was told the same each time."""
    topics = {service.topic: name for name, service in ending.world.services.items()}
    known = {
        (topic, command): row
        for topic, name in topics.items()
        for (_, command), row in ending.world.stores[name].tables.commands.items()
    }
    written = Counter(fact.command_id for facts in ending.logs.values() for fact in facts)
    told: dict[UUID, int] = {}
    said = Counter(message for fact in ending.logs[TICKETS] if (message := getattr(fact.event, "message_id", None)))
    yield from (f"message {message} is there {n} times" for message, n in said.items() if n > 1)
    for work, result in ending.answers:
        if isinstance(result, Failed | Reused):
            yield f"{type(work.command).__name__} for {work.stream} was answered {result}"
    for work, result in done(ending.answers):
        if not any((topic, work.command_id) in known for topic in topics):
            yield f"{type(work.command).__name__} for {work.stream} was answered, and nobody remembers it"
        if told.setdefault(work.command_id, result.answer["version"]) != result.answer["version"]:
            yield f"{type(work.command).__name__} for {work.stream} was answered differently the second time"
        if result.facts and written[work.command_id] != len(result.facts):
            yield f"{type(work.command).__name__} for {work.stream} is written {written[work.command_id]} times"


def nothing_lost_on_the_way(ending: Ending) -> Iterable[str]:
    """Whoever reads a topic from its beginning, and skips what doesn't follow, finds the log."""
    for store in ending.world.stores.values():
        for lane in ending.world.setting.lanes:
            log, read = store.tables.log[lane], 0
            for message in ending.world.broker.logs[store.topic, lane]:
                envelope = envelope_from(message.headers)
                if envelope.shard_seq == read + 1:
                    if envelope.event_id != log[read].event_id:
                        yield f"{store.topic}/{lane}: event {read + 1} is another one than in the log"
                    read += 1
            if read != len(log):
                yield f"{store.topic}/{lane}: of {len(log)} events only {read} can be read"


def nothing_parked(ending: Ending) -> Iterable[str]:
    """Nobody met a record that he couldn't understand."""
    for name, store in ending.world.stores.items():
        for one in store.tables.parked.values():
            yield f"{name} parked event {one.seq} of shard {one.shard} of {one.source}: {one.reason}"


def causes_come_first(ending: Ending) -> Iterable[str]:
    """What an event says that had been seen when it was written was there."""
    heads = Counter((topic, fact.shard) for topic, facts in ending.logs.items() for fact in facts)
    for topic, facts in ending.logs.items():
        for fact in facts:
            for seen, seq in fact.meta.seen.items():
                if seq > heads[seen, fact.shard]:
                    yield f"{topic}: event {fact.shard_seq} of shard {fact.shard} has seen {seq} of {seen}"


def read_models_equal_the_log(ending: Ending) -> Iterable[str]:
    """Folding the log anew gives the same rows."""
    for name, store in ending.world.stores.items():
        service, rebuilt = ending.world.services[name], Rebuilt()
        for fact in ending.logs[store.topic]:
            rebuilt.apply(service.decider, service.project, fact)
        for table in rebuilt.tables:
            rows = store.tables.models.get(table, {}).values()
            yield from (f"{name}: {difference}" for difference in differences(table, rows, rebuilt))


def breaches_escalate_once(ending: Ending) -> Iterable[str]:
    """A breach calls somebody, once; unless the ticket had been answered or closed before it was heard of."""
    for ticket in ending.tickets:
        breaches = ending.of(SLA, ticket, "SlaBreached")
        retracted = ending.of(SLA, ticket, "BreachRetracted")
        if not 0 <= len(breaches) - len(retracted) <= 1:
            yield f"ticket {ticket} has {len(breaches)} breaches, {len(retracted)} of them retracted"
        facts = ending.of(ESCALATIONS, ticket)
        raised = [fact.event for fact in facts if type(fact.event).__name__ == "EscalationRaised"]
        calls = [event for event in raised if event.rung == 0]
        spared = bool(ending.of(TICKETS, ticket, "InitialResponseGiven", "Closed"))
        if len(calls) > len(breaches) or (len(calls) < len(breaches) and not spared):
            yield f"ticket {ticket} has {len(breaches)} breaches and {len(calls)} first calls"
        for before, event in zip([None, *raised], raised, strict=False):
            if event.rung and (before is None or before.rung + 1 != event.rung):
                yield f"the escalation of ticket {ticket} skips to rung {event.rung}"
        yield from _left_hanging(ending, ticket, facts)


def _left_hanging(ending: Ending, ticket: UUID, facts: list[Fact]) -> Iterable[str]:
    """The ladder goes on until somebody takes it on or it is over."""
    last = facts[-1].event if facts else None
    due = getattr(last, "next_at", None)
    if due and due <= ending.now:
        yield f"the escalation of ticket {ticket} should have called the next one at {due}"


def closings_are_surveyed_once(ending: Ending) -> Iterable[str]:
    """P16."""
    for ticket in ending.tickets:
        closed = [fact.event.closing for fact in ending.of(TICKETS, ticket, "Closed")]
        asked = [fact.event.closing for fact in ending.of(FEEDBACK, ticket, "SurveyIssued")]
        if closed != asked:
            yield f"ticket {ticket} was closed {closed}, and its requester asked {asked}"


TELLS = {
    TICKETS: {
        "TicketOpened": "ticket-received",
        "InformationRequested": "information-wanted",
        "InformationReceived": "information-wanted",
        "InitialResponseGiven": "answer",
        "Resolved": "resolved",
    },
    SLA: {"SlaWarning": "sla-warning", "SlaBreached": "sla-breached", "ObjectiveMissed": "objective-missed"},
    ESCALATIONS: {"EscalationRaised": "escalation"},
    FEEDBACK: {"SurveyIssued": "survey"},
}


def everybody_is_told_once(ending: Ending) -> Iterable[str]:
    """Each of these facts makes one notification, sent or suppressed, and no notification is without its fact."""
    if "notifier" not in ending.world.services:
        return
    for ticket in ending.tickets:
        told = Counter(
            (fact.event.cause, fact.event.template)
            for fact in ending.of(NOTIFICATIONS, ticket, "NotificationRequested", "NotificationSuppressed")
            if fact.event.template in {template for kinds in TELLS.values() for template in kinds.values()}
        )
        due = Counter(
            (fact.event_id, template)
            for topic, kinds in TELLS.items()
            for kind, template in kinds.items()
            for fact in ending.of(topic, ticket, kind)
            if kind != "InformationReceived" or fact.event.missing
        )
        for (cause, template), n in ((told - due) + (due - told)).items():
            yield f"ticket {ticket}: {template} because of {cause}: told {told[cause, template]} times ({n} amiss)"
