"""What must be true of every log, whatever happened on the way. Each check yields what it finds wrong, in words."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tests.simulation.ending import Ending
from tests.simulation.scenario import done

from contracts.causes import MAIL, REQUEST, SETTINGS
from contracts.envelope import Fact
from contracts.names import TICKETS, shard_of
from contracts.sla import PolicyPublished
from contracts.tickets import InitialResponseGiven, MessagePosted
from contracts.wire import envelope_from
from kit.log.request import Failed, Reused
from kit.personal.vault import NoKey
from kit.replay.replay import Rebuilt, differences


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
    said = Counter(
        fact.event.message_id
        for fact in ending.logs[TICKETS]
        if isinstance(fact.event, MessagePosted | InitialResponseGiven)
    )
    yield from (f"message {message} is there {n} times" for message, n in said.items() if n > 1)
    for request, result in ending.desk.answers:
        if isinstance(result, Failed) and isinstance(result.error, NoKey) and ending.desk.erasures.erased:
            continue  # nothing can be written about somebody who was erased
        if isinstance(result, Failed | Reused):
            yield f"{type(request.command).__name__} for {request.stream} was answered {result}"
    lost = {command for topic in topics for command in ending.world.restores.commands(topic)}
    for request, result in done(ending.desk.answers):
        if request.command_id in lost:
            continue  # the broker never had it when the database went back; if asked again, it was decided anew
        if not any((topic, request.command_id) in known for topic in topics):
            yield f"{type(request.command).__name__} for {request.stream} was answered, and nobody remembers it"
        if told.setdefault(request.command_id, result.answer["version"]) != result.answer["version"]:
            yield f"{type(request.command).__name__} for {request.stream} was answered differently the second time"
        if result.facts and written[request.command_id] != len(result.facts):
            times = written[request.command_id]
            yield f"{type(request.command).__name__} for {request.stream} is written {times} times"


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
    """Nobody met a record that he couldn't understand, but for the mistakes of some releases, and those are mended."""
    yield from sorted(ending.desk.releases.found)
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


def events_name_their_cause(ending: Ending) -> Iterable[str]:
    """A fact that was on record before; or a request, a mail that came in, or what the service was configured with."""
    known = {(topic, str(fact.event_id)): fact for topic, facts in ending.logs.items() for fact in facts}
    mails = {mail.key for mail in ending.desk.door.posted}
    for topic, facts in ending.logs.items():
        for fact in facts:
            name, cause = f"{topic}: {type(fact.event).__name__} {fact.event_id}", fact.meta.cause
            if cause is None:
                yield f"{name} names no cause"
            elif cause.event_id is None:
                told = {REQUEST: str(fact.command_id), SETTINGS: getattr(fact.event, "version", None)}
                if not (cause.id in mails if cause.source == MAIL else cause.id == told.get(cause.source)):
                    yield f"{name} names {cause}, which there is not"
            elif (one := known.get((cause.source, cause.id))) is None:
                yield f"{name} names {cause}, which is in no log"
            elif not _came_first(one, fact):
                yield f"{name} names {cause}, which came later"


def _came_first(one: Fact, fact: Fact) -> bool:
    """As far as that can be told: between shards nothing is, and policies are heard apart from other facts."""
    if one.shard != fact.shard or isinstance(one.event, PolicyPublished):
        return True
    limit = fact.shard_seq - 1 if one.topic == fact.topic else fact.meta.seen.get(one.topic, 0)
    return one.shard_seq <= limit


def read_models_equal_the_log(ending: Ending) -> Iterable[str]:
    """Folding the log anew gives the same rows."""
    lanes = ending.world.setting.lanes
    apart = {ticket for ticket in ending.orphans.values() if shard_of(ticket) not in lanes}  # nobody works there
    for name, store in ending.world.stores.items():
        service, rebuilt = ending.world.services[name], Rebuilt()
        for fact in ending.logs[store.topic]:
            rebuilt.apply(service.decider, service.project, fact)
        for table in rebuilt.tables:
            rows = [row for row in store.tables.models.get(table, {}).values() if row.get("ticket_id") not in apart]
            yield from (f"{name}: {difference}" for difference in differences(table, rows, rebuilt))
