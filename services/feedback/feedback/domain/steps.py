"""The steps of feedback and complaints, one table: who may take each and when, what it must say, what it ends.

What a step starts follows from its event, in `evolve`: the receipt starts the acknowledgement, a review its week, an
update the time that it promises, an outcome the silence, a dispute a week of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from contracts.base import BY_CLASS
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
    ReviewNoted,
    UpdateGiven,
    WordsMarked,
)
from contracts.feedback import (
    CustomerTold,
    FeedbackAcknowledged,
    FeedbackAddedTo,
    FeedbackClassified,
    PromiseName,
    WordsSplitOff,
)
from contracts.refusals import Refusal
from contracts.rights import Right
from contracts.roles import CUSTOMERS, EXECUTIVES, LEAD, STAFF, Role, Roles
from contracts.texts import BODY_BYTES, TooLong, required_text
from feedback.domain.commands import (
    AcceptOutcome,
    Acknowledge,
    AddWords,
    AskInformation,
    Classify,
    DecideComplaint,
    DisputeOutcome,
    GiveOutcome,
    GiveUpdate,
    JoinComplaint,
    MakeUrgent,
    MarkWords,
    NameReviewer,
    NoteReview,
    NoteTold,
    SplitOff,
    Step,
    WithdrawComplaint,
)
from feedback.domain.refusals import NotAComplaint, OnlyComplainant, OutOfOrder
from feedback.domain.state import Feedback, Stage, Timer

ALL_PROMISES: tuple[PromiseName, ...] = get_args(PromiseName)
ANY: frozenset[Stage] = frozenset(get_args(Stage))
CEO: Roles = frozenset({"ceo"})
COMPLAINANT: Roles = frozenset()
"""No role: only the person who complained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """A row of the table.

    `who`: the roles that may take the step; `complainant`: the person who complained may too; `noted_by`: the roles
    that may note it by a message in which that person says so. `stages`: when it may be taken, and `next`: the stage
    after it, if another. `says`: the fields that must have words. `event`: what is recorded; it keeps the promises
    `keeps`, cancels those of `cancels`, and stops the timers `stops`.
    """

    who: Roles
    stages: frozenset[Stage]
    event: type[Any]
    complainant: bool = False
    noted_by: Roles = frozenset()
    says: tuple[str, ...] = ()
    next: Stage | None = None
    keeps: tuple[PromiseName, ...] = ()
    cancels: tuple[PromiseName, ...] = ()
    stops: tuple[Timer, ...] = ()


def _stages(*names: Stage) -> frozenset[Stage]:
    return frozenset(names)


STEPS: Mapping[type[Step], StepRule] = {
    Classify: StepRule(
        who=STAFF,
        stages=_stages("none", "review"),
        says=("reason",),
        event=FeedbackClassified,
    ),
    Acknowledge: StepRule(
        who=STAFF,
        stages=_stages("none", "review", "outcome", "settled", "arbitration"),
        says=("text",),
        event=FeedbackAcknowledged,
        keeps=("acknowledgement", "urgent"),
        stops=("reminder",),
    ),
    AddWords: StepRule(
        who=STAFF,
        complainant=True,
        stages=ANY,
        says=("text",),
        event=FeedbackAddedTo,
    ),
    SplitOff: StepRule(who=STAFF, stages=ANY, says=("reason",), event=WordsSplitOff),
    JoinComplaint: StepRule(who=LEAD | EXECUTIVES, stages=_stages("review"), event=ComplaintJoined),
    AskInformation: StepRule(
        who=STAFF,
        stages=_stages("review", "arbitration"),
        says=("question",),
        event=InformationAsked,
        keeps=("acknowledgement", "urgent"),
        stops=("reminder",),
    ),
    NoteTold: StepRule(who=STAFF, stages=ANY, says=("text",), event=CustomerTold),
    NoteReview: StepRule(who=STAFF, stages=ANY - _stages("none"), says=("text",), event=ReviewNoted),
    NameReviewer: StepRule(who=CEO, stages=_stages("review"), says=("reason",), event=ReviewerNamed),
    GiveUpdate: StepRule(
        who=LEAD | EXECUTIVES,
        stages=_stages("review", "arbitration"),
        says=("delays", "needs"),
        event=UpdateGiven,
        keeps=("acknowledgement", "urgent", "update"),
        stops=("reminder",),
    ),
    GiveOutcome: StepRule(
        who=EXECUTIVES | LEAD,
        stages=_stages("review", "outcome", "settled"),
        says=("found",),
        event=OutcomeGiven,
        next="outcome",
        keeps=("acknowledgement", "urgent", "update"),
        stops=("reminder", "silence", "marking"),
    ),
    AcceptOutcome: StepRule(
        who=STAFF,
        complainant=True,
        stages=_stages("outcome"),
        event=OutcomeAccepted,
        next="settled",
        cancels=("urgent",),
        stops=("silence",),
    ),
    DisputeOutcome: StepRule(
        who=STAFF,
        complainant=True,
        stages=_stages("outcome", "settled"),
        event=OutcomeDisputed,
        next="arbitration",
        stops=("silence", "marking"),
    ),
    MarkWords: StepRule(
        who=EXECUTIVES | LEAD,
        stages=_stages("outcome", "settled"),
        event=WordsMarked,
    ),
    DecideComplaint: StepRule(
        who=CEO,
        stages=_stages("arbitration"),
        says=("decision",),
        event=ComplaintDecided,
        next="decided",
        keeps=ALL_PROMISES,
        stops=get_args(Timer),
    ),
    WithdrawComplaint: StepRule(
        who=COMPLAINANT,
        complainant=True,
        noted_by=STAFF,
        stages=_stages("review", "outcome", "settled", "arbitration"),
        event=ComplaintWithdrawn,
        next="withdrawn",
        cancels=ALL_PROMISES,
        stops=get_args(Timer),
    ),
    MakeUrgent: StepRule(
        who=CUSTOMERS | STAFF,
        stages=ANY - _stages("decided", "withdrawn"),
        says=("text",),
        event=MadeUrgent,
    ),
}

BY_EVENT: Mapping[type[Any], StepRule] = {rule.event: rule for rule in STEPS.values()}
"""The rule of the step that an event records, also if nobody took it: the deadline that passed did."""

STAGE_WORDS: Mapping[Stage, str] = {
    "none": "no complaint",
    "review": "under review",
    "outcome": "reviewed, with an outcome that the customer may accept or dispute",
    "arbitration": "with the CEO",
    "settled": "settled",
    "decided": "decided by the CEO, which is final",
    "withdrawn": "withdrawn",
}
"""A complaint is ..."""


def admit(command: Step, state: Feedback) -> None:
    """Whether the step may be taken now, by this person, with these words.

    Raises NotAllowed or OnlyComplainant, NotAComplaint or OutOfOrder, Blank or TooLong."""
    rule = STEPS[type(command)]
    _admit_person(command, rule, state)
    if state.stage not in rule.stages:
        raise _out_of_order(command.by, state.stage, rule)
    for name in rule.says:
        required_text(getattr(command, name), name)
    _admit_length(command, rule)


def _admit_length(command: Step, rule: StepRule) -> None:
    """Whether all texts of the step fit into its record together, those that may be left out too."""
    texts = {name: getattr(command, name, None) or "" for name in BY_CLASS[rule.event].personal}
    sizes = {name: len(text.encode("utf-8", "replace")) for name, text in texts.items()}
    if (total := sum(sizes.values())) > BODY_BYTES:
        longest = max(sizes, key=lambda name: sizes[name])
        raise TooLong(f"It has {total} bytes; at most {BODY_BYTES} are taken: shorten {longest}.", field=longest)


def _admit_person(command: Step, rule: StepRule, state: Feedback) -> None:
    if rule.complainant and getattr(command, "complainant", False):
        return
    if command.by in rule.noted_by and getattr(command, "message_id", None) in state.messages:
        return
    if command.by in rule.noted_by:
        raise OnlyComplainant(
            f"Ask them to; or name the message of theirs that says so, as message_id. {_allowed(rule)}"
        )
    if rule.complainant and (command.by in CUSTOMERS or rule.who == COMPLAINANT):
        raise OnlyComplainant(f"Ask them to; or let staff note what they said. {_allowed(rule)}")
    Right(rule.who, f"Your role is {command.by}. {_allowed(rule)}").demand(command.by)


def _out_of_order(by: Role, stage: Stage, rule: StepRule) -> Refusal:
    if stage == "none":
        fix = "If it is to be one, tell us so." if by in CUSTOMERS else "Set its kind to complaint first."
        return NotAComplaint(f"{fix} {_allowed(rule)}")
    return OutOfOrder(f"It is {STAGE_WORDS[stage]}. {_allowed(rule)}")


def _allowed(rule: StepRule) -> str:
    """Who may take the step, and when."""
    stages = [STAGE_WORDS[each] for each in get_args(Stage) if each in rule.stages]
    when = "at any time" if rule.stages == ANY else f"while it is {'; or '.join(stages)}"
    return f"This can be done by {_persons(rule)}, {when}."


def _persons(rule: StepRule) -> str:
    persons = [*sorted(rule.who), *(["the complainant"] if rule.complainant else [])]
    persons += [f"{role} who names a message of the complainant's that says so" for role in sorted(rule.noted_by)]
    return " or ".join([", ".join(persons[:-1]), persons[-1]] if len(persons) > 1 else persons)
