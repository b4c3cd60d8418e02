"""The whole history under another policy: who would have been breached, who not, by account and month."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sla_timer.domain.instants import moment
from sla_timer.domain.policies import Policies
from sla_timer.domain.refusals import UnknownCalendar
from sla_timer.what_if.at_once import UNJUDGED, Flags, states
from sla_timer.what_if.gathered import CODES, STATES, Codes, Gathered
from sla_timer.what_if.one import judged

EXAMPLES = 20
BREACHED = CODES["breached"]
MONTHS = 1 << 20
"""More than there are months until the year 10000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The tickets of an account (None: not known) that were received in a month of UTC, such as `2026-03`.

    `spared`: breached on record, and not under the other policy; `struck`: the other way round.
    """

    account_id: str | None
    month: str
    tickets: int
    breached: int
    would_be: int
    spared: int
    struck: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All of it. `recorded`, `would_be`: tickets by state; `unjudged`: tickets of calendars that the policy has not.

    The examples are numbers of tickets. An unjudged ticket counts in `recorded` alone.
    """

    policy: str
    tickets: int
    one_by_one: int
    recorded: dict[str, int]
    would_be: dict[str, int]
    spared: int
    struck: int
    unjudged: int
    examples_spared: list[str]
    examples_struck: list[str]
    groups: list[Group]


def what_if(
    gathered: Gathered, policies: Policies, until: int, tell: Callable[[int, int], None] = lambda done, total: None
) -> Outcome:
    """What all of them would have come to by `until`, had the current policy held. Raises OverflowError."""
    would_be = _would_be(gathered, policies, until, tell)
    recorded = gathered.recorded()
    known = would_be != UNJUDGED
    was, now = (recorded == BREACHED) & known, would_be == BREACHED
    spared, struck = was & ~now, now & ~was
    return Outcome(
        policy=policies.latest,
        tickets=len(gathered),
        one_by_one=len(gathered.others),
        recorded=_counted(recorded),
        would_be=_counted(would_be[known]),
        spared=int(spared.sum()),
        struck=int(struck.sum()),
        unjudged=int((~known).sum()),
        examples_spared=_examples(gathered, spared),
        examples_struck=_examples(gathered, struck),
        groups=_groups(gathered, known, was, now),
    )


def _would_be(gathered: Gathered, policies: Policies, until: int, tell: Callable[[int, int], None]) -> Codes:
    plain = states(gathered.plain(), list(gathered.terms), policies.current, until)
    at, others = moment(until), np.empty(len(gathered.others), np.int8)
    for n, history in enumerate(gathered.others):
        try:
            others[n] = CODES[judged(history, policies, at).state]
        except UnknownCalendar:
            others[n] = UNJUDGED
        if n % 1000 == 0:
            tell(plain.size + n, len(gathered))
    return np.concatenate([plain, others])


def _counted(codes: Codes) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(STATES)).tolist()
    return {state: count for state, count in zip(STATES, counts, strict=True) if count}


def _examples(gathered: Gathered, chosen: Flags) -> list[str]:
    return [gathered.name(row) for row in np.flatnonzero(chosen)[:EXAMPLES].tolist()]


def _groups(gathered: Gathered, known: Flags, was: Flags, now: Flags) -> list[Group]:
    months = gathered.received().view("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    keys, place = np.unique((gathered.account() * MONTHS + months)[known], return_inverse=True)
    was, now = was[known], now[known]

    def count(of: Flags) -> list[int]:
        counted: list[int] = np.bincount(place[of], minlength=keys.size).tolist()
        return counted

    ids = list(gathered.accounts)
    columns = (count(was | True), count(was), count(now), count(was & ~now), count(now & ~was))
    return [
        Group(
            account_id=ids[key // MONTHS],
            month=str(np.datetime64(key % MONTHS, "M")),
            tickets=tickets,
            breached=breached,
            would_be=would_be,
            spared=spared,
            struck=struck,
        )
        for key, tickets, breached, would_be, spared, struck in zip(keys.tolist(), *columns, strict=True)
    ]
