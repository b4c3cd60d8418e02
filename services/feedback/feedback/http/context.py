"""What the routes about feedback share: numbers, who may see which feedback, and the next step taken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Request
from fastapi.responses import JSONResponse

from contracts.addresses import same_address
from contracts.envelope import Fact
from contracts.feedback import FeedbackAddedTo, Terms
from contracts.rights import READ_WORDS
from feedback import queries
from feedback.domain.commands import GiveOutcome, GiveUpdate, NameReviewer, Step
from feedback.domain.policy import Policies
from feedback.domain.refusals import FeedbackUnknown, UnknownMessage
from feedback.domain.state import Feedback
from feedback.numbers import FEEDBACK_NUMBERS
from feedback.react import feedback_stream
from kit.decider import folded
from kit.http.auth import Caller
from kit.http.command_origin import CommandOrigin, Origin, Who
from kit.http.desk import Desk, TheDesk, receipt
from kit.http.desk import Step as Together
from kit.log.numbers import Numbers
from kit.process.process import Process

_NUMBER = re.compile(r"F-[1-9]\d{0,18}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Context:
    """What only these routes need, beside kit's Desk."""

    numbers: Numbers
    process: Process

    @property
    def policies(self) -> Policies:
        """The policies, as far as this process has heard."""
        known: Policies = self.process.book.current
        return known

    def terms_at(self, received_at: datetime | None) -> Terms:
        """The deadlines for what was received then; None: now."""
        book = self.process.book
        return self.policies.in_shard(book.in_force_at(received_at)).terms if received_at else self.policies.terms


async def _context(request: Request) -> Context:
    state = request.app.state
    if not hasattr(state, "feedback"):
        process: Process = state.process
        state.feedback = Context(Numbers(process.store, FEEDBACK_NUMBERS), process)
    context: Context = state.feedback
    return context


TheContext = Annotated[Context, Depends(_context)]


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of feedback that the caller may see, as its stream says."""

    feedback_id: UUID
    caller: Caller
    state: Feedback
    version: int
    facts: Sequence[Fact]

    @property
    def stream(self) -> str:
        """Its stream."""
        return feedback_stream(self.feedback_id)

    @property
    def complainant(self) -> bool:
        """Whether the caller is the person who said it."""
        return self.caller.is_customer and same_address(self.caller.email, self.state.email)

    def message(self, message_id: UUID) -> Fact:
        """What the customer said later, by its id. Raises UnknownMessage."""
        for fact in self.facts:
            if isinstance(fact.event, FeedbackAddedTo) and fact.event.message_id == message_id:
                return fact
        raise UnknownMessage("Look at the history: each of the customer's messages has its id.", field="message_id")


async def find(desk: Desk, identity: str, caller: Caller) -> Found:
    """The feedback of that id or number. Raises FeedbackUnknown, also to a customer of another account."""
    READ_WORDS.demand(caller.role)
    feedback_id = await _identified(desk, identity)
    facts = await desk.facts(feedback_stream(feedback_id))
    state = folded(desk.core.decider, facts)
    if not isinstance(state, Feedback) or (caller.is_customer and state.account_id != caller.account):
        raise FeedbackUnknown("Look at the number again: it is like F-1000.")
    return Found(feedback_id, caller, state, facts[-1].version, facts)


async def _identified(desk: Desk, identity: str) -> UUID:
    if _NUMBER.fullmatch(identity):
        for row in await desk.store.query(queries.BY_NUMBER, identity.upper()):
            found: UUID = row["feedback_id"]
            return found
        raise FeedbackUnknown("Look at the number again: it is like F-1000.")
    try:
        return UUID(identity)
    except ValueError:
        raise FeedbackUnknown("Name it by its number, F-1000, or its id.") from None


Identity = Annotated[str, Path(description="Its number or its id", examples=["F-1000"], max_length=40)]


async def _found(id: Identity, desk: TheDesk, who: Who) -> Found:
    return await find(desk, id, who)


TheFeedback = Annotated[Found, Depends(_found)]


JOINT: frozenset[type[Step]] = frozenset({GiveUpdate, GiveOutcome, NameReviewer})
"""What is done once for all complaints that are reviewed together."""


async def reviewed_with(desk: Desk, found: Found) -> list[Feedback]:
    """The other complaints that share its review and are still reviewed by the same person."""
    known: dict[UUID, Feedback] = {found.feedback_id: found.state}
    waiting = sorted(found.state.joined)
    while waiting:
        feedback_id = waiting.pop()
        state, _ = await desk.state(feedback_stream(feedback_id))
        if isinstance(state, Feedback) and feedback_id not in known:
            known[feedback_id] = state
            waiting += sorted(state.joined)
    reviewer = found.state.reviewer
    others = [state for feedback_id, state in known.items() if feedback_id != found.feedback_id]
    return [state for state in others if (state.stage, state.reviewer) == ("review", reviewer)]


class _Acting:
    """Takes steps in the name of the caller."""

    def __init__(self, origin: CommandOrigin, found: Found, desk: Desk, context: Context) -> None:
        self.origin, self.found, self._desk, self.context = origin, found, desk, context

    async def take(self, step: type[Step], answer: dict[str, Any] | None = None, /, **particulars: Any) -> JSONResponse:
        """Take a step; one that is said to all who share the review is taken for each. Raises a Refusal, or Trouble."""
        command = step(by=self.origin.caller.role, **particulars)
        known = {"feedback_id": str(self.found.feedback_id), "number": self.found.state.number} | (answer or {})
        of_each = [Together("step", self.found.stream, command, known, situation_of)]
        if step in JOINT and self.found.state.stage == "review":
            others = await reviewed_with(self._desk, self.found)
            of_each += [Together(each.number, feedback_stream(each.feedback_id), command) for each in others]
            known["also"] = [each.number for each in others]
        return receipt((await self._desk.perform_together(self.origin, of_each))[0])


def situation_of(state: Any) -> dict[str, Any]:
    """What every answer to a step says: the kind, and how far the complaint has come."""
    return {"kind": state.kind, "stage": state.stage, "acknowledged": state.acknowledged}


async def _acting(origin: Origin, found: TheFeedback, desk: TheDesk, context: TheContext) -> _Acting:
    return _Acting(origin, found, desk, context)


Acting = Annotated[_Acting, Depends(_acting)]
