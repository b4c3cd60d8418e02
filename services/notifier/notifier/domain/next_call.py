"""When the one after is called, as a call says it: at an instant, or in terms that sla-timer turns into one.

A ladder in support hours, or in working days, knows the terms when it calls; the instant follows soon. A call waits for
it a moment, and never depends on it.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from contracts.base import Instant
from contracts.later import Later

PATIENCE = 5.0
"""Real seconds that a call waits for the instant. It is there within one when all services are well, even on a busy
machine; and who is called 5 s later is not called too late."""

AGAIN = 0.1
"""Real seconds until it asks again, at least; else as many as it has waited. So it asks seven times, and even when
thousands call at once other mails get their turn."""

About = Mapping[str, str]


def terms(later: Later) -> dict[str, str]:
    """The particulars of a call whose next one is called so much later than the breach."""
    if later.working_days is not None:
        amount, counts = str(later.working_days), "working-days"
    elif later.days is not None:
        amount, counts = str(later.days), "days"
    else:
        amount, counts = msgspec.to_builtins(later.support_time or timedelta(0)), "support-time"
    return {"next_in": amount, "next_counts": counts, "next_calendar": later.calendar}


def lacks_instant(about: About | None) -> bool:
    """Whether these particulars say when the next one is called in terms alone."""
    return about is not None and "next_in" in about and "next_at" not in about


def named(about: About, next_at: Instant) -> dict[str, str]:
    """The particulars with the instant."""
    return {**about, "next_at": rfc3339(next_at)}


def pause(about: About | None, waited: float) -> float | None:
    """Real seconds until a call asks again for its instant, having waited for so many; None: it leaves as it is.

    `waited` is negative if it was called in the future: so it is after a clock was wrong, and is as little waited for.
    """
    if not lacks_instant(about) or abs(waited) >= PATIENCE:
        return None
    return min(max(abs(waited), AGAIN), PATIENCE - waited)


def rfc3339(instant: Instant) -> str:
    """As instants stand in particulars."""
    return instant.isoformat().replace("+00:00", "Z")
