"""Lives of tickets: what people asked of intake, and what a desk recorded of it that required this or that (P8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from hypothesis import strategies as st
from msgspec import structs
from tests.unit.sla_timer.story import ACCOUNT, MESSAGE, SUBJECT, TICKET, ny, recorded

from contracts.envelope import Fact
from contracts.refusals import Refusal
from contracts.tickets import (
    Absorbed,
    Detail,
    Details,
    InformationCompleted,
    InformationRequested,
    Merged,
    Severity,
    TicketOpened,
    Tier,
)
from hours.instants import instant, moment
from intake.domain import INITIAL, decide, evolve
from intake.domain import commands as ask
from intake.domain.policy import SHIPPED
from sla_timer.facts.row import Row, row_of

OTHER = UUID(int=11)
"""A ticket that is merged into the one that a life is about."""
MONDAY = ny("2026-07-13 08:00")
MINUTES = st.sampled_from([0, 1, 10, 30, 59, 60, 61, 239, 240, 480, 1440, 2000, 4000])
NAMES: tuple[Detail, ...] = get_args(Detail)
NAMED = NAMES[:-1]
STAFF: dict[str, Any] = {"ticket_id": TICKET, "by": "engineer"}
CUSTOMER: dict[str, Any] = {"ticket_id": TICKET, "by": "requester", "account_id": ACCOUNT, "subject_id": SUBJECT}


@dataclass(frozen=True)
class Life:
    """What was asked, and when; `absorbed`: the life of a ticket that is merged into this one at an instant.

    `policies`: when others came into force, and what each requires.
    """

    asked: Sequence[tuple[datetime, Any]]
    absorbed: "tuple[datetime, Life] | None" = None
    policies: Sequence[tuple[datetime, Sequence[Detail]]] = ()

    def facts(self, required: Sequence[Detail], ticket: UUID = TICKET, *, changing: bool = False) -> list[Fact]:
        """What a desk records that requires these details; `changing`: until it requires others."""
        made: list[tuple[datetime, Any]] = []
        state: Any = INITIAL
        every = [*self.asked, *(_in_force(n, *one) for n, one in enumerate(self.policies) if changing)]
        asked = [(at, _about(ticket, command)) for at, command in every]
        for at, command in sorted([*asked, *self._merging(required, changing)], key=lambda one: one[0]):
            for event in self._events(command, state, required):
                state = evolve(state, event)
                made.append((at, event))
        stream = f"ticket-{ticket}"
        return [_numbered(recorded(at, event), stream, n) for n, (at, event) in enumerate(made, 1)]

    def _events(self, command: Any, state: Any, required: Sequence[Detail]) -> Sequence[Any]:
        if isinstance(command, Absorbed | Merged):
            return [command] if type(state).__name__ not in ("Nothing", "Closed", "Resolved") else []
        if isinstance(command, ask.OpenTicket):
            request = replace(command.request, policy=replace(SHIPPED, required=tuple(required)))
            command = replace(command, request=request)
        try:
            return decide(command, state)
        except Refusal:
            return []

    def _merging(self, required: Sequence[Detail], changing: bool) -> Iterable[tuple[datetime, Any]]:
        if self.absorbed is None:
            return
        at, other = self.absorbed
        since: datetime | None = None
        for fact in other.facts(required, OTHER, changing=changing):
            if fact.recorded_at <= at:
                match fact.event:
                    case TicketOpened(missing=()) | InformationCompleted():
                        since = fact.recorded_at
                    case InformationRequested():
                        since = None
        yield (
            at,
            Absorbed(
                ticket_id=TICKET,
                account_id=ACCOUNT,
                number="P-1042",
                other=OTHER,
                other_number="P-1043",
                received_at=since,
            ),
        )


def _in_force(n: int, at: datetime, required: Sequence[Detail]) -> tuple[datetime, ask.HeedPolicy]:
    policy = replace(SHIPPED, version=f"v{n}", required=tuple(required))
    return at, ask.HeedPolicy(ticket_id=TICKET, by="service", policy=policy)


def rows_of(facts: Iterable[Fact]) -> list[Row]:
    """What is kept of them."""
    return [row_of(fact) for fact in facts]


def _numbered(fact: Fact, stream: str, n: int) -> Fact:
    return structs.replace(fact, stream=stream, shard_seq=n, version=n)


def _about(ticket: UUID, command: Any) -> Any:
    """The same command about this ticket."""
    if isinstance(command, ask.OpenTicket):
        return replace(command, request=replace(command.request, ticket_id=ticket))
    return replace(command, ticket_id=ticket)


def details(*names: str) -> Details:
    """These are said."""
    return Details(**dict.fromkeys((name for name in names if name in NAMED), "said"))


SOME = st.sets(st.sampled_from(NAMES), max_size=5)
MOST = st.one_of(st.just(set(NAMES)), SOME)


@st.composite
def openings(draw: st.DrawFn) -> Any:
    """Complete, or not."""
    said = draw(MOST)
    request = ask.TicketRequest(
        **{**CUSTOMER, "account_id": ACCOUNT},
        number="P-1042",
        channel="portal",
        severity=draw(st.sampled_from([1, 2, 3, 4])),
        priority="normal",
        details=details(*said),
        title="It is down",
        description="All of it" if "description" in said else "",
        email="ann@acme.example",
    )
    entitlement = ask.Entitlement(
        account_version=1,
        tier=draw(st.sampled_from(["enlist", "patrol"])),
        calendar=draw(st.sampled_from([None, None, "office"])),
    )
    return ask.OpenTicket(request, entitlement)


SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SOME_TIERS: tuple[Tier, ...] = ("enlist", "patrol")
CALENDARS = st.sampled_from([None, "office", "weekdays"])
COMMANDS = st.one_of(
    SOME.map(
        lambda said: ask.ProvideInformation(
            **CUSTOMER, details=details(*said), description="so" if "description" in said else None
        )
    ),
    st.just(ask.ProvideInformation(**CUSTOMER, details=details(*NAMES), description="All")),
    st.sets(st.sampled_from(NAMES), min_size=1, max_size=2).map(
        lambda names: ask.RequestInformation(**STAFF, missing=sorted(names), reason="which?")
    ),
    st.just(ask.PostMessage(**CUSTOMER, message_id=MESSAGE, channel="portal", body="And?", description="And?")),
    st.booleans().map(
        lambda awaits: ask.PostMessage(**STAFF, message_id=MESSAGE, channel="portal", body="So?", awaits_reply=awaits)
    ),
    st.booleans().map(
        lambda awaits: ask.GiveInitialResponse(
            **STAFF, message_id=MESSAGE, states="plan", body="We look.", awaits_reply=awaits
        )
    ),
    st.sampled_from(SEVERITIES).map(lambda severity: ask.ChangeSeverity(**STAFF, severity=severity, reason="so")),
    st.tuples(st.integers(2, 9), st.sampled_from(SOME_TIERS), CALENDARS).map(
        lambda of: ask.ChangeEntitlement(
            ticket_id=TICKET,
            by="service",
            entitlement=ask.Entitlement(account_version=of[0], tier=of[1], calendar=of[2]),
        )
    ),
    st.just(ask.Resolve(**STAFF, resolution="done")),
    st.just(ask.Close(**STAFF, cause="resolved")),
    st.just(ask.Close(**CUSTOMER, cause="withdrawn")),
    st.just(ask.Reopen(**CUSTOMER, reason="still")),
)


@st.composite
def lives(draw: st.DrawFn, most: int = 7, *, merging: bool = True) -> Life:
    """Somebody opens a ticket, and then this and that is asked; perhaps another one is merged into it."""
    at = moment(instant(MONDAY) + draw(st.integers(0, 7 * 24 * 60)) * 60_000_000)
    asked = [(at, draw(openings()))]
    for command in draw(st.lists(COMMANDS, max_size=most)):
        at += timedelta(minutes=draw(MINUTES))
        asked.append((at, command))
    heeded = st.tuples(st.integers(0, 4000).map(lambda minutes: asked[0][0] + timedelta(minutes=minutes)), SOME)
    policies = [(at, sorted(names)) for at, names in draw(st.lists(heeded, max_size=2))]
    if merging and draw(st.integers(0, 4)) == 0:
        then = asked[0][0] + timedelta(minutes=draw(st.integers(0, 4000)))
        return Life(asked, (then, draw(lives(4, merging=False))), policies)
    return Life(asked, None, policies)
