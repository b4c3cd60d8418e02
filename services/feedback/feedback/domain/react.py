"""What other services' facts ask of feedback."""

from uuid import UUID, uuid5

from contracts.envelope import Fact
from contracts.tickets import Closed
from feedback.domain.commands import IssueSurvey, SurveyCommand


def survey_stream(ticket_id: UUID, closing: int) -> str:
    """The stream of the survey about one closing of a ticket: each closing is asked about once (P16)."""
    return f"survey-{ticket_id}-{closing}"


def react(fact: Fact, policy: object = None) -> list[tuple[str, SurveyCommand]]:
    """The commands that follow from a fact, each with the stream it is for. Nobody is asked about imported history."""
    match fact.event:
        case Closed(ticket_id=ticket_id, closing=closing) as closed if not fact.imported:
            issue = IssueSurvey(
                ticket_id=ticket_id,
                survey_id=uuid5(ticket_id, f"survey {closing}"),
                account_id=closed.account_id,
                subject_id=closed.subject_id,
                number=closed.number,
                closing=closing,
            )
            return [(survey_stream(ticket_id, closing), issue)]
        case _:
            return []
