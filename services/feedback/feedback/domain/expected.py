"""Who is expected to do what about feedback, until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts.feedback import Deadline
from contracts.instants import LAST_INSTANT
from feedback.domain.state import Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """`who`: a role, `staff` for any of them, or `customer`. `due_at`: None if nothing is due, or its instant is not
    worked out yet."""

    who: str
    what: str
    due_at: datetime | None = None


WHO_ELSE = "support-manager"
"""Who gives updates of a review (P19)."""


def expected(state: Feedback) -> Iterator[Expected]:
    """What is open, the most urgent first."""
    yield from sorted(_expected(state), key=lambda one: one.due_at or LAST_INSTANT)


def _expected(state: Feedback) -> Iterator[Expected]:
    due = dict(_due(state))
    if "urgent" in due:
        yield Expected(who=state.urgent_to, what="answer the urgent complaint", due_at=due["urgent"])
    if "acknowledgement" in due:
        yield Expected(who="staff", what="acknowledge it", due_at=due["acknowledgement"])
    match state.stage:
        case "review":
            yield Expected(who=state.reviewer, what="review it and give the outcome")
            yield Expected(who=WHO_ELSE, what="give the outcome or an update", due_at=due.get("update"))
        case "outcome" if "complaint-outcome" not in state.untold:
            yield Expected(who="customer", what="accept or dispute the outcome", due_at=due.get("silence"))
        case "arbitration":
            yield Expected(who="ceo", what="decide")
            yield Expected(who=WHO_ELSE, what="give the decision or an update", due_at=due.get("update"))
    if state.unmarked and state.stage in ("outcome", "settled"):
        yield Expected(who=state.reviewer, what="say what the customer's words mean", due_at=due.get("marking"))
    if state.untold:
        letters = ", ".join(sorted(letter.replace("-", " ") for letter in state.untold))
        yield Expected(who="staff", what=f"tell the customer by another way what did not reach them: {letters}")
    if state.question:
        yield Expected(who="customer", what="answer the question")


def next_deadline(state: Feedback) -> tuple[Deadline, datetime] | None:
    """What is due next, as far as that is worked out."""
    known = [(at, name) for name, at in _due(state) if at]
    if not known:
        return None
    at, name = min(known)
    return name, at


def _due(state: Feedback) -> Iterator[tuple[Deadline, datetime | None]]:
    """The open deadlines with their instants, those that were missed too; None: not worked out yet."""
    yield from state.overdue
    for name, promise in state.promises:
        if promise.alarms:
            yield name, promise.terms[0].due_at
    for running in state.timers:
        if running.timer != "reminder":
            yield running.timer, running.due_at
