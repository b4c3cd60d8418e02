"""The causes that a clock's proof cites: facts of the ticket with their messages, and the requests or mails behind."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, get_args
from uuid import UUID

from contracts import attributes
from contracts.base import kind_of
from contracts.envelope import Fact, Meta, Recorded
from contracts.names import TICKETS
from contracts.proof import Cited
from kit.replay.causes import causes_of
from sla_timer import domain
from sla_timer.domain.commands import Command
from sla_timer.facts.row import CitedRow

COMMANDS: Final = sorted(command.__name__ for command in get_args(Command))
NOBODY: Final = Meta(actor="intake", role="service")


def cited(facts: Sequence[Fact], ticket_facts: Sequence[CitedRow]) -> dict[UUID, Cited]:
    """The cause of each event of a clock. Where an event doesn't name it, it is found from the command ids.

    `facts`: all of the clock's stream; `ticket_facts`: the kept rows of the ticket's facts.
    """
    known = {(one.source, one.id): one for one in map(_of_ticket, ticket_facts) if one.id}
    causes = causes_of(facts, _restored(ticket_facts, facts[0].shard), domain, COMMANDS) if facts else {}
    found: dict[UUID, Cited] = {}
    for fact in facts:
        if cause := causes.get(fact.event_id):
            found[fact.event_id] = known.get((cause.source, cause.id)) or Cited(source=cause.source, id=cause.id)
        known[fact.topic, str(fact.event_id)] = Cited(
            source=fact.topic,
            id=str(fact.event_id),
            type=kind_of(fact.event).name,
            recorded_at=fact.recorded_at,
            cause=found.get(fact.event_id),
        )
    return found


def _of_ticket(one: CitedRow) -> Cited:
    said = attributes.cause(one.cause) if one.cause else None
    return Cited(
        source=TICKETS,
        id=str(one.event_id or ""),
        type=one.type,
        recorded_at=one.recorded_at,
        message_id=one.message_id,
        cause=Cited(source=said.source, id=said.id) if said else None,
    )


def _restored(ticket_facts: Iterable[CitedRow], shard: int) -> Iterator[Fact]:
    """The ticket's facts, with as much of them as the search for causes needs."""
    for place, one in enumerate(ticket_facts, 1):
        if one.event_id:
            yield Recorded(
                topic=TICKETS,
                shard=shard,
                shard_seq=one.seq,
                stream="ticket",
                version=place,
                event_id=one.event_id,
                command_id=one.event_id,
                recorded_at=one.recorded_at,
                event=None,
                meta=NOBODY,
            )
