"""What is kept of a ticket's facts is all that clocks heed, and no more."""

from dataclasses import replace
from datetime import UTC
from typing import Any, get_type_hints
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sla_timer.story import MORE, PAUSING, RESPONDED, TICKET, completed, ny, opened, recorded, wrote

from contracts.tickets import (
    Absorbed,
    Details,
    InformationCompleted,
    InformationReceived,
    PriorityChanged,
    TicketOpened,
)
from sla_timer.domain import react
from sla_timer.domain.policies import Policies
from sla_timer.domain.react import ASKS
from sla_timer.facts.restored import restored
from sla_timer.facts.row import DETAILS, Flag, Row, bits, kept, named, row_of

TEN = ny("2026-07-14 10:00")
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
    [row] = kept(recorded(TEN, replace(event, **said)))
    assert "Ann" not in str(row)


def test_a_fact_that_no_clock_heeds_and_history_from_elsewhere_are_not_kept() -> None:
    priority = PriorityChanged(ticket_id=TICKET, subject_id=TICKET, before="low", priority="high", reason="busy")
    assert not kept(recorded(TEN, priority))
    assert not kept(recorded(TEN, opened(), occurred_at=TEN))


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
