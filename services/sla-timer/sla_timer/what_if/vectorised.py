"""The verdicts on simple tickets by another policy, all at once, on arrays: the same as the core's, one by one.

The core's rules for such a ticket: what is due at an instant comes before whatever happens then; a breach is final, a
missed objective is not; a change of severity keeps the start, and if the new deadline has passed by then, the verdict
follows at once; an answer before the information is complete is in time.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from hours.instants import span
from hours.vectorised import Vectorised
from sla_timer.history.verdict import STATES
from sla_timer.policy.model import Policy
from sla_timer.what_if.columns import TIERS, Codes, Flags, Micros
from sla_timer.what_if.simple_tickets import ANSWERED, NEVER, WITHDRAWN, SimpleTickets

CODES: Final = {state: code for code, state in enumerate(STATES)}


def states(simple: SimpleTickets, policy: Policy, calendars: Sequence[str], until: int) -> Codes:
    """The code of each ticket's state at `until`. Raises OverflowError if a deadline lies beyond the year 9999.

    `calendars`: the names of the policy's calendars; an agreed one is its number here, from 1.
    """
    found = np.full(simple.started.size, CODES["waiting"], np.int8)
    found[simple.ending == ANSWERED] = CODES["met"]
    complete = simple.started < NEVER
    for terms in np.unique(simple.terms[complete]).tolist():
        rows = np.flatnonzero(complete & (simple.terms == terms))
        calendar, tier = divmod(terms, 16)
        agreed = calendars[calendar - 1] if calendar else None
        many = Vectorised(policy.hours_for(TIERS[tier], agreed).calendar.open_time)
        found[rows] = _of_calendar(simple.of(rows), many, policy, until)
    return found


def _of_calendar(simple: SimpleTickets, many: Vectorised, policy: Policy, until: int) -> Codes:
    # The start is the next opening: one microsecond before the first microsecond of open time has passed.
    started = many.after(simple.started, 1) - 1
    due, response = _promised(started, simple.severity, many, policy)
    found = _settled(due, response, simple, until)
    [changed] = np.nonzero(simple.changed < NEVER)
    if changed.size:
        of = simple.of(changed)
        second, then_response = _promised(started[changed], of.then, many, policy)
        over = due[changed] <= of.changed
        after = _settled(second, then_response, of, until)
        # An objective missed before, and another objective running after: it stays missed unless answered in time.
        hoped = over & ~response[changed] & ~then_response & (after == CODES["running"])
        after[hoped] = CODES["missed"]
        after[over & response[changed]] = CODES["breached"]
        found[changed] = after
    return found


def _promised(started: Micros, severity: Codes, many: Vectorised, policy: Policy) -> tuple[Micros, Flags]:
    """The deadline of each ticket, and whether it is promised (rather than an objective)."""
    due = np.empty(started.size, np.int64)
    response = np.zeros(started.size, np.bool_)
    for one, promise in policy.promises.items():
        rows = np.flatnonzero(severity == one)
        target = span(promise.target)
        due[rows] = many.after(started[rows], target) if promise.counts == "support" else started[rows] + target
        response[rows] = promise.metric == "response"
    return due, response


def _settled(due: Micros, response: Flags, simple: SimpleTickets, until: int) -> Codes:
    over = due <= np.minimum(simple.ended, until)
    withdrawn = simple.ending == WITHDRAWN
    found = np.full(due.size, CODES["running"], np.int8)
    found[simple.ending == ANSWERED] = CODES["met"]
    found[over] = CODES["missed"]
    found[withdrawn] = CODES["cancelled"]
    found[over & response] = CODES["breached"]
    return found
