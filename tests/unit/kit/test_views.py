"""A view's row is the same in whatever order its topics come, as long as no effect comes before its cause."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.interleavings import in_every_order, rows_in_every_order
from tests.unit.kit.ledger import Coins, counted, ledger, pages
from tests.unit.kit.records import SHARD, TICKET, message
from tests.unit.kit.test_inbox import A, B, C, histories

from contracts.envelope import Fact, Meta, Recorded
from contracts.escalations import EscalationAcknowledged, EscalationRaised
from contracts.sla import ClockPaused
from kit.consume.backlog import Backlog
from kit.consume.views import Folding, Part, View
from kit.process.service import Service
from kit.store.values import Cursor

NOBODY: Any = None
AT = datetime(2026, 11, 30, tzinfo=UTC)


def fact(
    topic: str, seq: int, coin: int = 1, *, stream: str = f"ticket-{TICKET}", seen: dict[str, int] | None = None
) -> Fact:
    return Recorded(
        topic=topic,
        shard=SHARD,
        shard_seq=seq,
        stream=stream,
        version=seq,
        event_id=UUID(int=seq),
        command_id=UUID(int=1),
        recorded_at=AT + timedelta(minutes=seq),
        event=EscalationAcknowledged(ticket_id=TICKET, escalation="", rung=coin),
        meta=Meta(actor="somebody", role="service", seen=seen or {}),
    )


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """What three services said of a ticket, each having heard some of the others by then."""
    history = draw(histories())
    coins = st.integers(0, 30)
    return [
        fact(topic, seq, draw(coins), seen=seen)
        for topic, every in history.items()
        for seq, seen in enumerate(every, 1)
    ]


@settings(max_examples=100, deadline=None)
@given(facts())
def test_rows_are_the_same_in_every_order_that_causes_allow(some: list[Fact]) -> None:
    for view in (ledger(A, B), ledger(B, C), pages(A, C)):
        rows_in_every_order(view, some)


@settings(max_examples=50, deadline=None)
@given(facts())
def test_a_row_says_what_all_topics_said(some: list[Fact]) -> None:
    rows = rows_in_every_order(ledger(A, B), some)
    coins = {topic: [one.event.rung for one in some if one.topic == topic] for topic in (A, B)}
    assert [row["balance"] for row in rows.values()] == ([sum(coins[A]) - sum(coins[B])] if rows else [])
    assert bool(rows) == bool(coins[A] or coins[B])


@settings(max_examples=50, deadline=None)
@given(facts(), st.data())
def test_what_a_consumer_makes_of_topics_that_come_in_any_order_is_the_same_too(
    some: list[Fact], data: st.DataObject
) -> None:
    view, folding, backlog = ledger(A, B), Folding([ledger(A, B)]), Backlog([A, B, C])
    known = {(one.topic, one.shard_seq): one for one in some}
    for topic in (A, B, C):
        backlog.begin((topic, SHARD), Cursor())
    coming = {topic: [one for one in some if one.topic == topic] for topic in (A, B, C)}
    while ready := [topic for topic in coming if coming[topic]]:
        one = coming[data.draw(st.sampled_from(ready))].pop(0)
        backlog.add(message(one.topic, one.shard_seq, seen=one.meta.seen))
        batch = backlog.take(100, now=0)
        for incoming in batch:
            folding.fold(known[incoming.place[0], incoming.envelope.shard_seq])
        backlog.applied(batch)
    assert backlog.idle()
    rows = rows_in_every_order(view, some)
    assert {tuple(put.key.items()): put.values for put in folding.puts()} == rows


def follow_each_other(some: Sequence[Fact]) -> Any:
    """A view of the kind that goes wrong: it notes who spoke last."""
    return in_every_order(lambda view, fact: fact.topic, some)


def test_a_view_that_depends_on_the_order_is_found_out() -> None:
    with pytest.raises(AssertionError, match=r"b/1, a/1 gives 'a'\na/1, b/1 gives 'b'"):
        follow_each_other([fact(A, 1), fact(B, 1)])


def test_an_order_that_puts_an_effect_before_its_cause_is_none() -> None:
    assert follow_each_other([fact(A, 1), fact(B, 1, seen={A: 1})]) == B
    assert (
        follow_each_other([fact(A, 1), fact(B, 1, seen={A: 1}), fact(A, 2, seen={B: 1}), fact(C, 9, seen={A: 2})]) == C
    )


def test_what_a_part_does_not_get_back_from_the_database_is_found_out() -> None:
    class Forgetful(Coins):
        def __eq__(self, other: object) -> bool:
            return self is other

        __hash__ = None  # type: ignore[assignment]

    part = Part(column="given", initial=Coins(), evolve=lambda coins, fact: Forgetful(), heeds=[EscalationAcknowledged])
    with pytest.raises(AssertionError, match="is read as"):
        rows_in_every_order(View(table="ledger", parts={A: part}), [fact(A, 1)])


def test_only_what_it_heeds_concerns_a_view() -> None:
    view = ledger(A, B)
    assert view.key_of(fact(A, 1)) == (("ticket_id", TICKET),)
    assert view.key_of(fact(C, 1)) is None
    assert view.key_of(fact(A, 1, stream="policy-7")) is None
    assert pages(A, B).key_of(fact(A, 1, 0)) is None
    assert pages(A, B).key_of(fact(A, 1, 25)) == (("ticket_id", TICKET), ("page", 2))
    assert view.heeds == {"escalation.acknowledged"}
    other = Part(column="x", initial=Coins(), evolve=counted, heeds=[EscalationRaised, ClockPaused])
    assert View(table="x", parts={A: other}).heeds == {"escalation.raised", "clock.paused"}


def test_a_topic_that_has_said_nothing_is_null_and_counts_as_its_beginning() -> None:
    folding = Folding([ledger(A, B)])
    folding.fold(fact(B, 1, 5))
    [put] = folding.puts()
    assert (put.table, put.key) == ("ledger", {"ticket_id": TICKET})
    assert (put.values["given"], put.values["balance"]) == (None, -5)


def test_of_several_facts_of_one_row_it_is_written_once_as_the_last_one_leaves_it() -> None:
    folding = Folding([ledger(A, B), pages(A, B)])
    for one in (fact(A, 1, 5), fact(A, 2, 6), fact(B, 1, 15), fact(C, 1, 9)):
        folding.fold(one)
    assert {(put.table, put.key.get("page")): put.values.get("balance") for put in folding.puts()} == {
        ("ledger", None): -4,
        ("ledger_pages", 0): None,
        ("ledger_pages", 1): None,
    }


def test_a_row_that_was_read_is_folded_on() -> None:
    view, first, second = ledger(A, B), Folding([ledger(A, B)]), Folding([ledger(A, B)])
    first.fold(fact(A, 1, 5))
    [put] = first.puts()
    second.hold(view, view.key_of(fact(A, 2)) or (), put.key | put.values)
    second.fold(fact(A, 2, 6))
    both = Folding([view])
    for one in (fact(A, 1, 5), fact(A, 2, 6)):
        both.fold(one)
    assert second.puts() == both.puts()


def test_a_service_reads_what_its_views_heed_and_must_listen_to_their_topics() -> None:
    def service(*listens: str) -> Service:
        return Service(
            name="desk",
            summary="",
            topic="desk",
            decider=NOBODY,
            migrations=Path(),
            listens=listens,
            reacts_to=[EscalationRaised],
            views=[ledger(A, B)],
        )

    assert service(A, B).heeds == {"escalation.raised", "escalation.acknowledged"}
    with pytest.raises(ValueError, match=r"the view ledger is of \['b'\], which listens lacks"):
        service(A)
