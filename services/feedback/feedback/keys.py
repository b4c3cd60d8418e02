"""The keys of persons that feedback makes: those of whoever came to its own doors.

The others are intake's: of the requester who rates a ticket, or whose mail came in.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from contracts.feedback import FeedbackReceived


def own_subjects(event: Any) -> Collection[UUID]:
    """The subject of the words that came by one of our doors: it has the id of its feedback."""
    own = isinstance(event, FeedbackReceived) and event.subject_id == event.feedback_id
    return (event.subject_id,) if own else ()
