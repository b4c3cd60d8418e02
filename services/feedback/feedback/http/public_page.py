"""The page on which anybody says what they think of the support: no account, no link, no script, one form (P17).

Nobody who writes here is known: a name or an address that is typed in proves nothing. So what is said belongs to no
account, and the number of a ticket is kept as it was said, without being looked up: the page tells nobody which tickets
there are.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, get_args
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from contracts.addresses import is_address
from contracts.feedback import Kind
from contracts.refusals import Refusal
from contracts.texts import is_blank
from feedback.domain.commands import ReceiveFeedback
from feedback.domain.state import Feedback
from feedback.http.allowance import Allowance
from feedback.http.context import Context, TheContext
from feedback.http.html import NO_WORDS, SHORTEN, page, trouble
from feedback.http.languages import Reader, TheReader
from feedback.react import feedback_stream
from feedback.settings import Settings
from kit.http.auth import Caller
from kit.http.command_origin import CommandOrigin
from kit.http.desk import Desk, TheDesk
from kit.http.pages import FormTooLong, fields
from kit.http.problems import Trouble
from kit.store import Unavailable

router = APIRouter(prefix="/f", tags=["feedback page"])

FORM_BYTES = 128 * 1024
"""The largest form that is read."""
TEXT_CHARACTERS = 10_000
"""The longest text."""
EMAIL_CHARACTERS = 320
"""The longest mail address."""
LETTERS_PER_HOUR = 6
"""Messages in an hour whose receipt goes to the same address: somebody else's address must not be flooded either."""
NO_KIND = "Please choose one of the kinds."
NO_ADDRESS = "This is no mail address. Please correct it, or leave it out."
NO_NUMBER = "A ticket's number is like P-1042. Please correct it, or leave it out."
TRAPPED = "Please leave the last field empty: it is not for people."
FLOODED = "We got a lot from you. Please send it again in %(minutes)s minutes."
SENT_BEFORE = "You have sent this form before, with other words. Send it to tell us these, too."
FAULTS = (NO_WORDS, NO_KIND, NO_ADDRESS, NO_NUMBER, TRAPPED, FLOODED, SENT_BEFORE)
"""What may be wrong with a form, beside its length."""
FORM_IDS = UUID("0f7a4c4e-5d0f-5f0b-9b6e-5f4f3e0b7c22")

_TICKET = re.compile(r"P-[1-9]\d{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody filled in. `form`: the id of the form, by which a second click is known. `trap`: nobody sees it."""

    form: UUID
    text: str = ""
    kind: str = ""
    email: str = ""
    ticket: str = ""
    trap: str = ""

    @property
    def fault(self) -> str | None:
        """What is wrong with it; None: nothing."""
        if is_blank(self.text):
            return NO_WORDS
        if len(self.text) > TEXT_CHARACTERS:
            return SHORTEN
        if self.kind not in ("", *get_args(Kind)):
            return NO_KIND
        if self.email and (len(self.email) > EMAIL_CHARACTERS or not is_address(self.email)):
            return NO_ADDRESS
        if self.ticket and not _TICKET.fullmatch(self.ticket):
            return NO_NUMBER
        return TRAPPED if self.trap else None

    @property
    def content(self) -> bytes:
        """All of it that is recorded."""
        return "\n".join((self.text, self.kind, self.email, self.ticket)).encode(errors="replace")


class Flood:
    """What this process still takes by the page: from one network address, and for one mail address."""

    def __init__(self, per_hour: int) -> None:
        self._clients, self._letters = Allowance(per_hour), Allowance(LETTERS_PER_HOUR)

    def take(self, client: str, email: str, now: datetime) -> datetime | None:
        """Take one more: None. Otherwise when to try again."""
        again = self._clients.take(client, now)
        if again or not email:
            return again
        return self._letters.take(blake2b(email.lower().encode(errors="replace"), digest_size=16).hexdigest(), now)


async def _flood(request: Request) -> Flood:
    state = request.app.state
    if not hasattr(state, "flood"):
        own: Settings = state.process.own
        state.flood = Flood(own.page_per_hour)
    flood: Flood = state.flood
    return flood


TheFlood = Annotated[Flood, Depends(_flood)]


@router.get("", response_class=HTMLResponse)
async def ask(reader: TheReader) -> HTMLResponse:
    """The empty form. Opening it changes nothing."""
    return _form(Said(form=uuid4()), reader)


@router.post("", response_class=HTMLResponse)
async def take(
    request: Request, desk: TheDesk, context: TheContext, flood: TheFlood, reader: TheReader
) -> HTMLResponse:
    """Record what was said and give its number, or show the form again with what is wrong."""
    said = Said(form=uuid4())
    try:
        said = await _said(request)
        if said.fault:
            return _form(said, reader, fault=said.fault)
        if again := flood.take(request.client.host if request.client else "", said.email, desk.clock.now()):
            minutes = max(1, -((desk.clock.now() - again).total_seconds() // 60))
            return _form(said, reader, fault=FLOODED, minutes=f"{minutes:.0f}", status=429)
        return await _thanks(said, desk, context, await _record(said, desk, context, reader), reader)
    except FormTooLong:
        return _form(said, reader, fault=SHORTEN)
    except Trouble as error:
        if error.problem.type.endswith("/key-reused"):
            fresh = Said(form=uuid4(), text=said.text, kind=said.kind, email=said.email, ticket=said.ticket)
            return _form(fresh, reader, fault=SENT_BEFORE)
        return trouble(error, reader, by_mail=False)
    except (Refusal, Unavailable) as error:
        return trouble(error, reader, by_mail=False)


async def _said(request: Request) -> Said:
    """What is in the form. Raises FormTooLong, or Trouble for what is no form."""
    given = await fields(request, FORM_BYTES)

    def one(name: str) -> str:
        return given.get(name, [""])[0].replace("\r\n", "\n").strip()

    return Said(
        form=_id(one("form")) or uuid4(),
        text=one("text"),
        kind=one("kind"),
        email=one("email"),
        ticket=one("ticket").upper(),
        trap=one("website"),
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _record(said: Said, desk: Desk, context: Context, reader: Reader) -> UUID:
    """Record it, once for each form. Raises Trouble or Refusal."""
    command_id = uuid5(FORM_IDS, str(said.form))
    caller = Caller(subject="", role="requester", actor="somebody on the page")
    origin = CommandOrigin(caller, command_id, blake2b(said.content, digest_size=16).digest())
    feedback_id, number = origin.new_id("feedback"), await context.numbers.next()
    command = ReceiveFeedback(
        by="requester",
        now=desk.clock.now(),
        feedback_id=feedback_id,
        number=number,
        channel="page",
        account_id=None,
        subject_id=feedback_id,
        text=said.text,
        terms=context.policies.terms,
        email=said.email or None,
        proposed=next((kind for kind in get_args(Kind) if kind == said.kind), None),
        about_number=said.ticket or None,
        language=reader.language,
    )
    answer = {"feedback_id": str(feedback_id), "number": number}
    await desk.perform(origin, feedback_stream(feedback_id), command, answer, creates=True)
    return feedback_id


async def _thanks(said: Said, desk: Desk, context: Context, feedback_id: UUID, reader: Reader) -> HTMLResponse:
    """Its number, and until when a person answers; None: nothing is owed to whoever left no address."""
    state, _ = await desk.state(feedback_stream(feedback_id))
    assert isinstance(state, Feedback)
    calendar, until = context.policies.calendar(state.terms), None
    if said.email and calendar and state.received_at:
        due_at = calendar.working_days_after(state.received_at, state.terms.acknowledge_working_days)
        until = reader.at(due_at.replace(second=0, microsecond=0))
    return page(
        "received.html",
        200,
        reader,
        number=state.number,
        email=bool(said.email),
        complaint=state.stage != "none",
        until=until,
        days=state.terms.acknowledge_working_days,
    )


def _form(said: Said, reader: Reader, *, fault: str = "", minutes: str = "", status: int = 422) -> HTMLResponse:
    return page(
        "say.html",
        status if fault else 200,
        reader,
        said=said,
        text=said.text[:TEXT_CHARACTERS],
        email=said.email[:EMAIL_CHARACTERS],
        ticket=said.ticket[:40],
        fault=reader.say(fault, most=TEXT_CHARACTERS, minutes=minutes),
        longest=TEXT_CHARACTERS,
        longest_email=EMAIL_CHARACTERS,
    )
