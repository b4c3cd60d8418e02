"""Plain tickets are judged on arrays, all at once: and that is what the core says of each, one by one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from typing import Any, get_args
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sla_timer.lives import NAMES, Life, lives, rows_of
from tests.unit.sla_timer.story import ACCOUNT, MORE, PAUSING, ny, utc
from tests.unit.sla_timer.test_what_if import (
    AS_IT_WAS,
    LENIENT,
    LISTS,
    OTHER_HOURS,
    POLICIES,
    STRICT,
    TWO_OBJECTIVES,
    UNTIL,
)

from contracts.tickets import Detail, Severity, Tier
from hours.instants import instant, moment
from sla_timer.facts.row import Flag, Row, bits
from sla_timer.policy.versions import Policies
from sla_timer.what_if.columns import TIERS, TYPES, UNKNOWN, Columns, sorted_columns
from sla_timer.what_if.recorded import Recorded
from sla_timer.what_if.rerecorded import OPENED, RECEIVED, RESPONDED
from sla_timer.what_if.simple_tickets import CHANGED, CLOSED, MERGED, simple_tickets_of, wanted_types
from sla_timer.what_if.vectorised import CODES, states
from sla_timer.what_if.verdicts import verdicts_under
from sla_timer.what_if.whole import Outcome, Tally, examples_of, with_names

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
ALL = bits(NAMES)
TEN = ny("2026-07-14 10:00")
UNTIL_TOO = instant(ny("2026-07-21 09:40"))
RESPONDING = [one for one in POLICIES if not one.current.further]
"""Policies that promise a first answer and nothing beyond."""
NOTHING_ON_RECORD = Recorded(bytes(21))


def columns(every: Sequence[Sequence[Row]], policies: Policies, until: int) -> Columns:
    """The columns of these tickets, as the database would send them."""
    types, calendars = wanted_types(policies), sorted(policies.current.calendars)
    rows = [row for rows in every for row in rows if row.type in types and instant(row.recorded_at) <= until]

    def coded(row: Row) -> int:
        return (
            0 if row.calendar is None else calendars.index(row.calendar) + 1 if row.calendar in calendars else UNKNOWN
        )

    raw: dict[str, list[int]] = {
        "ticket_hi": [row.ticket_id.int >> 64 for row in rows],
        "ticket_lo": [row.ticket_id.int & (1 << 64) - 1 for row in rows],
        "seq": [row.seq for row in rows],
        "at": [instant(row.recorded_at) for row in rows],
        "kind": [TYPES.index(row.type) for row in rows],
        "severity": [row.severity or 0 for row in rows],
        "tier": [TIERS.index(row.tier or "enlist") for row in rows],
        "calendar": [coded(row) for row in rows],
        "said": [row.said for row in rows],
        "flags": [row.flags for row in rows],
        "account_hi": [(row.account_id or UUID(int=0)).int >> 64 for row in rows],
        "account_lo": [(row.account_id or UUID(int=0)).int & (1 << 64) - 1 for row in rows],
    }
    wide = {"ticket_hi", "ticket_lo", "account_hi", "account_lo"}
    return sorted_columns({name: np.array(of, np.uint64 if name in wide else np.int64) for name, of in raw.items()})


def apart(every: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """The same lives, each of a ticket of its own."""
    return [[row._replace(ticket_id=UUID(int=n + 1)) for row in rows] for n, rows in enumerate(every)]


def one_by_one(rows: Sequence[Row], policies: Policies, until: datetime) -> str:
    verdicts = verdicts_under(rows, policies, until, lambda other: [])
    return verdicts["response"].outcome if "response" in verdicts else "nothing"


def held_against_the_core(every: Sequence[Sequence[Row]], policies: Policies, until: int) -> int:
    """How many of them are plain; each is judged as the core judges it."""
    facts = columns(every, policies, until)
    places, simple = simple_tickets_of(facts, policies)
    found = states(simple, policies.current, sorted(policies.current.calendars), until)
    for place, code in zip(places.tolist(), found.tolist(), strict=True):
        ticket = UUID(int=int(facts.ticket_hi[facts.first[place]]) << 64 | int(facts.ticket_lo[facts.first[place]]))
        rows = every[ticket.int - 1]
        assert CODES[one_by_one(rows, policies, moment(until))] == code, rows  # type: ignore[index]
    return len(places)


def row(at: int, kind: str, seq: int, severity: Any, **more: Any) -> Row:
    return Row(UUID(int=1), seq, moment(at), kind, severity, account_id=ACCOUNT, number="P-1", **more)


def lives_that_matter(policies: Policies, tier: Tier, received: int, calendar: str | None) -> Iterator[list[Row]]:
    """Changed, answered and withdrawn at each deadline, a microsecond before it, and when nothing is due; the
    information complete from the beginning, or told later."""
    terms: dict[str, Any] = {"tier": tier, "calendar": calendar}
    due = {
        one: verdicts_under([row(received, OPENED, 1, one, said=ALL, **terms)], policies, UNTIL, lambda other: [])
        for one in SEVERITIES
    }
    deadlines = [instant(of["response"].due_at or UNTIL) for of in due.values()]
    near = {received, UNTIL_TOO, *(at + earlier for at in deadlines for earlier in (-1, 0))}
    instants = sorted(at for at in near if received <= at <= UNTIL_TOO)
    for first, then, informed in product(SEVERITIES, SEVERITIES, (None, instants[2])):
        opened = row(received, OPENED, 1, first, said=ALL if informed is None else ALL - 1, **terms)
        tells = [] if informed is None else [row(informed, RECEIVED, 2, None, said=1)]
        for changed in (at for at in instants if first != then or at == received):
            change = [row(changed, CHANGED, 3, then, **terms)] if first != then else []
            begun = sorted([*tells, *change], key=lambda one: (one.recorded_at, one.seq))
            yield [opened, *begun]
            ends = ((RESPONDED, 0), (CLOSED, Flag.WITHDRAWN))
            for at, (kind, flags) in product((at for at in instants if at >= changed), ends):
                end = row(at, kind, 9, then, flags=int(flags), **terms)
                lived = [one for one in begun if one.recorded_at <= moment(at)]
                yield [one._replace(seq=n) for n, one in enumerate((opened, *lived, end), 1)]


@pytest.mark.parametrize("policies", [AS_IT_WAS, STRICT, LENIENT, OTHER_HOURS, TWO_OBJECTIVES])
@pytest.mark.parametrize(
    ("tier", "calendar", "received"), [("enlist", None, TEN), ("patrol", "office", utc("2026-07-18 12:00"))]
)
def test_at_every_instant_that_matters(
    policies: Policies, tier: Tier, calendar: str | None, received: datetime
) -> None:
    every = apart([*lives_that_matter(policies, tier, instant(received), calendar)])
    assert held_against_the_core(every, policies, UNTIL_TOO) > len(every) * 0.7


@pytest.mark.parametrize("after", [1, 59, 60, 61])
def test_a_ticket_that_was_merged_into_another_owes_nothing_unless_it_was_broken_before(after: int) -> None:
    merged = row(instant(TEN) + after * 60_000_000, MERGED, 2, None)
    assert held_against_the_core([[opened(TEN, 1), merged]], AS_IT_WAS, UNTIL_TOO) == 1


@settings(max_examples=300, deadline=None)
@given(st.lists(lives(merging=False), min_size=1, max_size=6), st.sampled_from(RESPONDING), st.sampled_from(LISTS))
def test_whatever_lived(every: list[Life], policies: Policies, then: Sequence[Detail]) -> None:
    held_against_the_core(apart([rows_of(life.facts(then, changing=True)) for life in every]), policies, instant(UNTIL))


@settings(max_examples=100, deadline=None)
@given(st.lists(lives(merging=False), max_size=5), st.sampled_from([AS_IT_WAS, MORE, PAUSING]))
def test_the_whole_is_the_sum_of_what_the_core_says_of_each(every: list[Life], policies: Policies) -> None:
    histories = apart([rows_of(life.facts(NAMES, changing=True)) for life in every])
    found = whole(histories, policies)
    for kind, clock in [("response", found), *found.further.items()]:
        singly: dict[str, int] = {}
        for rows in histories:
            verdicts: dict[Any, Any] = {**verdicts_under(rows, policies, UNTIL, lambda other: [])}
            if kind in verdicts:
                singly[verdicts[kind].outcome] = singly.get(verdicts[kind].outcome, 0) + 1
        assert clock.would_be == singly
    assert found.tickets == len(histories)


def whole(histories: Sequence[Sequence[Row]], policies: Policies, **span: Any) -> Outcome:
    tally = Tally(policies, sorted(policies.current.calendars), UNTIL, **span)
    part = tally.part(columns(histories, policies, instant(UNTIL)))
    tally.judge_simple(part)
    known = {rows[0].ticket_id: rows for rows in histories}
    tally.judge(part, part.ids(part.singly), part.singly.tolist(), known)
    tally.add(part, NOTHING_ON_RECORD)
    return tally.outcome()


def test_who_would_have_been_breached_is_told_by_account_and_month() -> None:
    august = utc("2026-08-03 15:00")
    answer: dict[str, Any] = {"kind": RESPONDED, "seq": 2, "severity": 1, "tier": "enlist"}
    every = [
        [opened(TEN, 1), row(instant(ny("2026-07-14 12:30")), **answer)],
        [opened(TEN, 1), row(instant(ny("2026-07-14 10:30")), **answer)],
        [opened(august, 3)],
        [opened(TEN, 1)._replace(account_id=UUID(int=2**127))],
    ]
    found = whole(apart(every), AS_IT_WAS)
    assert (found.would_be, found.struck, found.spared) == ({"breached": 3, "met": 1}, 3, 0)
    rows = [(one.account_id, one.month, one.tickets, one.would_be) for one in found.groups]
    assert sorted(rows) == sorted(
        [
            (str(ACCOUNT), "2026-07", 2, 1),
            (str(ACCOUNT), "2026-08", 1, 1),
            (str(UUID(int=2**127)), "2026-07", 1, 1),
        ]
    )
    [*some] = examples_of(found)
    assert some == [UUID(int=1), UUID(int=3), UUID(int=4)]
    assert with_names(found, {UUID(int=1): "P-7"}).examples_struck[0] == "P-7"
    assert whole(apart(every), AS_IT_WAS, since=august).tickets == 1
    assert whole(apart(every), AS_IT_WAS, before=august).tickets == 3


def opened(at: datetime, severity: Severity) -> Row:
    return row(instant(at), OPENED, 1, severity, said=ALL, tier="enlist")


def test_a_ticket_whose_agreed_calendar_the_policy_has_not_counts_by_its_tier_s_and_is_told() -> None:
    found = whole(apart([[opened(TEN, 1)._replace(calendar="moon")], [opened(TEN, 1)]]), AS_IT_WAS)
    assert (found.tickets, found.calendar_unknown, found.one_by_one) == (2, 1, 1)
    assert found.would_be == {"breached": 2}


def test_no_history_at_all_is_an_answer_too() -> None:
    found = whole([], AS_IT_WAS)
    assert (found.tickets, found.groups, found.would_be, found.further) == (0, [], {}, {})
