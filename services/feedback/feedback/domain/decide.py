"""What follows from a command. `[]`: already so."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.replacing import replace
from feedback.domain import complaint, feedback, survey
from feedback.domain.commands import (
    AcceptOutcome,
    Acknowledge,
    AddWords,
    AnswerSurvey,
    AskInformation,
    Classify,
    Command,
    DecideComplaint,
    DisputeOutcome,
    GiveOutcome,
    GiveUpdate,
    HearAlarm,
    HearMore,
    IssueSurvey,
    JoinComplaint,
    MakeUrgent,
    MarkWords,
    NameReviewer,
    NoteDelivery,
    NoteReview,
    NoteTold,
    NoteUndelivered,
    OvertakeSurvey,
    ReceiveFeedback,
    RemindOfSurvey,
    SplitOff,
    Step,
    WithdrawComplaint,
)
from feedback.domain.events import Event, FeedbackEvent
from feedback.domain.refusals import FeedbackUnknown
from feedback.domain.state import Answered, Feedback, Issued, Nothing, State
from feedback.domain.steps import admit


def decide(command: Command, state: State) -> list[FeedbackEvent]:
    """The events that follow. Raises a Refusal: first about the role, then the situation, then the words."""
    match command, state:
        case IssueSurvey(), Nothing() | Issued() | Answered():
            return [*survey.issue(command, state)]
        case AnswerSurvey(), Nothing() | Issued() | Answered():
            return [*survey.answer(command, state)]
        case OvertakeSurvey(), Issued():
            return [*survey.overtake(state, "reopened")]
        case RemindOfSurvey(), Issued():
            return [*survey.remind(command, state)]
        case NoteDelivery(), Nothing() | Issued() | Answered():
            return [*survey.delivered(state)]
        case ReceiveFeedback(), Nothing():
            return [*feedback.receive(command)]
        case HearAlarm(), Feedback():
            return [*feedback.hear(command, state)]
        case NoteUndelivered(), Feedback():
            return [*feedback.undelivered(command, state)]
        case HearMore(words=words), Feedback():
            return [*_step(replace(words, urgent=command.urgent), state), *complaint.heard(command, state)]
        case HearMore(begins=ReceiveFeedback() as first), Nothing():
            return [*feedback.receive(first)]
        case HearMore(), _:
            raise FeedbackUnknown
        case ReceiveFeedback() | HearAlarm() | NoteUndelivered() | IssueSurvey() | AnswerSurvey() | NoteDelivery(), _:
            return []
        case OvertakeSurvey() | RemindOfSurvey(), _:
            return []
        case _, Feedback():
            return [*_step(command, state)]
        case _:
            raise FeedbackUnknown


def _step(command: Step, state: Feedback) -> list[Event]:
    admit(command, state)
    return TAKEN[type(command)](command, state)


TAKEN: Mapping[type[Any], Callable[[Any, Feedback], list[Event]]] = {
    Classify: feedback.classify,
    Acknowledge: feedback.acknowledge,
    AddWords: feedback.add,
    SplitOff: feedback.split,
    JoinComplaint: complaint.join,
    AskInformation: complaint.ask,
    NoteTold: feedback.told,
    NoteReview: complaint.note,
    NameReviewer: complaint.name_reviewer,
    GiveUpdate: complaint.update,
    GiveOutcome: complaint.outcome,
    AcceptOutcome: complaint.accept,
    DisputeOutcome: complaint.dispute,
    MarkWords: complaint.mark,
    DecideComplaint: complaint.decision,
    WithdrawComplaint: complaint.withdraw,
    MakeUrgent: complaint.make_urgent,
}
"""What each step leads to, once its rule admits it."""
