"""One ticket in all services: its facts in causal order, or its states as of an instant. Nothing sealed is opened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.base import BY_CLASS, kind_of
from contracts.envelope import Fact
from contracts.sealing import PREFIX
from contracts.tickets import TicketOpened
from kit.decider import evolved
from kit.process.service import Service
from punctual.replay import kafka, postgres
from punctual.replay.kafka import Broker
from punctual.replay.live import snapshot
from punctual.replay.order import in_causal_order

SEALED = "(sealed)"
_DULL = {"ticket_id", "versions", "subject_id", "account_id"}


@dataclass(frozen=True, slots=True)
class Logs:
    """Where the logs are: the services' databases by name, or, if it is given, Kafka alone."""

    dsns: dict[str, str]
    broker: Broker | None = None

    async def of_ticket(self, service: Service, ticket: UUID) -> list[Fact]:
        """A service's facts about a ticket, in order."""
        if self.broker:
            return await kafka.of_ticket(self.broker, service.topic, ticket)
        async with snapshot(self.dsns[service.name]) as connection:
            return await postgres.of_ticket(connection, service.topic, ticket)

    async def numbered(self, services: Sequence[Service], number: str) -> UUID | None:
        """The ticket of that number."""
        if self.broker:
            return await kafka.numbered(self.broker, number)
        opens = next(one for one in services if one.topic == BY_CLASS[TicketOpened].topic)
        async with snapshot(self.dsns[opens.name]) as connection:
            return await postgres.numbered(connection, number)


async def timeline(logs: Logs, services: Sequence[Service], ticket: UUID, until: datetime | None = None) -> list[Fact]:
    """The ticket's facts in these services, in causal order; with `until`, those recorded before."""
    found = [await logs.of_ticket(service, ticket) for service in services]
    return [fact for fact in in_causal_order(found) if until is None or fact.recorded_at < until]


def states(services: Iterable[Service], facts: Iterable[Fact]) -> dict[str, Any]:
    """What the facts add up to, by stream."""
    deciders = {service.topic: service.decider for service in services}
    found: dict[str, Any] = {}
    for fact in facts:
        decider = deciders[fact.topic]
        found[fact.stream] = evolved(decider, found.get(fact.stream, decider.INITIAL), fact)
    return found


def event_as_json(fact: Fact) -> dict[str, Any]:
    """A fact for programs, its personal texts sealed."""
    return {
        "recorded_at": fact.recorded_at,
        "topic": fact.topic,
        "stream": fact.stream,
        "version": fact.version,
        "type": kind_of(fact.event).name,
        "actor": fact.meta.actor,
        "role": fact.meta.role,
        "data": _plain(fact.event),
    }


def state_as_json(state: Any) -> dict[str, Any]:
    """A state for programs: its situation, and what is known in it."""
    return {"situation": type(state).__name__, **_plain(state)}


def says(values: dict[str, Any]) -> str:
    """The content of an event or a state on one line, without the fields that all of a ticket's have in common."""
    shown = ((name, value) for name, value in values.items() if name not in _DULL and value not in (None, [], {}))
    return ", ".join(
        f"{name}=({says(value)})" if isinstance(value, dict) else f"{name}={value}" for name, value in shown
    )


def _plain(thing: Any) -> Any:
    return _masked(msgspec.to_builtins(thing, enc_hook=str, str_keys=True))


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    return SEALED if isinstance(value, str) and value.startswith(PREFIX) else value
