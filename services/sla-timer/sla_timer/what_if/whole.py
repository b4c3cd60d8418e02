"""What-if over the whole history: which tickets another policy would have breached, by account and month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from hours.instants import instant
from sla_timer.facts.row import Row
from sla_timer.history.verdict import STATES
from sla_timer.policy.promise import ALL_KINDS, Kind
from sla_timer.policy.versions import Policies
from sla_timer.what_if.columns import UNKNOWN, Codes, Columns, Flags, Micros, Places
from sla_timer.what_if.recorded import Halves, Recorded
from sla_timer.what_if.simple_tickets import SimpleTickets, simple_tickets_of
from sla_timer.what_if.vectorised import CODES, states
from sla_timer.what_if.verdicts import verdicts_under

MAX_EXAMPLES = 20

Histories = Mapping[UUID, Sequence[Row]]
"""The facts of each ticket, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The tickets of an account (None: not known) that were opened in a month of UTC, such as `2026-03`.

    `breached`: on record; `would_be`: under the other policy; `spared`: only on record; `struck`: only under the other.
    """

    account_id: str | None
    month: str
    tickets: int
    breached: int
    would_be: int
    spared: int
    struck: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOutcome:
    """The result for one kind of clock. `recorded`, `would_be`: how many tickets had each outcome; any breach counts.

    The examples are ticket numbers.
    """

    recorded: dict[str, int]
    would_be: dict[str, int]
    spared: int
    struck: int
    examples_spared: list[str]
    examples_struck: list[str]
    groups: list[Group]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(ClockOutcome):
    """The whole result: for the first answer, and in `further`, by kind, for other promises that exist or would.

    `one_by_one`: how many tickets the core judged, the others being judged on arrays. `calendar_unknown`: tickets
    opened with an agreed calendar that the policy doesn't have.
    """

    policy: str
    tickets: int
    one_by_one: int
    calendar_unknown: int
    further: dict[str, ClockOutcome] = field(default_factory=dict)


class Part:
    """Some tickets, by index: `places` of the simple ones, `singly` of those for the core; `found`: codes so far."""

    def __init__(
        self, facts: Columns, chosen: Flags, places: Places, simple: SimpleTickets | None, singly: Places
    ) -> None:
        self.facts, self.chosen, self.places, self.simple, self.singly = facts, chosen, places, simple, singly
        self.found = {kind: np.full(facts.first.size, CODES["nothing"], np.int8) for kind in ALL_KINDS}

    def ids(self, places: Places) -> list[UUID]:
        """The ids of the tickets at these indices."""
        first = self.facts.first[places]
        halves = zip(self.facts.ticket_hi[first].tolist(), self.facts.ticket_lo[first].tolist(), strict=True)
        return [uuid_of(hi, lo) for hi, lo in halves]


@dataclass(slots=True)
class Tally:
    """The outcomes of the tickets judged so far, in columns."""

    policies: Policies
    calendars: Sequence[str]
    until: datetime
    since: datetime | None = None
    before: datetime | None = None
    one_by_one: int = 0
    calendar_unknown: int = 0
    _ids: list[Halves] = field(default_factory=list)
    _accounts: list[Halves] = field(default_factory=list)
    _opened: list[Micros] = field(default_factory=list)
    _would_be: dict[Kind, list[Codes]] = field(default_factory=lambda: {kind: [] for kind in ALL_KINDS})
    _recorded: dict[Kind, list[Codes]] = field(default_factory=lambda: {kind: [] for kind in ALL_KINDS})

    def part(self, facts: Columns) -> "Part":
        """The tickets opened in the span, of these facts: simple ones apart from the others."""
        opened, chosen = facts.at[facts.first], np.ones(facts.first.size, np.bool_)
        if self.since is not None:
            chosen &= opened >= instant(self.since)
        if self.before is not None:
            chosen &= opened < instant(self.before)
        if self.policies.current.further:
            return Part(facts, chosen, np.empty(0, np.intp), None, np.flatnonzero(chosen))
        places, simple = simple_tickets_of(facts, self.policies)
        singly = chosen.copy()
        singly[places] = False
        return Part(facts, chosen, places, simple, np.flatnonzero(singly))

    def add(self, part: "Part", recorded: Recorded) -> None:
        """Count the tickets of a part, once all of them are judged."""
        first = part.facts.first[part.chosen]
        hi, lo = part.facts.ticket_hi[first], part.facts.ticket_lo[first]
        self.one_by_one += part.singly.size
        self.calendar_unknown += int((part.facts.calendar[first] == UNKNOWN).sum())
        self._ids.append(np.stack([hi, lo], axis=1))
        self._accounts.append(np.stack([part.facts.account_hi[first], part.facts.account_lo[first]], axis=1))
        self._opened.append(part.facts.at[first])
        for kind in ALL_KINDS:
            self._would_be[kind].append(part.found[kind][part.chosen])
            self._recorded[kind].append(recorded.of(kind, hi, lo))

    def judge_simple(self, part: "Part") -> None:
        """Judge the simple tickets, all at once. Raises OverflowError for a deadline beyond the year 9999."""
        if part.simple is not None:
            found = states(part.simple, self.policies.current, self.calendars, instant(self.until))
            part.found["response"][part.places] = found

    def judge(self, part: "Part", ids: Sequence[UUID], places: Sequence[int], known: Histories) -> None:
        """Judge tickets one by one. `known`: their facts, and those of tickets merged in. Raises OverflowError."""
        for place, ticket in zip(places, ids, strict=True):
            verdicts = verdicts_under(known[ticket], self.policies, self.until, lambda other: known.get(other, ()))
            for kind, verdict in verdicts.items():
                part.found[kind][place] = CODES[verdict.outcome]

    def outcome(self) -> Outcome:
        """The result, with tickets' ids for examples."""
        ids, accounts = _joined(self._ids, 2), _joined(self._accounts, 2)
        opened = np.concatenate([*self._opened, np.empty(0, np.int64)])
        clocks: dict[Kind, ClockOutcome] = {}
        for kind in ALL_KINDS:
            now, was = _codes(self._would_be[kind]), _codes(self._recorded[kind])
            there = (now != CODES["nothing"]) | (was != CODES["nothing"])
            if kind == "response" or there.any():
                clocks[kind] = _of_clock(ids, accounts, opened, was, now)
        answer = clocks.pop("response")
        return Outcome(
            policy=self.policies.latest,
            tickets=len(opened),
            one_by_one=self.one_by_one,
            calendar_unknown=self.calendar_unknown,
            further={str(kind): clock for kind, clock in clocks.items()},
            **{name: getattr(answer, name) for name in ClockOutcome.__dataclass_fields__},
        )


def with_names(outcome: Outcome, names: Mapping[UUID, str]) -> Outcome:
    """The result with ticket numbers for examples."""

    def named(clock: ClockOutcome) -> Any:
        spared, struck = (
            [names.get(UUID(ticket), ticket) for ticket in some]
            for some in (clock.examples_spared, clock.examples_struck)
        )
        return replace(clock, examples_spared=spared, examples_struck=struck)

    whole: Outcome = named(outcome)
    return replace(whole, further={kind: named(clock) for kind, clock in outcome.further.items()})


def examples_of(outcome: Outcome) -> list[UUID]:
    """The ids of all examples."""
    clocks = (outcome, *outcome.further.values())
    return [UUID(ticket) for clock in clocks for ticket in (*clock.examples_spared, *clock.examples_struck)]


def _of_clock(ids: Halves, accounts: Halves, opened: Micros, was: Codes, now: Codes) -> ClockOutcome:
    breached, would_be = was == CODES["breached"], now == CODES["breached"]
    spared, struck = breached & ~would_be, would_be & ~breached
    there = (now != CODES["nothing"]) | (was != CODES["nothing"])
    return ClockOutcome(
        recorded=_counted(was),
        would_be=_counted(now),
        spared=int(spared.sum()),
        struck=int(struck.sum()),
        examples_spared=_some(ids, spared),
        examples_struck=_some(ids, struck),
        groups=_groups(accounts[there], opened[there], breached[there], would_be[there]),
    )


def _some(ids: Halves, chosen: Flags) -> list[str]:
    return [str(uuid_of(*ids[row].tolist())) for row in np.flatnonzero(chosen)[:MAX_EXAMPLES].tolist()]


def _counted(codes: Codes) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(STATES)).tolist()
    return {state: count for state, count in zip(STATES, counts, strict=True) if count and state != "nothing"}


def _groups(accounts: Halves, opened: Micros, was: Flags, now: Flags) -> list[Group]:
    months = opened.view("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    order = np.lexsort((months, accounts[:, 1], accounts[:, 0]))
    accounts, months, was, now = accounts[order], months[order], was[order], now[order]
    if not order.size:
        return []
    begins = np.ones(order.size, np.bool_)
    begins[1:] = (accounts[1:] != accounts[:-1]).any(axis=1) | (months[1:] != months[:-1])
    first = np.flatnonzero(begins)

    def count(of: Flags) -> list[int]:
        counted: list[int] = np.add.reduceat(of.astype(np.int64), first).tolist()
        return counted

    columns = (count(was | True), count(was), count(now), count(was & ~now), count(now & ~was))
    return [
        Group(
            account_id=str(uuid_of(*accounts[row].tolist())) if accounts[row].any() else None,
            month=str(np.datetime64(int(months[row]), "M")),
            tickets=tickets,
            breached=breached,
            would_be=would_be,
            spared=spared,
            struck=struck,
        )
        for row, tickets, breached, would_be, spared, struck in zip(first.tolist(), *columns, strict=True)
    ]


def uuid_of(hi: int, lo: int) -> UUID:
    """From its halves."""
    return UUID(int=hi << 64 | lo)


def _codes(parts: Sequence[Codes]) -> Codes:
    return np.concatenate([*parts, np.empty(0, np.int8)])


def _joined(parts: Sequence[Halves], width: int) -> Halves:
    return np.concatenate([*parts, np.empty((0, width), np.uint64)])
