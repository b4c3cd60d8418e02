"""No fact that intake takes may be one that another service can't digest.

Every command that there is, with values that are as wild as its fields allow, at any instant: what intake accepts of it
goes through all five services, and so does all that follows and all that time brings about.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.unit.house import House
from tests.unit.sla_timer.story import OFFICE_TEXT, published, with_further

from contracts.envelope import Meta
from contracts.tickets import IntakeEvent
from intake.domain import commands as intake
from intake.domain.rights import MAY
from kit.log.request import CommandRequest, Done, Failed, Refused
from kit.store import BadValue

TICKET, ACCOUNT, ANN = UUID(int=1), UUID(int=2), UUID(int=3)
EPOCH = datetime(2026, 7, 13, 12, tzinfo=UTC)
PLAIN = published(OFFICE_TEXT)
MORE = published(with_further(OFFICE_TEXT, pauses=True).replace("    rungs:\n", "    counts: support\n    rungs:\n"))
WITHOUT = published(with_further(OFFICE_TEXT, pauses=True).replace("office", "hours"))
"""A policy in which the calendar `office` has another name: it doesn't know the calendar agreed with an account."""

ODD = [
    "",
    " ",
    "\0",
    "\x85",
    "\ud800",
    "e\u0301",
    "\u202eright to left",
    "😀" * 50,
    "a\r\nBcc: x@y.example",
    "sealed:v1:AAAA",
    "erased",
    "{{ 7 }}{% raw %}",
    "<b>&amp;",
    "'; DROP TABLE tickets; --",
    "x" * 999,
    "é" * 500,
    "\x01" * 256 * 1024,
    "漢" * 80_000,
    "ann@example.org",
    "ann@bücher.example",
    "a b@",
    "<root@customer.example>",
    "office",
    "offce",
    "around-the-clock",
    "weekdays",
]
GOOD = st.sampled_from(["It stops", "ann@acme.example", "weekdays", "office", "offce", "Which build?"])
TEXT = st.one_of(GOOD, GOOD, GOOD, st.sampled_from(ODD), st.text(max_size=40))
NUMBER = st.one_of(st.integers(0, 9), st.sampled_from([-1, 2**31, 2**63 - 1, 2**63, 10**30]))
INSTANT = st.datetimes(timezones=st.just(UTC))
LENGTH = st.sampled_from([timedelta(0), timedelta(microseconds=1), timedelta(hours=3), timedelta(days=9)])
ROLES = sorted({role for roles in MAY.values() for role in roles})
COMMANDS = [*get_args(intake.AccountCommand), intake.TicketRequest, *get_args(intake.FollowUp), intake.Import]


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Whatever a field of this type may hold."""
    plain = {str: TEXT, int: NUMBER, bool: st.booleans(), UUID: st.uuids(), datetime: INSTANT, timedelta: LENGTH}
    if hint in plain:
        return plain[hint]
    if hint is NoneType:
        return st.none()
    if isinstance(hint, type) and is_dataclass(hint):
        return made(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return values(parts[0])
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, UnionType):
        return st.one_of(*map(values, parts))
    return st.lists(values(parts[0]), max_size=5).map(tuple)


def made(cls: type[Any], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An instance of a class with whatever its fields may hold."""
    hints = get_type_hints(cls, include_extras=True)
    return st.builds(
        cls, **{one.name: given[one.name] if one.name in given else values(hints[one.name]) for one in fields(cls)}
    )


def commands(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Mostly of somebody who may, and about what is there."""
    names = {one.name for one in fields(cls)}
    known: dict[str, st.SearchStrategy[Any]] = {
        "by": st.sampled_from(sorted(MAY[intake.OpenTicket if cls is intake.TicketRequest else cls]))
    }
    if cls is intake.Import:
        known["fact"] = st.one_of(*(made(event, **about(event)) for event in get_args(IntakeEvent) if about(event)))
    return made(cls, **known, **{name: one for name, one in about(cls).items() if name in names})


def about(cls: type[Any]) -> dict[str, st.SearchStrategy[Any]]:
    names = {one.name for one in fields(cls)}
    of = {
        "ticket_id": st.just(TICKET),
        "account_id": st.just(ACCOUNT),
        "subject_id": st.just(ANN),
        "taken": st.just(()),
    }
    return {name: one for name, one in of.items() if name in names}


STEPS = st.lists(st.tuples(LENGTH, st.sampled_from(COMMANDS).flatmap(commands)), min_size=3, max_size=14)
OPENINGS = commands(intake.TicketRequest)


async def lived(steps: Sequence[tuple[timedelta, Any]], *, drop_at: int) -> int:
    """How many of the commands intake took. Raises whatever a service says to what it can't digest."""
    house, taken = House(MORE, EPOCH), 0
    for n, (pause, command) in enumerate(steps):
        if n == drop_at:
            house.publish(WITHOUT)
        await house.until(house.now + pause)
        taken += await asked(house, command, n)
    await house.until(house.now + timedelta(days=40))
    return taken


async def asked(house: House, command: Any, n: int) -> bool:
    what: Any = command.fact if isinstance(command, intake.Import) else command
    ticket = getattr(what, "ticket_id", None)
    request = CommandRequest(
        command_id=UUID(int=1000 + n),
        stream=f"ticket-{ticket}" if ticket else f"account-{what.account_id}",
        command=command,
        meta=Meta(actor="somebody", role=command.by, occurred_at=house.now if command is not what else None),
    )
    try:
        result = await house.ask("intake", request)
    except BadValue:
        return False  # intake's own database would not take it
    assert isinstance(result, Done | Refused | Failed)
    return isinstance(result, Done)


CONTACT = intake.PostMessage(
    ticket_id=TICKET, by="engineer", message_id=UUID(int=9), channel="portal", body="We look into it."
)
"""Some commands are refused before anybody has written."""
REGISTERED = intake.RegisterAccount(account_id=ACCOUNT, by="admin", name="Acme", tier="enlist", calendar="office")


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of all commands with all their fields
@settings(
    max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(opening=OPENINGS, steps=STEPS, drop_at=st.integers(0, 12))
def test_whatever_intake_accepts_all_services_take_in(
    opening: intake.TicketRequest, steps: list[tuple[timedelta, Any]], drop_at: int
) -> None:
    first = [(timedelta(0), REGISTERED), (timedelta(0), opening), (timedelta(0), CONTACT)]
    asyncio.run(lived([*first, *steps], drop_at=drop_at))
