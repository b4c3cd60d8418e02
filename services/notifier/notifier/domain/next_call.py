"""How the mail of a call says when the next rung is called: at an instant, or in terms ("two support hours later").

A ladder that counts support hours or working days knows only the terms when it calls; sla-timer turns them into an
instant soon after. The mail waits for the instant a moment, and leaves without it if it doesn't come.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from contracts.base import Instant
from contracts.later import Later

NEXT_CALL_WAIT_SECONDS = 5.0
"""Real seconds that a mail waits for the instant. When all services are well, it comes within one second even on a busy
machine; and a call that comes 5 s later is not too late."""

NEXT_CALL_POLL_SECONDS = 0.1
"""Real seconds between the first two looks for the instant. The pause doubles each time, from this minimum: a mail
looks seven times, and when thousands are called at once, other mails get their turn."""

About = Mapping[str, str]


def terms(later: Later) -> dict[str, str]:
    """The particulars of a call whose next rung is called `later` after the breach."""
    if later.working_days is not None:
        amount, counts = str(later.working_days), "working-days"
    elif later.days is not None:
        amount, counts = str(later.days), "days"
    else:
        amount, counts = msgspec.to_builtins(later.support_time or timedelta(0)), "support-time"
    return {"next_in": amount, "next_counts": counts, "next_calendar": later.calendar}


def lacks_instant(about: About | None) -> bool:
    """Whether these particulars say in terms alone when the next rung is called."""
    return about is not None and "next_in" in about and "next_at" not in about


def named(about: About, next_at: Instant) -> dict[str, str]:
    """The particulars with the instant."""
    return {**about, "next_at": rfc3339(next_at)}


def pause(about: About | None, waited: float) -> float | None:
    """Real seconds until the next look for the instant, after `waited` real seconds; None: the mail waits no longer.

    After a clock was wrong, the call may lie in the future: then `waited` is negative, and its size counts.
    """
    if not lacks_instant(about) or abs(waited) >= NEXT_CALL_WAIT_SECONDS:
        return None
    return min(max(abs(waited), NEXT_CALL_POLL_SECONDS), NEXT_CALL_WAIT_SECONDS - waited)


def rfc3339(instant: Instant) -> str:
    """An instant as particulars have it."""
    return instant.isoformat().replace("+00:00", "Z")
