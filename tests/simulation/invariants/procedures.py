"""What must be true of the desk's procedures: who is called, asked and told."""

from collections import Counter
from collections.abc import Iterable
from itertools import product
from typing import Any
from uuid import UUID

from tests.simulation.ending import Ending

from contracts.envelope import Fact
from contracts.feedback import SurveyAnswered
from contracts.names import ESCALATIONS, FEEDBACK, NOTIFICATIONS, SLA, TICKETS, category_of
from contracts.tickets import InformationReceived, InitialResponseGiven, ParticipantAdded, Resolved
from notifier.domain.policy import DEFAULT

KINDS = ("response", "next-reply", "update", "resolution")


def breaches_escalate_once(ending: Ending) -> Iterable[str]:
    """A breach calls somebody, once; an answer's, unless the ticket was answered or closed before it was heard of."""
    for ticket, about in product(ending.tickets, KINDS):
        name = f"the escalation {about} of ticket {ticket}"
        breaches, retracted = (
            [fact for fact in ending.of(SLA, ticket, kind) if fact.event.metric == about]
            for kind in ("SlaBreached", "BreachRetracted")
        )
        if about == "response" and not 0 <= len(breaches) - len(retracted) <= 1:
            yield f"ticket {ticket} has {len(breaches)} breaches, {len(retracted)} of them retracted"
        facts = [fact for fact in ending.of(ESCALATIONS, ticket) if fact.event.escalation == about]
        raised = [fact.event for fact in facts if type(fact.event).__name__ == "EscalationRaised"]
        calls = [event for event in raised if event.rung == 0]
        spared = about == "response" and bool(ending.of(TICKETS, ticket, "InitialResponseGiven", "Closed"))
        if len(calls) > len(breaches) or (len(calls) < len(breaches) and not spared):
            yield f"{name} has {len(breaches)} breaches and {len(calls)} first calls"
        for before, event in zip([None, *raised], raised, strict=False):
            if event.rung and (before is None or before.rung + 1 != event.rung):
                yield f"{name} skips to rung {event.rung}"
        yield from _left_hanging(ending, name, facts)


def _left_hanging(ending: Ending, name: str, facts: list[Fact]) -> Iterable[str]:
    """The ladder goes on until somebody takes it on or it is over."""
    last = facts[-1].event if facts else None
    due = getattr(last, "next_at", None)
    if due and due <= ending.now:
        yield f"{name} should have called the next one at {due}"


def closings_are_surveyed_once(ending: Ending) -> Iterable[str]:
    """P16."""
    for ticket in ending.tickets:
        closed = [fact.event.closing for fact in ending.of(TICKETS, ticket, "Closed")]
        asked = [fact.event.closing for fact in ending.of(FEEDBACK, ticket, "SurveyIssued")]
        if closed != asked:
            yield f"ticket {ticket} was closed {closed}, and its requester asked {asked}"


TELLS = {
    TICKETS: {
        "TicketOpened": "ticket-received",
        "InformationRequested": "information-wanted",
        "InformationReceived": "information-wanted",
        "InitialResponseGiven": "answer",
        "Resolved": "resolved",
    },
    SLA: {"SlaWarning": "sla-warning", "SlaBreached": "sla-breached", "ObjectiveMissed": "objective-missed"},
    ESCALATIONS: {"EscalationRaised": "escalation"},
    FEEDBACK: {"SurveyIssued": "survey", "SurveyAnswered": "low-rating"},
}


TAKING_PART = ("ParticipantAdded", "ParticipantRemoved")
TELLING = ("NotificationRequested", "LetterRequested", "NotificationSuppressed", "LetterSuppressed")


def _is_told(event: Any) -> bool:
    """Whether somebody is told of such an event, beside its kind."""
    match event:
        case InformationReceived():
            return bool(event.missing) and not event.policy
        case SurveyAnswered():
            return event.rating <= DEFAULT.low_rating
        case _:
            return True


def _hear(ending: Ending, ticket: UUID, fact: Fact) -> int:
    """How many customers are told of a fact: of an answer, all who take part by then beside the requester."""
    if not isinstance(fact.event, InitialResponseGiven | Resolved):
        return 1
    earlier = [one for one in ending.of(TICKETS, ticket, *TAKING_PART) if one.version < fact.version]
    return 1 + sum(1 if isinstance(one.event, ParticipantAdded) else -1 for one in earlier)


def everybody_is_told_once(ending: Ending) -> Iterable[str]:
    """Each of these facts makes one notification, sent or suppressed, to each who is told; and no notification is
    without its fact."""
    for ticket in ending.tickets:
        told = Counter(
            (fact.event.cause, fact.event.template)
            for fact in ending.of(NOTIFICATIONS, ticket, *TELLING)
            if category_of(fact.stream) == "thread"
            and fact.event.template in {template for kinds in TELLS.values() for template in kinds.values()}
            and not _of_a_calendar(fact)
        )
        due = Counter(
            (fact.event_id, template)
            for topic, kinds in TELLS.items()
            for kind, template in kinds.items()
            for fact in ending.of(topic, ticket, kind)
            if _is_told(fact.event)
            for _ in range(_hear(ending, ticket, fact))
        )
        for (cause, template), n in ((told - due) + (due - told)).items():
            yield f"ticket {ticket}: {template} because of {cause}: told {told[cause, template]} times ({n} amiss)"


def unknown_calendars_are_told_once(ending: Ending) -> Iterable[str]:
    """Of each ticket and name: the Support Manager, whatever clocks say so and how often."""
    for ticket in ending.tickets:
        names = {getattr(fact.event, "unknown_calendar", None) for fact in ending.of(SLA, ticket)} - {None}
        told = [
            (fact.event.role, fact.event.about["calendar"])
            for fact in ending.of(NOTIFICATIONS, ticket, "NotificationRequested")
            if _of_a_calendar(fact)
        ]
        if sorted(told) != sorted(("support-manager", name) for name in names):
            yield f"ticket {ticket} has the unknown calendars {names}, and told is {told}"


def _of_a_calendar(fact: Fact) -> bool:
    return "calendar" in (getattr(fact.event, "about", None) or {})
