"""What facts add up to. Never fails: a fact has already happened."""

from datetime import datetime
from uuid import UUID

from contracts.alarms import Alarm
from contracts.complaints import (
    ComplaintDecided,
    ComplaintJoined,
    ComplaintWithdrawn,
    InformationAsked,
    MadeUrgent,
    OutcomeAccepted,
    OutcomeDisputed,
    OutcomeGiven,
    ReviewerNamed,
    ReviewOpened,
    UpdateGiven,
    WordsMarked,
)
from contracts.feedback import (
    AcknowledgementReminded,
    CustomerLetter,
    CustomerTold,
    DeadlineScheduled,
    FeedbackAcknowledged,
    FeedbackAddedTo,
    FeedbackClassified,
    FeedbackReceived,
    LetterUndelivered,
    PromiseJudged,
    PromiseName,
    SurveyAnswered,
    SurveyDelivered,
    SurveyIssued,
    SurveyOvertaken,
    SurveyReminderDue,
    WordsSplitOff,
)
from contracts.replacing import replace
from feedback.domain import deadlines, survey
from feedback.domain.events import Event, FeedbackEvent
from feedback.domain.state import Answered, Feedback, Issued, Nothing, Question, State
from feedback.domain.steps import BY_EVENT

LETTERS_AT_THE_END: frozenset[CustomerLetter] = frozenset(
    {"complaint-decided", "complaint-withdrawn", "complaint-final"}
)
"""Those that say how a complaint ended."""


def evolve(state: State, event: FeedbackEvent) -> State:
    """The survey, or the feedback, after the event."""
    match event, state:
        case SurveyIssued(), Nothing():
            return Issued(
                ticket_id=event.ticket_id,
                survey_id=event.survey_id,
                subject_id=event.subject_id,
                account_id=event.account_id,
                number=event.number,
                closing=event.closing,
                email=event.email,
                language=event.language,
                zone=event.zone,
                answer_until=event.answer_until,
                remind_at=event.remind_at,
            )
        case SurveyAnswered(), Issued() | Answered():
            asked, until = (state.asked, state.change_until) if isinstance(state, Answered) else (state, None)
            until = until or event.change_until
            return Answered(asked=asked, rating=event.rating, comment=event.comment, change_until=until)
        case SurveyReminderDue(), Issued():
            return replace(state, remind_at=None)
        case SurveyOvertaken(), Issued():
            return replace(state, remind_at=None, overtaken=True)
        case FeedbackReceived(), Nothing():
            return _received(event)
        case SurveyDelivered(), Issued():
            return replace(state, delivered=True)
        case SurveyDelivered(), Answered():
            return replace(state, asked=replace(state.asked, delivered=True))
        case SurveyIssued() | SurveyAnswered() | SurveyDelivered() | FeedbackReceived(), _:
            return state
        case SurveyReminderDue() | SurveyOvertaken(), _:
            return state
        case _, Feedback():
            echoes = state.echoes + 1 if _is_echo(event) else 0
            return replace(_followed(_ended(state, event), event), echoes=echoes)
        case _:
            return state


def dated(state: State, at: datetime) -> State:
    """The state, whose latest event was recorded at that instant."""
    if not isinstance(state, Feedback):
        return survey.dated(state, at)
    state = deadlines.recorded(state, at)
    if state.question and state.question.at is None:
        state = replace(state, question=Question(at))
    return state if state.received_at else replace(state, received_at=at)


def _is_echo(event: Event) -> bool:
    """Whether it follows from a step within seconds: its deadline has an instant, or what it kept a verdict."""
    return isinstance(event, DeadlineScheduled) or (isinstance(event, PromiseJudged) and event.outcome != "broken")


def echoes(state: State) -> int:
    """How many of the latest events tell whoever read the stream before them nothing new."""
    return state.echoes if isinstance(state, Feedback) else 0


def alarms(state: State) -> tuple[Alarm, ...]:
    """The alarms that a stream wants."""
    return tuple(deadlines.alarms(state) if isinstance(state, Feedback) else survey.alarms(state))


def _received(event: FeedbackReceived) -> Feedback:
    state = Feedback(
        feedback_id=event.feedback_id,
        number=event.number,
        channel=event.channel,
        account_id=event.account_id,
        subject_id=event.subject_id,
        email=event.email,
        terms=event.terms,
        received_at=event.received_at,
        kind=event.proposed,
        language=event.language,
        zone=event.zone,
    )
    if event.email is None:
        return state
    days = event.terms.acknowledge_working_days
    due = deadlines.later(event.terms, event.received_at, working_days=days)
    return deadlines.promising(state, "acknowledgement", after=due)


def _ended(state: Feedback, event: Event) -> Feedback:
    """What a step ends, by its rule."""
    rule = BY_EVENT.get(type(event))
    if rule is None:
        return state
    state = deadlines.stopped(deadlines.cancelled(deadlines.kept(state, *rule.keeps), *rule.cancels), *rule.stops)
    overdue = tuple(one for one in state.overdue if one[0] not in (*rule.keeps, *rule.cancels))
    acknowledged = state.acknowledged or "acknowledgement" in rule.keeps
    urgent = state.urgent and "urgent" not in (*rule.keeps, *rule.cancels)
    return replace(state, stage=rule.next or state.stage, acknowledged=acknowledged, urgent=urgent, overdue=overdue)


def _followed(state: Feedback, event: Event) -> Feedback:
    """What the event says, and what it starts."""
    terms = state.terms
    match event:
        case FeedbackClassified():
            return _classified(state, event)
        case FeedbackAddedTo():
            return _added_to(state, event)
        case DeadlineScheduled():
            state = deadlines.scheduled(state, event)
            for at in event.remind_at:
                state = deadlines.timing(state, "reminder", at=at)
            return state
        case AcknowledgementReminded():
            return deadlines.rang(state, event.alarm)
        case PromiseJudged():
            return _judged(state, event)
        case ReviewOpened():
            week = deadlines.later(terms, event.since, days=terms.review_days)
            return deadlines.promising(replace(state, stage="review"), "update", after=week)
        case ReviewerNamed():
            return replace(state, reviewer=event.reviewer)
        case InformationAsked():
            return replace(state, question=Question())
        case UpdateGiven():
            state = replace(state, renewals=event.renewals, missed=0)
            return deadlines.promising(state, "update", at=event.next_at)
        case OutcomeGiven():
            untold = state.untold - {"complaint-outcome"}
            state = replace(state, question=None, renewals=0, missed=0, unmarked=frozenset(), untold=untold)
            return _silent(state)
        case LetterUndelivered(letter=letter, notification_id=notification_id):
            undelivered = state.undelivered | {notification_id}
            state = replace(state, undelivered=undelivered)
            if not _waits_for(state, letter):
                return state
            state = replace(state, untold=state.untold | {letter})
            return deadlines.stopped(state, "silence") if letter == "complaint-outcome" else state
        case CustomerTold(letters=letters):
            state = replace(state, untold=state.untold - {*letters})
            if state.question and "feedback-question" in letters:
                state = replace(state, question=Question())
            return _silent(state) if state.stage == "outcome" and "complaint-outcome" in letters else state
        case OutcomeAccepted(cause="customer"):
            return deadlines.stopped(replace(_knows_outcome(state), unmarked=frozenset()), "marking")
        case OutcomeAccepted():
            return _knows_outcome(state)
        case OutcomeDisputed():
            week = deadlines.later(terms, None, days=terms.review_days)
            return deadlines.promising(replace(_knows_outcome(state), unmarked=frozenset()), "update", after=week)
        case WordsMarked():
            return _marked(state, event.message_id)
        case WordsSplitOff():
            return _marked(replace(state, messages=state.messages - {event.message_id}), event.message_id)
        case ComplaintJoined():
            return replace(state, joined=state.joined | {event.other})
        case MadeUrgent(to=to) if not state.urgent:
            answer = deadlines.later(terms, None, support_time=terms.urgent)
            return deadlines.promising(replace(state, urgent=True, urgent_to=to), "urgent", after=answer)
        case MadeUrgent(to=to):
            return replace(state, urgent_to=to)
        case ComplaintDecided():
            return replace(state, question=None, untold=frozenset())
        case ComplaintWithdrawn():
            return replace(state, question=None, untold=frozenset(), unmarked=frozenset())
        case FeedbackAcknowledged(noted=True):
            return replace(state, untold=state.untold - {"feedback-received", "feedback-acknowledged"})
        case FeedbackAcknowledged() | _:
            return state


def _waits_for(state: Feedback, letter: CustomerLetter) -> bool:
    """Whether the customer still has to hear what a letter says that fails, perhaps late: not of a step that they have
    answered, nor of one before the end."""
    if state.stage in ("decided", "withdrawn"):
        return letter in LETTERS_AT_THE_END
    return letter != "complaint-outcome" or state.stage in ("outcome", "settled")


def _silent(state: Feedback) -> Feedback:
    """The customer has been told the outcome: from now on silence counts (P20)."""
    return deadlines.timing(state, "silence", after=deadlines.later(state.terms, None, days=state.terms.silence_days))


def _knows_outcome(state: Feedback) -> Feedback:
    """Whoever answers the outcome has heard of it, though its letter did not reach them."""
    return replace(state, untold=state.untold - {"complaint-outcome"})


def _classified(state: Feedback, event: FeedbackClassified) -> Feedback:
    state = replace(state, kind=event.kind, by_staff=event.cause == "staff")
    if event.kind == "complaint" or state.stage == "none":
        return state
    state = deadlines.cancelled(state, "update", "urgent")
    overdue = tuple(one for one in state.overdue if one[0] == "acknowledgement")
    return replace(state, stage="none", question=None, urgent=False, renewals=0, missed=0, overdue=overdue)


def _marked(state: Feedback, message_id: UUID) -> Feedback:
    """It is known what the message means."""
    unmarked = state.unmarked - {message_id}
    state = replace(state, unmarked=unmarked)
    return state if unmarked else deadlines.stopped(state, "marking")


def _added_to(state: Feedback, event: FeedbackAddedTo) -> Feedback:
    state = replace(state, messages=state.messages | {event.message_id})
    if event.answers:
        state = replace(state, question=None)
    if state.stage not in ("outcome", "settled"):
        return state
    state = replace(state, unmarked=state.unmarked | {event.message_id})
    if state.runs("marking") or event.machine or event.colleague:
        return state  # a person still looks at what a machine or a colleague says; but unmarked it is no dispute
    until = deadlines.later(state.terms, None, working_days=state.terms.marking_working_days)
    return deadlines.timing(state, "marking", after=until)


def _is_owed_still(state: Feedback, promise: PromiseName) -> bool:
    """Whether a person has yet to do what was promised. A missed update is promised anew."""
    match promise:
        case "acknowledgement":
            return not state.acknowledged
        case "urgent":
            return state.urgent
        case _:
            return False


def _judged(state: Feedback, event: PromiseJudged) -> Feedback:
    """A missed update is due again within a working day: it is never silently missed (P19)."""
    state = deadlines.judged(state, event.alarm)
    if event.outcome == "broken" and _is_owed_still(state, event.promise):
        state = replace(state, overdue=(*state.overdue, (event.promise, event.due_at)))
    if event.promise != "update" or event.outcome != "broken" or state.owes("update"):
        return state
    if state.stage not in ("review", "arbitration"):
        return state
    again = deadlines.later(state.terms, event.at, working_days=deadlines.PROMISE_AGAIN_WORKING_DAYS)
    return deadlines.promising(replace(state, missed=event.missed), "update", after=again)
