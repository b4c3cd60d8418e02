"""What page, API and portal share: a link or a caller leads to a survey, and an answer is recorded there."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from fastapi import Depends, Request

from contracts.addresses import same_address
from contracts.languages import DEFAULT
from contracts.links import ComplaintLink
from contracts.rfc3339 import write_instant
from contracts.texts import required_text
from feedback.domain.commands import AddWords, AnswerSurvey, HearMore, ReceiveFeedback
from feedback.domain.refusals import UnknownSurvey
from feedback.domain.state import Answered, Feedback, Issued
from feedback.domain.survey import COMMENT_CHARACTERS, open_until
from feedback.enrich import complaints_of
from feedback.http.context import Context
from feedback.links import read_complaint_link, read_survey_link
from feedback.react import feedback_stream, survey_stream
from kit.http.auth import Caller
from kit.http.command_origin import CommandOrigin
from kit.http.desk import Desk, Step
from kit.log.request import Done
from kit.signed.links import LinkExpired, LinkTampered
from kit.store import ShardClosed

ANSWER_IDS = UUID("6a0f4f0c-63f0-5c0e-8f43-0d9a5e7b2c11")
TOKEN_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What the requester says, or the link's holder. `complaint`: the words are one."""

    rating: int
    comment: str | None
    complaint: bool = False


class Links:
    """Reads survey links with the secret that notifier signs them with."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def survey(self, token: str, desk: Desk) -> Issued | Answered:
        """The survey to which a token leads; an expired one, too, if it was answered in time.

        Raises LinkTampered, LinkExpired, UnknownSurvey, or Unavailable while the log may be incomplete.
        """
        if len(token) > TOKEN_CHARACTERS:
            raise LinkTampered("Open the link from the mail again, all of it.")
        link, expires_at = read_survey_link(self._secret, token)
        state, _ = await desk.state(survey_stream(link.ticket_id, link.closing))
        known = isinstance(state, Issued | Answered) and state.survey_id == link.survey_id
        if desk.clock.now() >= expires_at and not (known and isinstance(state, Answered)):
            raise LinkExpired
        if not known:
            if not await desk.whole():
                raise ShardClosed
            raise UnknownSurvey
        assert isinstance(state, Issued | Answered)
        return state

    def complaint(self, token: str, desk: Desk) -> ComplaintLink:
        """The complaint to which a token leads. Raises LinkTampered or LinkExpired."""
        if len(token) > TOKEN_CHARACTERS:
            raise LinkTampered("Open the link from the mail again, all of it.")
        return read_complaint_link(self._secret, token, now=desk.clock.now())


async def _links(request: Request) -> Links:
    return Links(request.app.state.process.common.survey_secret.get_secret_value())


TheLinks = Annotated[Links, Depends(_links)]


def asked_of(state: Issued | Answered) -> Issued:
    """What the requester was asked."""
    return state.asked if isinstance(state, Answered) else state


async def asked_at(desk: Desk, asked: Issued) -> datetime:
    """When the survey was issued: when its ticket was closed, as far as feedback knows."""
    return (await desk.facts(survey_stream(asked.ticket_id, asked.closing)))[0].happened_at


def is_requester(caller: Caller, account_id: UUID, email: str | None) -> bool:
    """Whether the caller is the person of that address and account."""
    return caller.is_customer and caller.account == account_id and same_address(caller.email, email)


def origin_of_link(state: Issued | Answered, given: Answer, key: str | None) -> CommandOrigin:
    """The origin of an answer by the link's holder. `key`: the request's Idempotency-Key.

    Without a key each request counts: ratings 4, 2 and 4 again must end at 4. The same answer twice in a row changes
    nothing anyhow.
    """
    caller = Caller(subject=str(state.survey_id), role="requester", actor="holder of the survey link")
    command_id = uuid5(ANSWER_IDS, f"{state.survey_id}\n{key}") if key else uuid4()
    content = f"{given.rating}\n{given.complaint}\n{given.comment or ''}".encode(errors="replace")
    return CommandOrigin(caller, command_id, blake2b(content, digest_size=16).digest())


async def answer(desk: Desk, context: Context, origin: CommandOrigin, state: Issued | Answered, given: Answer) -> Done:
    """Record an answer; its words are feedback, too (P17). Raises a Refusal; Blank: of a complaint without words."""
    if given.complaint:
        required_text(given.comment or "", "comment")
    remembered: dict[str, Any] = {"survey_id": str(state.survey_id), "rating": given.rating}
    stream = survey_stream(state.ticket_id, asked_of(state).closing)
    command = AnswerSurvey(survey_id=state.survey_id, now=desk.clock.now(), rating=given.rating, comment=given.comment)
    words = await _words(desk, context, origin, state, given)
    if words and words.answer:
        remembered["feedback"] = words.answer["number"]
    # Also alone it is a step: a retry finds it by the same id, when its words are no news any more.
    answered = Step("answer", stream, command, remembered, _open_until)
    return (await desk.perform_together(origin, [answered, words] if words else [answered]))[0]


def _open_until(state: Any) -> dict[str, Any]:
    return {"open_until": write_instant(open_until(state))}


def _said(origin: CommandOrigin, words: str) -> AddWords:
    return AddWords(by="requester", complainant=True, message_id=origin.new_id("words"), channel="survey", text=words)


async def _words(
    desk: Desk, context: Context, origin: CommandOrigin, state: Issued | Answered, given: Answer
) -> Step | None:
    """What makes feedback of the answer's words; None: there are none, or none that are new."""
    words = (given.comment or "").strip()
    asked, before = (state.asked, state.comment) if isinstance(state, Answered) else (state, None)
    if not words or len(words) > COMMENT_CHARACTERS or (words == before and not given.complaint):
        return None
    feedback_id = uuid5(asked.survey_id, "words")
    stream = feedback_stream(feedback_id)
    known, _ = await desk.state(stream)
    if isinstance(known, Feedback):
        if words == before and known.stage != "none":
            return None
        heard = HearMore(words=_said(origin, words), complains=given.complaint)
        return Step("words", stream, heard, {"number": known.number})
    async with desk.store.transaction() as tx:
        theirs = await complaints_of(tx, desk.core, asked.ticket_id, asked.email)
    for complaint in (each for each in theirs if each.takes_in(complains=given.complaint)):
        if words == before:
            return None
        heard = HearMore(words=_said(origin, words))
        return Step("words", feedback_stream(complaint.feedback_id), heard, {"number": complaint.number})
    number = await context.numbers.next()
    received = ReceiveFeedback(
        by="requester",
        now=desk.clock.now(),
        feedback_id=feedback_id,
        number=number,
        channel="survey",
        account_id=asked.account_id,
        subject_id=asked.subject_id,
        text=words,
        terms=context.policies.terms,
        email=asked.email,
        proposed="complaint" if given.complaint else None,
        about=asked.ticket_id,
        about_number=asked.number,
        survey_id=asked.survey_id,
        language=asked.language or DEFAULT,
        zone=asked.zone,
    )
    return Step("words", stream, received, {"number": number})
