"""Simple tickets: those whose first answer can be judged on arrays, all at once. The core judges all others one by one.

Most tickets are simple. A ticket ends with its initial response, or when it is withdrawn or merged into another one;
facts after that don't matter to a response clock. It is simple if, before its end,
- it was opened with its description, if that is required;
- information was given at most once, and the severity changed at most once;
- it did not wait for its requester, if the policy pauses response clocks;
and if information is still missing at its end, an answer ended it; and the policy has its agreed calendar.

Tested against the core, at every instant that matters: tests/unit/sla_timer/test_what_if_simple_tickets.py.
"""

from dataclasses import dataclass
from typing import Final, get_args

import numpy as np

from contracts.base import BY_CLASS
from contracts.tickets import Closed, Merged, MessagePosted, Reopened, Resolved, Severity, SeverityChanged
from hours.instants import LATEST
from sla_timer.facts.row import DESCRIPTION, Flag, bits
from sla_timer.policy.versions import Policies
from sla_timer.what_if.columns import TYPES, UNKNOWN, Codes, Columns, Flags, Micros, Places
from sla_timer.what_if.rerecorded import COMPLETED, OPENED, RECEIVED, RESPONDED

NEVER: Final = LATEST + 1
"""An instant after all others, for what has not happened."""
UNENDED, ANSWERED, WITHDRAWN = 0, 1, 2
FURTHER_FACTS: Final = (BY_CLASS[Resolved].name, BY_CLASS[Reopened].name)
"""Facts that matter only to promises beyond a first answer."""
MESSAGE, CLOSED, MERGED, CHANGED = (BY_CLASS[cls].name for cls in (MessagePosted, Closed, Merged, SeverityChanged))


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleTickets:
    """Columns of simple tickets, one value for each. Instants are UTC microseconds; `ended`, `changed` may be NEVER.

    `started`: when the information was complete, or NEVER. `terms`: tier and agreed calendar, as one number.
    `severity`: at the start; `then`: from `changed` on. `ending`: UNENDED, ANSWERED or WITHDRAWN.
    """

    started: Micros
    severity: Codes
    terms: Places
    changed: Micros
    then: Codes
    ended: Micros
    ending: Codes

    def of(self, rows: Places) -> "SimpleTickets":
        """The tickets at these indices."""
        return SimpleTickets(
            started=self.started[rows],
            severity=self.severity[rows],
            terms=self.terms[rows],
            changed=self.changed[rows],
            then=self.then[rows],
            ended=self.ended[rows],
            ending=self.ending[rows],
        )


def code(name: str) -> int:
    """The code of a type of facts."""
    return TYPES.index(name)


def wanted_types(policies: Policies) -> list[str]:
    """The types of facts that decide which tickets are simple under the current policy, and their verdicts."""
    unheeded = {*FURTHER_FACTS, *(() if "response" in policies.pausing else (MESSAGE,))}
    return [name for name in TYPES if name not in unheeded]


def simple_tickets_of(facts: Columns, policies: Policies) -> tuple[Places, SimpleTickets]:
    """Which tickets are simple (indices into `facts.first`), and their columns, by the current policy."""
    required, count, tickets = bits(policies.current.required), facts.at.size, facts.first.size
    if not tickets or policies.current.promises.keys() != set(get_args(Severity)):
        empty = np.empty(0, np.int64)
        codes = np.empty(0, np.int8)
        return np.empty(0, np.intp), SimpleTickets(
            started=empty, severity=codes, terms=empty, changed=empty, then=codes, ended=empty, ending=codes
        )
    places, kind, ticket = np.arange(count), facts.kind, facts.ticket
    answers = kind == code(RESPONDED)
    ends = answers | (kind == code(MERGED)) | ((kind == code(CLOSED)) & (facts.flags & Flag.WITHDRAWN != 0))
    last = np.minimum.reduceat(np.where(ends, places, count), facts.first)
    before_end = places <= last[ticket]
    unsaid = facts.flags & Flag.BY_POLICY != 0
    tells = before_end & ~unsaid & ((kind == code(RECEIVED)) | (kind == code(COMPLETED)))
    changes = before_end & (kind == code(CHANGED))
    other = before_end & ~(ends | tells | changes | unsaid) & (kind != code(MESSAGE))
    other[facts.first] = kind[facts.first] != code(OPENED)
    if "response" in policies.pausing:
        other |= before_end & (kind == code(MESSAGE)) & (facts.flags & Flag.AWAITS_REPLY != 0)
    odd = _per_ticket(other, ticket, tickets) > 0
    odd |= (_per_ticket(tells, ticket, tickets) > 1) | (_per_ticket(changes, ticket, tickets) > 1)
    odd |= facts.calendar[facts.first] == UNKNOWN

    informed, changed = _place_of(tells, ticket, tickets, count), _place_of(changes, ticket, tickets, count)
    wanted = required & ~facts.said[facts.first].astype(np.int64)
    said = np.where(informed < count, facts.said[np.minimum(informed, count - 1)], 0)
    start = np.where(wanted == 0, facts.first, np.where((wanted & ~said) == 0, informed, count))
    ended = last < count
    answered = ended & answers[np.minimum(last, count - 1)]
    waits = start >= count
    odd |= waits & ended & ~answered
    odd |= wanted & DESCRIPTION != 0  # a message may be the description

    keep = np.flatnonzero(~odd)
    first, start, changed, last = facts.first[keep], start[keep], changed[keep], last[keep]
    early = changed < start
    then = np.where(changed < count, facts.severity[np.minimum(changed, count - 1)], facts.severity[first])
    return keep, SimpleTickets(
        started=_at(facts, start),
        severity=np.where(early, then, facts.severity[first]).astype(np.int8),
        terms=(facts.calendar[first].astype(np.intp) * 16 + facts.tier[first]),
        changed=np.where(early, NEVER, _at(facts, changed)),
        then=then.astype(np.int8),
        ended=_at(facts, last),
        ending=np.where(ended[keep], np.where(answered[keep], ANSWERED, WITHDRAWN), UNENDED).astype(np.int8),
    )


def _per_ticket(chosen: Flags, ticket: Places, tickets: int) -> Places:
    return np.bincount(ticket[chosen], minlength=tickets)


def _place_of(chosen: Flags, ticket: Places, tickets: int, none: int) -> Places:
    """For each ticket the index of its last chosen fact, or `none`."""
    found = np.full(tickets, none, np.intp)
    rows = np.flatnonzero(chosen)
    found[ticket[rows]] = rows
    return found


def _at(facts: Columns, places: Places) -> Micros:
    return np.where(places < facts.at.size, facts.at[np.minimum(places, facts.at.size - 1)], NEVER)
