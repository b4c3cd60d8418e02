"""What follows from a command. `[]`: already so."""

from contracts.feedback import FeedbackEvent
from feedback.domain import survey
from feedback.domain.commands import IssueSurvey, SurveyCommand
from feedback.domain.state import Survey


def decide(command: SurveyCommand, state: Survey) -> list[FeedbackEvent]:
    """The events that follow. Raises a Refusal."""
    if isinstance(command, IssueSurvey):
        return survey.issue(command, state)
    return survey.answer(command, state)
