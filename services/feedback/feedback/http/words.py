"""Feedback as people read it: its history in words, its promises, and what is expected of whom."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.base import kind_of
from contracts.complaints import ReviewOpened
from contracts.envelope import Fact
from contracts.feedback import (
    Channel,
    FeedbackClassified,
    Kind,
    PromiseName,
)
from feedback.domain.expected import expected
from feedback.domain.state import Feedback, Stage
from feedback.words import shown, words_of


class Happening(BaseModel):
    """Something that happened: in words, with the texts that were written, by name."""

    at: datetime
    type: str = Field(examples=["complaint.update-given"])
    by: str = Field(description="Who did it; customers by a pseudonym", examples=["sam@vendor.example"])
    words: str = Field(examples=["The next word was promised for 2026-07-21T21:00:00Z."])
    texts: dict[str, str] = Field(description="What was written; `erased` once its writer was erased")
    message_id: UUID | None = None
    offers: str | None = Field(
        None, description="As what the words clearly read, for staff, who say what they mean", examples=["dispute"]
    )


class PromiseView(BaseModel):
    """A promise that was made. `outcome` is null while it is open."""

    promise: PromiseName
    due_at: datetime
    outcome: str | None = Field(examples=["kept"])
    judged_at: datetime | None


class ExpectedView(BaseModel):
    """Who is expected to do what, until when."""

    who: str = Field(description="A role, `staff` for any of them, or `customer`", examples=["support-manager"])
    what: str = Field(examples=["give the outcome or an update"])
    due_at: datetime | None


class Summary(BaseModel):
    """A piece of feedback in a list."""

    feedback_id: UUID
    number: str = Field(examples=["F-1000"])
    channel: Channel
    kind: Kind | None = Field(description="Null: nobody has said what it is")
    stage: Stage = Field(description="How far a complaint has come; `none`: it is no complaint")
    account_id: UUID | None
    about_number: str | None = Field(description="The ticket that it is about", examples=["P-1042"])
    received_at: datetime
    acknowledged_at: datetime | None
    urgent: bool = Field(description="It is urgent, and nobody has answered yet")
    renewals: int = Field(description="How often the promised time of the update that is owed was renewed")
    due_at: datetime | None = Field(description="What is due next")
    due_for: str | None = Field(examples=["acknowledgement"])
    ended_at: datetime | None


class Summaries(BaseModel):
    """Some of it, the latest first."""

    items: list[Summary]


class Whole(Summary):
    """A piece of feedback with all that was said and promised."""

    reviewer: str | None = Field(description="Who reviews the complaint; for staff")
    split_from: UUID | None = Field(description="The feedback from which it was split off")
    joined: list[UUID] = Field(description="Other complaints about the same matter, which share the review; for staff")
    unmarked: list[UUID] = Field(description="Messages after the outcome whose meaning the reviewer has to mark")
    untold: list[str] = Field(
        description="Letters that did not reach the customer, and that nobody has told them by another way since",
        examples=[["complaint-outcome"]],
    )
    expected: list[ExpectedView]
    promises: list[PromiseView]
    history: list[Happening]


def summary(row: Any) -> Summary:
    """A row of the read model, for a list."""
    return Summary(**{name: row[name] for name in Summary.model_fields})


def whole(row: Any, promises: Sequence[Any], state: Feedback, facts: Sequence[Fact], *, internal: bool) -> Whole:
    """All of it; `internal`: for staff."""
    told_why = _told_why(facts)
    return Whole(
        **summary(row).model_dump(),
        reviewer=state.reviewer if internal and state.stage != "none" else None,
        split_from=row["split_from"],
        joined=sorted(state.joined) if internal else [],
        unmarked=sorted(state.unmarked),
        untold=sorted(state.untold),
        expected=[ExpectedView(who=one.who, what=one.what, due_at=one.due_at) for one in expected(state)],
        promises=[PromiseView(**{name: one[name] for name in PromiseView.model_fields}) for one in promises],
        history=[_happening(fact, told_why, internal=internal) for fact in shown(facts, internal=internal)],
    )


def _told_why(facts: Sequence[Fact]) -> Collection[UUID]:
    """The facts whose reason a letter quotes to the customer: their complaint is none. Other reasons are for staff."""
    told, is_complaint = set[UUID](), False
    for fact in facts:
        match fact.event:
            case ReviewOpened():
                is_complaint = True
            case FeedbackClassified(kind=kind) if is_complaint and kind != "complaint":
                told.add(fact.event_id)
                is_complaint = False
    return told


def _happening(fact: Fact, told_why: Collection[UUID], *, internal: bool) -> Happening:
    event = fact.event
    hidden = {"email", "mail"} | (set() if internal or fact.event_id in told_why else {"reason"})
    texts = {name: text for name in kind_of(event).personal if (text := getattr(event, name)) is not None}
    return Happening(
        at=fact.happened_at,
        type=kind_of(event).name,
        by=fact.meta.actor,
        words=words_of(event),
        texts={name: text for name, text in texts.items() if name not in hidden},
        message_id=getattr(event, "message_id", None),
        offers=getattr(event, "offers", None) if internal else None,
    )
