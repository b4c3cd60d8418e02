"""What must be true of words on tickets that staff mark: each is feedback once, from when it was said."""

from collections import Counter
from collections.abc import Iterable

from tests.simulation.ending import Ending

from contracts.envelope import Fact
from contracts.feedback import FeedbackReceived
from contracts.names import FEEDBACK, TICKETS
from contracts.tickets import MessageMarked, MessagePosted, TicketOpened


def _marked(ending: Ending) -> list[Fact]:
    return [fact for fact in ending.logs[TICKETS] if isinstance(fact.event, MessageMarked)]


def what_is_marked_is_feedback_once(ending: Ending) -> Iterable[str]:
    """Marked once, and received once because of that, about the ticket, from the instant at which it was said."""
    received = [fact for fact in ending.logs[FEEDBACK] if isinstance(fact.event, FeedbackReceived)]
    for message_id, times in Counter(fact.event.message_id for fact in _marked(ending)).items():
        if times > 1:
            yield f"message {message_id} was marked {times} times"
    for fact in _marked(ending):
        mark: MessageMarked = fact.event
        said = [
            (one.event.feedback_id, one.event.about, one.event.received_at)
            for one in received
            if one.meta.cause and one.meta.cause.id == str(fact.event_id)
        ]
        erased = mark.subject_id in ending.desk.erasures.erased
        if said != [(mark.feedback_id, mark.ticket_id, mark.received_at)] and not (erased and not said):
            yield f"message {mark.message_id} was marked at {fact.recorded_at}, and is feedback as {said}"


def what_is_marked_was_said_by_a_customer(ending: Ending) -> Iterable[str]:
    """Of each marking the ticket has the words, of the same person, recorded when it says."""
    for fact in _marked(ending):
        mark: MessageMarked = fact.event
        if not any(_is_said(one, mark) for one in ending.by_stream[fact.stream]):
            yield f"message {mark.message_id} of {mark.subject_id} was marked, and nobody said it at {mark.received_at}"


def _is_said(fact: Fact, mark: MessageMarked) -> bool:
    match fact.event:
        case MessagePosted(author="requester", machine=False) as said:
            named = said.message_id
        case TicketOpened(machine=False, own=False) as said:
            named = said.ticket_id
        case _:
            return False
    return (named, said.subject_id, fact.happened_at) == (mark.message_id, mark.subject_id, mark.received_at)
