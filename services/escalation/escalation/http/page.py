"""The page behind the link in a call: it says what the call is about and who has it, and takes it on when asked to.

The link stands for whoever the mail was sent to: the role that was called acknowledges, and the address is written
down. Opening the page changes nothing, since mail scanners open it, too; its one button does.
"""

from functools import cache
from typing import Annotated
from uuid import uuid5

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from contracts.base import ERASED
from contracts.envelope import Fact
from contracts.escalations import ComplaintReason, EscalationRaised
from contracts.links import EscalationLink
from contracts.refusals import Refusal
from escalation.domain.commands import AcknowledgeEscalation
from escalation.domain.refusals import CallUnknown, NoOpenEscalation
from escalation.domain.rights import may_acknowledge
from escalation.http.standing import Standing, standing
from kit.http.auth import Caller
from kit.http.command_origin import CommandOrigin
from kit.http.desk import Desk, TheDesk
from kit.http.pages import shown, templates_of
from kit.http.problems import Trouble
from kit.log.request import ChangedMeanwhile
from kit.proof.words import brief_wall as wall
from kit.signed import links
from kit.signed.links import LinkTampered
from kit.store import ShardClosed, Unavailable

router = APIRouter(prefix="/a", tags=["acknowledgement page"])

TOKEN_CHARACTERS = 1_000
"""The longest token that is read."""
TRIES = 5
"""How often the page looks anew when something was recorded meanwhile."""
OWED = {"next-reply": "reply", "update": "update", "resolution": "resolution"}
"""What is late, by the name of a ticket's escalation; by any other the initial response."""
REASONS: dict[ComplaintReason, str] = {
    "review": "This complaint is to be reviewed.",
    "urgent": "The customer needs an urgent resolution, and wants to hear from a person at once.",
    "update-missed": "The customer got neither the outcome nor an update by the time promised for it.",
    "arbitration": "The customer does not accept the outcome of this complaint, and the CEO decides.",
}
ENDS = {
    "answered": "What was owed has been given.",
    "closed": "The matter is closed.",
    "retracted": "There was no breach: evidence from before the deadline has come.",
}
ROLES = {"engineer": "support engineer", "support-manager": "Support Manager", "vp": "VP", "ceo": "CEO"}


class PageLinks:
    """Reads the links that notifier signs. `secret`: the one in common."""

    def __init__(self, secret: str, vendor: str) -> None:
        self._secret, self.vendor = secret, vendor

    def call(self, token: str, desk: Desk) -> EscalationLink:
        """The call to which a token leads. Raises LinkTampered or LinkExpired."""
        if len(token) > TOKEN_CHARACTERS:
            raise LinkTampered("Open the link from the mail again, all of it.")
        return EscalationLink.of(links.read(self._secret, EscalationLink.purpose, token, now=desk.clock.now()))


async def _links(request: Request) -> PageLinks:
    common = request.app.state.process.common
    return PageLinks(common.survey_secret.get_secret_value(), common.vendor_name)


TheLinks = Annotated[PageLinks, Depends(_links)]


@router.get("/{token}", response_class=HTMLResponse)
async def look(token: str, desk: TheDesk, of: TheLinks) -> HTMLResponse:
    """What the call is about, and who has it. Opening the page changes nothing: mail scanners open it too."""
    try:
        link = of.call(token, desk)
        _, found = await _standing(desk, link)
        return _page(found, link, of.vendor, 200)
    except (Refusal, Trouble, Unavailable) as error:
        return _trouble(error, of.vendor)


@router.post("/{token}", response_class=HTMLResponse)
async def take_on(token: str, desk: TheDesk, of: TheLinks) -> HTMLResponse:
    """Acknowledge in the name of whoever was called, or show who was first, or how it ended (409)."""
    try:
        link = of.call(token, desk)
        found = await _acknowledged(desk, link)
        return _page(found, link, of.vendor, 409 if found.ended else 200, asked=True)
    except (Refusal, Trouble, Unavailable) as error:
        return _trouble(error, of.vendor)


async def _acknowledged(desk: Desk, link: EscalationLink) -> Standing:
    """How it stands once the link's holder has acknowledged, unless it is over or somebody has it. Raises a Refusal."""
    caller = Caller(subject=link.to, role=link.role, actor=link.to)
    for _ in range(TRIES):
        version, found = await _standing(desk, link)
        if not found.is_open:
            return found
        # Of an escalation that began anew meanwhile another call tells: so only if nothing was recorded since.
        origin = CommandOrigin(caller, uuid5(link.call, f"{version}/{link.to}"), b"", if_version=version)
        try:
            await desk.perform(origin, _stream(link), AcknowledgeEscalation(by=link.role))
        except (NoOpenEscalation, ChangedMeanwhile):
            continue
    raise Trouble(503, "unavailable", "Too much is happening to it at once.", "Please try again.")


async def _standing(desk: Desk, link: EscalationLink) -> tuple[int, Standing]:
    """The version of the escalation's stream, and how the climb of this call stands. Raises CallUnknown."""
    facts = await desk.facts(_stream(link))
    found = standing(facts, link.call)
    if found is None:
        if not await desk.whole():
            raise ShardClosed
        raise CallUnknown("Please try again shortly.")
    return facts[-1].version, found


def _stream(link: EscalationLink) -> str:
    return f"escalation-{link.ticket_id}-{link.escalation}"


def _page(found: Standing, link: EscalationLink, vendor: str, status: int, *, asked: bool = False) -> HTMLResponse:
    """The page. `asked`: the button was pressed, perhaps by somebody who comes second."""
    call = found.call.event
    is_ladder = isinstance(call, EscalationRaised)
    by = _who(found.acknowledged)
    about = {
        "Severity": str(call.severity) if is_ladder else "",
        "Promise broken": wall(call.breached_at) if is_ladder else "",
        "Since": "" if is_ladder else wall(call.since),
        "Called last": f"{ROLES[call.role]}, {wall(found.call.happened_at)}",
    }
    what = f"No {OWED.get(call.escalation, 'initial response')} within the time promised for it."
    written = (
        _templates()
        .get_template("call.html")
        .render(
            vendor=vendor,
            language="en",
            number=call.number or str(call.ticket_id),
            what=what if is_ladder else REASONS[call.reason],
            about=[(name, value) for name, value in about.items() if value],
            open=found.is_open and _may(link, found),
            wanted=found.is_open,
            by=by,
            at=wall(found.acknowledged.happened_at) if found.acknowledged else "",
            yours=by == link.to,
            second=asked and bool(by) and by != link.to,
            ended=ENDS[found.ended.event.cause] if found.ended else "",
            ended_at=wall(found.ended.happened_at) if found.ended else "",
            role=ROLES[link.role],
            to=link.to,
        )
    )
    return shown(written, status, "en")


def _may(link: EscalationLink, found: Standing) -> bool:
    try:
        may_acknowledge(link.role, None if isinstance(found.call.event, EscalationRaised) else found.call.event)
    except Refusal:
        return False
    return True


def _who(acknowledged: Fact | None) -> str:
    if acknowledged is None:
        return ""
    return "somebody" if acknowledged.meta.actor in ("", ERASED) else acknowledged.meta.actor


def _trouble(error: Refusal | Trouble | Unavailable, vendor: str) -> HTMLResponse:
    """The page for an error, with what to do instead."""
    match error:
        case Refusal():
            title, detail, status = error.title(), error.detail, error.status
        case Trouble(problem=problem) if problem.status < 500:
            title, detail, status = problem.title, problem.detail or "", problem.status
        case _:
            title, detail, status = "We can't take it on for you just now.", "Please try again shortly.", 503
    written = (
        _templates()
        .get_template("trouble.html")
        .render(vendor=vendor, language="en", title=title, detail="" if detail == title else detail)
    )
    return shown(written, status, "en")


@cache
def _templates() -> Environment:
    return templates_of("escalation")
