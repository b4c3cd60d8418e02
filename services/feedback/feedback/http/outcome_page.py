"""The page behind the link in the letter with a complaint's outcome: accept it, or don't."""

from collections.abc import Mapping
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.base import ERASED
from contracts.complaints import ComplaintDecided, OutcomeAccepted, OutcomeDisputed, OutcomeGiven
from contracts.links import ComplaintLink
from contracts.refusals import Refusal
from contracts.texts import is_blank
from feedback.domain.commands import AcceptOutcome, AddWords, DisputeOutcome, Step
from feedback.domain.refusals import FeedbackUnknown, OutOfOrder
from feedback.domain.state import Feedback, Stage
from feedback.http.answering import TheLinks
from feedback.http.html import SHORTEN, page, trouble
from feedback.http.languages import Reader, TheReader
from feedback.react import feedback_stream
from kit.decider import folded
from kit.http.auth import Caller
from kit.http.command_origin import CommandOrigin
from kit.http.desk import Desk, TheDesk
from kit.http.pages import FormTooLong, fields
from kit.http.problems import Trouble
from kit.store import Unavailable

router = APIRouter(prefix="/c", tags=["complaint pages"])

FORM_BYTES = 128 * 1024
"""The largest form that is read."""
WORDS_CHARACTERS = 10_000
"""The longest answer."""
STAGES: Mapping[Stage, str] = {
    "none": "This is no complaint.",
    "review": "We are reviewing it.",
    "outcome": "We have reviewed it. This is the outcome:",
    "arbitration": "Our CEO hears it and will decide.",
    "settled": "It is settled.",
    "decided": "Our CEO has decided on it, and the decision is final.",
    "withdrawn": "It is withdrawn.",
}
"""How the complaint stands, for whoever complained."""
LABELS = {
    "found": "What we found",
    "resolution": "How we resolve it",
    "measures": "What we do so that it does not happen again",
    "decision": "The decision",
}
"""What the outcome says, by the field of OutcomeGiven; or the decision that replaces it."""
NOT_TAKEN = "Your answer could not be taken any more: the complaint is no longer at that step."
KEPT = "We have kept what you wrote, and somebody will read it."
STANDS: Mapping[str, Stage] = {"accept": "settled", "dispute": "arbitration"}
"""Where each answer leads: sent twice, it stands."""
ANSWERS: Mapping[str, type[AcceptOutcome | DisputeOutcome]] = {"accept": AcceptOutcome, "dispute": DisputeOutcome}
RECORDS: Mapping[str, type[OutcomeAccepted | OutcomeDisputed]] = {
    "accept": OutcomeAccepted,
    "dispute": OutcomeDisputed,
}
"""As what each answer is on record."""


@router.get("/{token}", response_class=HTMLResponse)
async def ask(token: str, desk: TheDesk, links: TheLinks, reader: TheReader) -> HTMLResponse:
    """The outcome, and how it stands. Opening the page changes nothing: mail scanners open it too."""
    try:
        return await _shown(desk, links.complaint(token, desk), reader)
    except (Refusal, Trouble, Unavailable) as error:
        return trouble(error, reader)


@router.post("/{token}", response_class=HTMLResponse)
async def take(token: str, request: Request, desk: TheDesk, links: TheLinks, reader: TheReader) -> HTMLResponse:
    """Record the answer, or show how the complaint stands if there is nothing to answer."""
    try:
        return await _taken(request, desk, links.complaint(token, desk), reader)
    except (Refusal, Trouble, Unavailable) as error:
        return trouble(error, reader)


async def _taken(request: Request, desk: Desk, link: ComplaintLink, reader: Reader) -> HTMLResponse:
    """The page after the answer. Raises Refusal, Unavailable, or Trouble for what is no form."""
    try:
        given = await fields(request, FORM_BYTES)
    except FormTooLong:
        return await _shown(desk, link, reader, fault=SHORTEN)
    answer = given.get("answer", [""])[0]
    words = given.get("words", [""])[0].replace("\r\n", "\n").strip()
    if len(words) > WORDS_CHARACTERS:
        return await _shown(desk, link, reader, words=words[:WORDS_CHARACTERS], fault=SHORTEN)
    if answer not in ANSWERS:
        return await _shown(desk, link, reader, words=words, fault="Please choose one.")
    try:
        step = ANSWERS[answer](by="requester", complainant=True, text=words or None)
        await _perform(desk, link, step, uuid4())
    except OutOfOrder:
        kept = await _kept(desk, link, words, answer)
        return await _shown(desk, link, reader, kept=kept, answer=answer)
    return await _shown(desk, link, reader)


async def _kept(desk: Desk, link: ComplaintLink, words: str, answer: str) -> bool:
    """Keep the words of somebody who can't accept or dispute any more, once if the form is sent twice; False: there are
    none, or they were said with the answer that stands."""
    if is_blank(words):
        return False
    for fact in await desk.facts(feedback_stream(link.feedback_id)):
        if isinstance(fact.event, RECORDS[answer]) and fact.event.text == words:
            return False
    message_id = uuid5(link.feedback_id, f"{answer}\n{words}")
    added = AddWords(by="requester", complainant=True, message_id=message_id, channel="page", text=words)
    await _perform(desk, link, added, message_id)
    return True


async def _perform(desk: Desk, link: ComplaintLink, step: Step, command_id: UUID) -> None:
    """Take a step in the name of whoever holds the link. Raises a Refusal."""
    caller = Caller(subject=str(link.feedback_id), role="requester", actor="holder of the complaint link")
    await desk.perform(CommandOrigin(caller, command_id, b""), feedback_stream(link.feedback_id), step)


async def _shown(
    desk: Desk,
    link: ComplaintLink,
    reader: Reader,
    *,
    words: str = "",
    fault: str = "",
    kept: bool = False,
    answer: str = "",
) -> HTMLResponse:
    """The page as the complaint stands, in the language of whoever complained. `kept`: whether the words were kept;
    `answer`: what could not be taken, unless it stands already. Raises FeedbackUnknown."""
    stream = feedback_stream(link.feedback_id)
    facts = await desk.facts(stream)
    state = folded(desk.core.decider, facts)
    if not isinstance(state, Feedback):
        raise FeedbackUnknown("Please try again shortly.")
    reader = reader.of(state.language, state.zone)
    given = [fact.event for fact in facts if isinstance(fact.event, OutcomeGiven | ComplaintDecided)]
    said = given[-1] if given else None
    texts = [
        (label, text) for name, label in LABELS.items() if (text := getattr(said, name, None)) not in (None, ERASED)
    ]
    too_late = bool(answer) and STANDS[answer] != state.stage
    return page(
        "outcome.html",
        422 if fault else 409 if too_late else 200,
        reader,
        number=state.number,
        open=state.stage in ("outcome", "settled"),
        settled=state.stage == "settled",
        stage=STAGES[state.stage],
        texts=texts,
        words=words,
        notes=[note for note, holds in ((NOT_TAKEN, too_late), (KEPT, kept)) if holds],
        fault=reader.say(fault, most=WORDS_CHARACTERS),
        longest=WORDS_CHARACTERS,
    )
