"""A small service for the plumbing's tests: jars that coins are dropped into. Its events are real event classes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID, uuid4, uuid5

from contracts.envelope import Fact, Meta
from contracts.escalations import EscalationAcknowledged
from contracts.names import ESCALATIONS, SHARDS, TICKETS, shard_of
from contracts.refusals import Refusal
from contracts.tickets import MessagePosted
from kit.clock import Clock, WallClock
from kit.consume.follow import Follow, React
from kit.decider import Project, Put
from kit.log.perform import Core
from kit.log.request import CommandRequest
from kit.personal.vault import Fetch, Vault, makes_none, subjects_of
from kit.policy_book import PolicyBook

MASTER = b"m" * 32
META = Meta(actor="somebody", role="service")
MODEL = "CREATE TABLE jars (ticket_id uuid PRIMARY KEY, coins integer NOT NULL DEFAULT 0, label text)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Drop a coin of that value; `times` coins at once."""

    ticket_id: UUID
    coin: int = 1
    label: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFirst:
    """Drop a coin into an empty jar; it can't be done again."""

    ticket_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Say something personal."""

    ticket_id: UUID
    subject_id: UUID
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Changes nothing."""

    ticket_id: UUID


class Broken(Refusal):
    """The jar takes no such coin."""


class AlreadyGiven(Refusal):
    """There is a coin in the jar already."""

    slug: ClassVar[str] = "already-given"


@dataclass(frozen=True, slots=True)
class Jar:
    coins: tuple[int, ...] = ()
    words: tuple[str, ...] = ()


class Jars:
    """The decider."""

    INITIAL = Jar()

    def decide(self, command: Any, state: Jar, /) -> list[Any]:
        match command:
            case Drop(coin=coin) if coin < 0:
                raise Broken("Drop a coin of value.")
            case Drop(ticket_id=ticket, coin=coin, label=label, times=times):
                return [EscalationAcknowledged(ticket_id=ticket, escalation=label, rung=coin)] * times
            case DropFirst() if state.coins:
                raise AlreadyGiven
            case DropFirst(ticket_id=ticket):
                return [EscalationAcknowledged(ticket_id=ticket, escalation="", rung=1)]
            case Write(ticket_id=ticket, subject_id=subject, body=body):
                return [
                    MessagePosted(
                        ticket_id=ticket,
                        subject_id=subject,
                        message_id=UUID(int=1),
                        channel="portal",
                        author="staff",
                        public=True,
                        contact=True,
                        body=body,
                    )
                ]
            case Look():
                return []
            case _:
                raise TypeError(f"no command: {command!r}")

    def evolve(self, state: Jar, event: Any, /) -> Jar:
        match event:
            case EscalationAcknowledged(rung=coin):
                return replace(state, coins=(*state.coins, coin))
            case MessagePosted(body=body):
                return replace(state, words=(*state.words, body))
        return state


def project(fact: Fact, before: Jar, after: Jar) -> Iterable[Put]:
    """One row a jar; the label is the last coin's."""
    if isinstance(fact.event, EscalationAcknowledged):
        values = {"coins": len(after.coins), "label": fact.event.escalation}
        yield Put("jars", {"ticket_id": fact.event.ticket_id}, values)


def new_vault(*, makes: bool = True, fetch: Fetch | None = None) -> Vault:
    return Vault(MASTER, makes=subjects_of if makes else makes_none, fetch=fetch)


def core(topic: str = TICKETS, *, vault: Vault | None = None, project: Project = project) -> Core:
    """A jar service's core whose log goes to this topic."""
    return Core(topic=topic, decider=Jars(), vault=vault or new_vault(), project=project)


def drop_for_each(fact: Fact, policy: Any) -> Sequence[tuple[str, Any]]:
    """Every coin of another service is followed by one of ours, in the jar of the same ticket."""
    if isinstance(fact.event, EscalationAcknowledged):
        ticket = fact.event.ticket_id
        return [(f"escalation-{ticket}-x", Drop(ticket_id=ticket, coin=fact.event.rung))]
    return []


def follow(own: Core | None = None, *, react: React = drop_for_each, clock: Clock | None = None) -> Follow:
    """A service that follows others."""
    return Follow(
        name="follower",
        core=own or core(ESCALATIONS),
        react=react,
        clock=clock or WallClock(),
        book=PolicyBook(None),
    )


def ticket_in(shard: int) -> UUID:
    """A new ticket's id in this shard."""
    while shard_of(ticket := uuid4()) != shard:
        pass
    return ticket


def tickets(each: int = 1) -> list[UUID]:
    """New tickets, so many in each shard."""
    found: dict[int, list[UUID]] = {shard: [] for shard in range(SHARDS)}
    while any(len(there) < each for there in found.values()):
        there = found[shard_of(ticket := uuid4())]
        if len(there) < each:
            there.append(ticket)
    return [ticket for there in found.values() for ticket in there]


def request(command: Any, key: object = None, **more: Any) -> CommandRequest:
    """The command on its ticket's stream; `key` makes its command id, a random one without."""
    command_id = uuid4() if key is None else uuid5(UUID(int=0), str(key))
    return CommandRequest(
        command_id=command_id, stream=f"ticket-{command.ticket_id}", command=command, meta=META, **more
    )
