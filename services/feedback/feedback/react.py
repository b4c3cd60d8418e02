"""How feedback reacts to other services' facts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from contracts.envelope import Fact
from contracts.tickets import Closed
from feedback.domain.commands import IssueSurvey, SurveyCommand


def survey_stream(ticket_id: UUID, closing: int) -> str:
    """The stream of the survey about one closing of a ticket: each closing is asked about once (P16)."""
    return f"survey-{ticket_id}-{closing}"


def react(fact: Fact, policy: object = None) -> list[tuple[str, SurveyCommand]]:
    """The commands that follow from a fact, each with its stream. Nobody is asked about imported history."""
    asks = ASKS.get(type(fact.event))
    return [] if asks is None or fact.imported else asks(fact.event)


def _closed(event: Closed) -> list[tuple[str, SurveyCommand]]:
    issue = IssueSurvey(
        ticket_id=event.ticket_id,
        survey_id=uuid5(event.ticket_id, f"survey {event.closing}"),
        account_id=event.account_id,
        subject_id=event.subject_id,
        number=event.number,
        closing=event.closing,
    )
    return [(survey_stream(event.ticket_id, event.closing), issue)]


ASKS: dict[type[Any], Callable[[Any], list[tuple[str, SurveyCommand]]]] = {Closed: _closed}
