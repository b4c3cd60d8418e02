"""Plain histories under other rules, all at once, on arrays: what the core would make of each, one by one.

How the core decides such a history, in its order: a deadline at an instant comes before whatever happens then; a breach
is the last word, an objective missed is not; a change of severity keeps the start, and a deadline that has passed by
then is a verdict at once.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sla_timer.domain.instants import span
from sla_timer.domain.policy import Policy
from sla_timer.many import Many
from sla_timer.what_if.gathered import ANSWERED, CODES, NEVER, WITHDRAWN, Codes, Micros, Plain, Terms

Flags = NDArray[np.bool_]
UNJUDGED: Final = CODES["nothing"]
"""Of a history whose agreed calendar is none of the policy's."""


def states(plain: Plain, terms: list[Terms], policy: Policy, until: int) -> Codes:
    """The code of each history's state at `until`. Raises OverflowError where a deadline lies beyond the year 9999."""
    found = np.full(plain.received.size, UNJUDGED, np.int8)
    for place, (tier, agreed) in enumerate(terms):
        rows = np.flatnonzero(plain.terms == place)
        many = Many(policy.hours_for(tier, agreed).calendar.openings)
        found[rows] = _of_calendar(_taken(plain, rows), many, policy, until)
    return found


def _of_calendar(plain: Plain, many: Many, policy: Policy, until: int) -> Codes:
    # When the first microsecond of open time is over, the desk has been open for just one.
    started = many.after(plain.received, 1) - 1
    due, response = _promised(started, plain.severity, many, policy)
    found = _settled(due, response, plain, until)
    [changed] = np.nonzero(plain.changed < NEVER)
    if changed.size:
        of = _taken(plain, changed)
        second, then_response = _promised(started[changed], of.then, many, policy)
        over = due[changed] <= of.changed
        after = _settled(second, then_response, of, until)
        # Missed once and hoped for anew: that stays missed, unless it was answered in time for the new hope.
        hoped = over & ~response[changed] & ~then_response & (after == CODES["running"])
        after[hoped] = CODES["missed"]
        after[over & response[changed]] = CODES["breached"]
        found[changed] = after
    return found


def _promised(started: Micros, severity: Codes, many: Many, policy: Policy) -> tuple[Micros, Flags]:
    """The deadline of each, and whether it is a promise rather than an objective."""
    due = np.empty(started.size, np.int64)
    response = np.zeros(started.size, np.bool_)
    for one, promise in policy.promises.items():
        rows = np.flatnonzero(severity == one)
        target = span(promise.target)
        due[rows] = many.after(started[rows], target) if promise.counts == "support" else started[rows] + target
        response[rows] = promise.metric == "response"
    return due, response


def _settled(due: Micros, response: Flags, plain: Plain, until: int) -> Codes:
    over = due <= np.minimum(plain.ended, until)
    withdrawn = plain.ending == WITHDRAWN
    found = np.full(due.size, CODES["running"], np.int8)
    found[plain.ending == ANSWERED] = CODES["met"]
    found[over] = CODES["missed"]
    found[withdrawn] = CODES["cancelled"]
    found[over & response] = CODES["breached"]
    return found


def _taken(plain: Plain, rows: NDArray[np.intp]) -> Plain:
    return Plain(
        received=plain.received[rows],
        severity=plain.severity[rows],
        terms=plain.terms[rows],
        changed=plain.changed[rows],
        then=plain.then[rows],
        ended=plain.ended[rows],
        ending=plain.ending[rows],
    )
