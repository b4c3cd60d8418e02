"""What is kept of a ticket's facts is all that clocks heed, and no more."""

from dataclasses import replace
from datetime import UTC
from typing import Any, get_type_hints
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from tests.unit.sla_timer.story import MORE, PAUSING, RESPONDED, TICKET, completed, ny, opened, recorded, wrote

from contracts.causes import MAIL, REQUEST, Cause
from contracts.command_ids import of_mail
from contracts.envelope import Fact, Meta
from contracts.tickets import (
    Absorbed,
    Details,
    InformationCompleted,
    InformationReceived,
    PriorityChanged,
    TicketOpened,
)
from sla_timer.facts.older import Older
from sla_timer.facts.restored import restored
from sla_timer.facts.row import DETAILS, Flag, Row, bits, named, row_of, rows_to_keep
from sla_timer.policy.versions import Policies
from sla_timer.react import react
from sla_timer.react.asks import ASKS

TEN = ny("2026-07-14 10:00")
KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
INSTANTS = st.datetimes(timezones=st.just(UTC))


def _fields(cls: type[Any]) -> dict[str, st.SearchStrategy[Any]]:
    """Strategies for what Hypothesis can't tell from a type alone."""
    own = {"claimed_at": st.none() | INSTANTS, "received_at": st.none() | INSTANTS}
    return {name: strategy for name, strategy in own.items() if name in get_type_hints(cls)}


FACTS = st.one_of(*(st.builds(cls, **_fields(cls)) for cls in ASKS))


@settings(deadline=None)
@given(INSTANTS, FACTS, st.sampled_from([MORE, PAUSING]))
def test_to_a_row_the_core_answers_as_to_the_fact_itself(at: Any, event: Any, policies: Policies) -> None:
    fact = recorded(at, event)
    assert react(restored(row_of(fact)), policies) == react(fact, policies)


@settings(deadline=None)
@given(FACTS)
def test_no_word_of_anybody_is_kept(event: Any) -> None:
    words = {"title", "description", "email", "body", "reason", "resolution"}
    said = dict.fromkeys(words & get_type_hints(type(event)).keys(), "Ann Smith")
    [row] = rows_to_keep(recorded(TEN, replace(event, **said)))
    assert "Ann" not in str(row)


def test_a_fact_that_no_clock_heeds_and_history_from_elsewhere_are_not_kept() -> None:
    priority = PriorityChanged(ticket_id=TICKET, subject_id=TICKET, before="low", priority="high", reason="busy")
    assert not rows_to_keep(recorded(TEN, priority))
    assert not rows_to_keep(recorded(TEN, opened(), occurred_at=TEN))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (opened(), DETAILS),
        (opened(missing=("os",)), {*DETAILS} - {"os"}),
        (opened(missing=("description",)), {*DETAILS} - {"description"}),
        (replace(opened(), description=" \u200b"), {*DETAILS} - {"description"}),
        (replace(completed(), details=Details(os="Linux"), description=None), {"os"}),
        (replace(completed(), details=Details()), {"description"}),
        (RESPONDED, ()),
        (wrote("requester"), ()),
    ],
)
def test_what_was_said_of_the_required_information_is_kept(event: Any, said: Any) -> None:
    assert set(named(row_of(recorded(TEN, event)).said)) == set(said)


@pytest.mark.parametrize("cls", [InformationReceived, InformationCompleted])
def test_that_nobody_said_anything_but_a_policy_asks_for_less_is_kept(cls: type[Any]) -> None:
    terms = {"severity": 1, "tier": "enlist", "calendar": None} if cls is InformationCompleted else {"missing": ("os",)}
    event = cls(ticket_id=TICKET, subject_id=TICKET, details=Details(), **terms)
    rows = [row_of(recorded(TEN, one)) for one in (event, replace(event, policy="v2"))]
    assert [bool(row.flags & Flag.BY_POLICY) for row in rows] == [False, True]
    assert rows[1].said == 0


def test_a_row_has_a_place_for_each_detail() -> None:
    assert [bits([name]) for name in DETAILS] == [1, 2, 4, 8, 16]
    assert named(bits(DETAILS)) == DETAILS


def test_an_absorbed_ticket_is_named() -> None:
    other = UUID(int=7)
    event = Absorbed(
        ticket_id=TICKET, account_id=TICKET, number="P-1", other=other, other_number="P-2", received_at=TEN
    )
    row = row_of(recorded(TEN, event))
    assert isinstance(row, Row)
    assert (row.other, row.received_at) == (other, TEN)


def test_what_is_still_missing_is_kept_where_it_is_said() -> None:
    event = InformationReceived(ticket_id=TICKET, subject_id=TICKET, details=Details(), missing=("os", "os_version"))
    assert named(row_of(recorded(TEN, event)).missing) == ("os", "os_version")
    assert isinstance(restored(row_of(recorded(TEN, opened()))).event, TicketOpened)


def old_fact(n: int, event: Any, command: UUID, *, role: str = "requester", shard: int = 0) -> Fact:
    """A fact from before events named their causes."""
    meta = Meta(actor="somebody", role=role)
    return structs.replace(recorded(TEN, event), shard=shard, shard_seq=n, command_id=command, meta=meta)


def test_the_request_or_mail_of_an_older_fact_is_found_again_though_not_each_fact_of_a_mail_names_it() -> None:
    mail = of_mail(KEY, "message")
    facts = [
        old_fact(1, replace(opened(missing=("os",)), mail=KEY), of_mail(KEY, "ticket")),
        old_fact(2, replace(wrote("requester"), mail=KEY), mail),
        old_fact(1, wrote("requester"), UUID(int=6), shard=5),
        old_fact(3, completed(), mail),
        old_fact(2, completed(), UUID(int=6), shard=5),
        old_fact(4, wrote("staff"), UUID(int=7), role="engineer"),
        old_fact(5, replace(wrote("requester"), mail=KEY), UUID(int=8)),
    ]
    older = Older()
    by_mail, by_request = Cause(MAIL, KEY), [Cause(REQUEST, str(UUID(int=n))) for n in range(9)]
    assert [older.with_cause(one).meta.cause for one in facts] == [
        by_mail, by_mail, by_request[6], by_mail, by_request[6], by_request[7], by_request[8],
    ]  # fmt: skip


def test_what_an_older_fact_of_the_service_came_of_is_not_guessed_and_what_is_named_stays() -> None:
    older = Older()
    by_itself = old_fact(1, completed(), UUID(int=6), role="service")
    assert older.with_cause(by_itself) == by_itself
    named_already = structs.replace(by_itself, meta=replace(by_itself.meta, role="requester", cause=Cause(MAIL, KEY)))
    assert older.with_cause(named_already) == named_already
