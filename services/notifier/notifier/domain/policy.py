"""Which roles are notified of what, and how often we answer automatically."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.escalations import CalledRole

HOUR = timedelta(hours=1)
"""Within which automatic replies to one person are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Roles of the vendor's staff (P10, P16-P23) and the limit on automatic replies.

    `feedback_to`: for feedback, its acknowledgement and low ratings; `complaints_to`: for urgent complaints that nobody
    answered in time, and updates promised anew for the `renewals`th time. `low_rating`: the highest that they are told.
    `mails_to`: for mails that nobody got. `bounces_within`: of the sending, for a notice that doesn't name the mail.
    """

    warnings_to: CalledRole = "engineer"
    breaches_to: CalledRole = "support-manager"
    misses_to: CalledRole = "support-manager"
    calendars_to: CalledRole = "support-manager"
    feedback_to: CalledRole = "support-manager"
    complaints_to: CalledRole = "vp"
    mails_to: CalledRole = "support-manager"
    renewals: int = 3
    low_rating: int = 2
    replies_an_hour: int = 3
    bounces_within: timedelta = timedelta(days=5)

    def marks(self, status: str) -> bool:
        """Whether nothing more is sent to an address to which a mail failed with this status.

        Not if that may pass: what failed for the time being (4.x.x), a full mailbox (x.2.2, 552), a server that was not
        reached in time (5.4.7). Nor if it was said of that mail only: of its server (5.3.x: too big), its content
        (5.6.x), or a filter's rule (5.7.x).
        """
        passes = status.startswith("4") or status.endswith(".2.2") or status in ("552", "5.4.7")
        return not passes and not status.startswith(("5.3.", "5.6.", "5.7."))

    def reply_from(self, now: datetime, others: Iterable[datetime]) -> datetime | None:
        """From when on a person may get one more automatic reply, who got others at these instants; None: now.

        So no hour has more than `replies_an_hour`, and none waits longer than an hour: that keeps two machines from
        answering each other without end. It counts over all tickets of the person. Others may be a little later than
        `now`, for the clocks of replicas differ.
        """
        near = sorted(at for at in others if now - HOUR < at < now + HOUR)
        return near[-self.replies_an_hour] + HOUR if len(near) >= self.replies_an_hour else None


DEFAULT = Policy()
