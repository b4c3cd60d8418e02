"""The core of notifier: what is said to whom about a ticket, and what became of each mail.

It has two aggregates. A ticket's *thread* (`thread-<ticket>`) knows where the requester can be reached, who works on
the ticket and who has been told what; there it is decided what is to be said. Each *notification*
(`notification-<ticket>-<notification>`) records what became of one mail.
"""

from notifier.domain.decide import decide
from notifier.domain.evolve import evolve
from notifier.domain.state import INITIAL

__all__ = ["INITIAL", "decide", "evolve"]
