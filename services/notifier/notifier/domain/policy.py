"""Who of the staff is told of what, and how often we answer automatically."""

from dataclasses import dataclass

from contracts.escalations import Rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Roles of the vendor's staff (P10, P23) and the limit on automatic replies."""

    warnings_to: Rung = "engineer"
    breaches_to: Rung = "support-manager"
    misses_to: Rung = "support-manager"
    calendars_to: Rung = "support-manager"
    replies_an_hour: int = 3

    def may_reply(self, replied: int) -> bool:
        """Whether one more automatic reply may go to a sender who gets `replied` others within an hour of it.

        It keeps two automata from answering each other for ever. Asked when a mail is about to be sent first, for
        notifications that are `automatic="replied"`, over all tickets of the sender.
        """
        return replied < self.replies_an_hour


DEFAULT = Policy()
