"""How a mail names an instant that only sla-timer works out: when the next rung is called, when silence ends, or by
when an answer is promised.

What is counted in support hours, working days or days is known only in terms when the mail is requested; sla-timer
turns them into an instant soon after. By when an answer is promised is not known even in terms. The mail waits for the
instant a moment, and leaves without it, in terms ("two support hours later") if there are any, if it doesn't come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, get_args

import msgspec

from contracts.base import Instant
from contracts.feedback import Terms
from contracts.later import Delay, Later
from contracts.rfc3339 import write_instant

WAIT_SECONDS = 5.0
"""Real seconds that a mail waits for the instant. When all services are well, it comes within one second even on a busy
machine; and a call that comes 5 s later is not too late."""

POLL_SECONDS = 0.1
"""The first pause before a mail looks for the instant again, in real seconds. Each pause doubles, since a mail waits as
long again as it has waited. So it looks seven times, and when thousands are called at once, other mails get their
turn."""

NamedDeadline = Literal["acknowledgement", "silence", "urgent"]
"""The deadlines of feedback that its letters name."""
NAMED_DEADLINES: tuple[NamedDeadline, ...] = get_args(NamedDeadline)

About = Mapping[str, str]
CLOCK: About = {"awaits": "clock"}
"""The particulars of a mail that says by when an answer is promised, as soon as sla-timer has said so of its cause."""


@dataclass(frozen=True, slots=True)
class Known:
    """What has become known for a mail: the instant that it names, and further particulars.

    `at` is None if there is no such instant; then the particulars say why.
    """

    at: Instant | None = None
    says: About = field(default_factory=dict)


def terms(later: Later | Delay) -> dict[str, str]:
    """The particulars of a mail that names the instant `later`."""
    if later.working_days is not None:
        amount, counts = str(later.working_days), "working-days"
    elif later.days is not None:
        amount, counts = str(later.days), "days"
    else:
        amount, counts = msgspec.to_builtins(later.support_time or timedelta(0)), "support-time"
    return {"next_in": amount, "next_counts": counts, "next_calendar": later.calendar}


def deadline_terms(deadline: NamedDeadline, terms_of_feedback: Terms) -> dict[str, str]:
    """The particulars of a letter that says until when feedback is acknowledged, an urgent complaint is answered, or
    silence counts as settled."""
    of = terms_of_feedback
    match deadline:
        case "acknowledgement":
            later = Delay(calendar=of.calendar, policy=of.policy, working_days=of.acknowledge_working_days)
        case "urgent":
            later = Delay(calendar=of.calendar, policy=of.policy, support_time=of.urgent)
        case _:
            later = Delay(calendar=of.calendar, policy=of.policy, days=of.silence_days)
    return terms(later)


def lacks_instant(about: About | None) -> bool:
    """Whether these particulars name the instant in terms alone, or await it."""
    return about is not None and ("next_in" in about or "awaits" in about) and "next_at" not in about


def completed(about: About, known: Known) -> dict[str, str]:
    """The particulars with what has become known."""
    return {**about, **known.says, **({"next_at": write_instant(known.at)} if known.at else {})}


def pause(about: About | None, waited: float) -> float | None:
    """Real seconds until the next look for the instant, after `waited` real seconds; None: the mail waits no longer.

    After a clock was wrong, the request may lie in the future: then `waited` is negative, and its size counts.
    """
    if not lacks_instant(about) or abs(waited) >= WAIT_SECONDS:
        return None
    return min(max(abs(waited), POLL_SECONDS), WAIT_SECONDS - waited)
