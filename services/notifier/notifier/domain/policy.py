"""Which roles are notified of what, and how often we answer automatically."""

from dataclasses import dataclass

from contracts.escalations import CalledRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Roles of the vendor's staff (P10, P16-P23) and the limit on automatic replies.

    `feedback_to`: for feedback, its acknowledgement and low ratings; `complaints_to`: for urgent complaints that nobody
    answered in time, and updates promised anew for the `renewals`th time. `low_rating`: the highest that they are told.
    """

    warnings_to: CalledRole = "engineer"
    breaches_to: CalledRole = "support-manager"
    misses_to: CalledRole = "support-manager"
    calendars_to: CalledRole = "support-manager"
    feedback_to: CalledRole = "support-manager"
    complaints_to: CalledRole = "vp"
    waiting_to: CalledRole = "support-manager"
    renewals: int = 3
    low_rating: int = 2
    replies_an_hour: int = 3

    def may_reply(self, replied: int) -> bool:
        """Whether a person who gets `replied` other automatic replies within an hour of this one may get it too.

        It keeps two machines from answering each other for ever. It counts over all tickets of the person, and is asked
        when a notification with `automatic="replied"` is first about to be sent.
        """
        return replied < self.replies_an_hour


DEFAULT = Policy()
