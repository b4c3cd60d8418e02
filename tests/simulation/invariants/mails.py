"""What must be true of mails, out and in."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.simulation.ending import Ending
from tests.simulation.mail_server import NEXT_CALL, Taken, identity_of

from contracts.base import ERASED
from contracts.envelope import Fact
from contracts.escalations import EscalationScheduled
from contracts.names import ESCALATIONS, NOTIFICATIONS, SLA, TICKETS, category_of
from contracts.notifications import (
    LetterSuppressed,
    NotificationBounced,
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
    Requested,
    ThreadOvertaken,
)
from contracts.sla import ClockStarted
from contracts.tickets import TicketOpened
from notifier.domain.policy import DEFAULT
from notifier.render import render

TOLD = frozenset({"mail-undeliverable", "letter-undeliverable"})
"""What a person of the desk is told of mails that a customer didn't get."""
NUMBER = re.compile(r"\b[PF]-\d+\b")
HESITATION = 8.0
"""The loop's seconds that may pass between asking whether a mail is still true and the server's taking it."""


def _requested(ending: Ending) -> list[Fact]:
    return [fact for fact in ending.logs[NOTIFICATIONS] if isinstance(fact.event, Requested)]


def _identity(requested: Fact) -> str:
    return identity_of(requested.event)


def every_mail_has_one_outcome(ending: Ending) -> Iterable[str]:
    """Sent, failed or suppressed; and sent means that the server took it, or another mail that tells of it too."""
    outcomes: dict[object, list[str]] = defaultdict(list)
    sent: dict[object, str] = {}
    forgotten = ending.desk.server.forgotten
    for fact in ending.logs[NOTIFICATIONS]:
        if category_of(fact.stream) == "notification":
            outcomes[fact.event.notification_id].append(type(fact.event).__name__)
            if isinstance(fact.event, NotificationSent):
                sent[fact.event.notification_id] = fact.event.message_id
    rows = ending.world.stores["notifier"].tables.models.get("notifications", {})
    joined = {identity for (identity,), row in rows.items() if row.get("joined_with") not in (None, identity)}
    for fact in _requested(ending):
        every, copies = outcomes[fact.event.notification_id], ending.desk.server.of(_identity(fact))
        name = f"{fact.event.template} {fact.event.notification_id}"
        what = [one for one in every if one != NotificationBounced.__name__]
        carried = fact.event.notification_id in joined
        if len(every) - len(what) > 1 or (every != what and not copies and not carried):
            yield f"{name} has the outcomes {every}, and the server took it {len(copies)} times"
        match what:
            case [NotificationSent.__name__] | [NotificationFailed.__name__, NotificationSent.__name__]:
                took = ending.desk.server.of(sent[fact.event.notification_id])
                if not any(one in copies or fact.event.number.encode() in one.content for one in took):
                    yield f"{name} was sent, and the server never took it"
            case [NotificationFailed.__name__] | [NotificationSuppressed.__name__] | [LetterSuppressed.__name__]:
                if any(not one.in_doubt for one in copies) and _identity(fact) not in forgotten:
                    yield f"{name} is {what[0]}, and the server took it"
            case [] if every != what:
                continue  # it came back before anybody had recorded that it was sent
            case _:
                yield f"{name} has the outcomes {every}"
    known = {_identity(fact) for fact in _requested(ending)}
    strange = {one.identity for one in ending.desk.server.taken} - known - forgotten
    yield from (f"mail {identity} was sent, and nobody had requested it" for identity in sorted(strange))


def mails_go_out_once_and_in_order(ending: Ending) -> Iterable[str]:
    """Again only when its sender doesn't know that it was taken; and of a ticket to one person one after the other.

    An automatic reply over the limit waits, and what staff say doesn't wait for it.
    """
    rows = ending.world.stores["notifier"].tables.models.get("notifications", {})
    yield from ending.desk.server.found
    untitled = {_identity(fact) for fact in _requested(ending) if _is_untitled(ending, fact)}
    for before, after in ending.desk.server.changed:
        titled = after.identity not in untitled
        if len({ending.desk.server.words(one, subject=titled) for one in (before, after)}) > 1:
            yield f"{after.identity} is sent again with other words"
    first: dict[str, int] = {}
    for place, taken in enumerate(ending.desk.server.taken):
        first.setdefault(taken.identity, place)
    lanes: dict[tuple[object, object], list[str]] = defaultdict(list)
    undone = ending.desk.server.undone
    for fact in _requested(ending):
        identity, held = _identity(fact), rows[fact.event.notification_id,].get("held_in")
        if identity in first and fact.event.notification_id not in undone and not held:
            lanes[fact.event.ticket_id, fact.event.role or fact.event.subject_id].append(identity)
    for lane, identities in lanes.items():
        if identities != sorted(identities, key=lambda identity: first[identity]):
            yield f"the mails about ticket {lane[0]} to {lane[1]} went out in another order"


def _is_untitled(ending: Ending, requested: Fact) -> bool:
    """Whether the title of its ticket can't be read any more, for whoever opened it was erased."""
    opened = ending.of(TICKETS, requested.event.ticket_id, TicketOpened.__name__)
    return any(fact.event.subject_id in ending.desk.erasures.erased for fact in opened)


def nothing_untrue_goes_out(ending: Ending) -> Iterable[str]:
    """What was no longer true some seconds before the server took it had been asked about again."""
    gone: dict[object, datetime] = {}
    for fact in ending.logs[NOTIFICATIONS]:
        if isinstance(fact.event, ThreadOvertaken):
            gone |= {one: fact.recorded_at for one in fact.event.notifications if one not in gone}
    setting = ending.world.setting
    for fact in _requested(ending):
        if (since := gone.get(fact.event.notification_id)) is None:
            continue
        known = (since - setting.epoch).total_seconds() / setting.speed
        for one in ending.desk.server.of(_identity(fact)):
            if one.at - known > HESITATION:
                yield f"{fact.event.template} {fact.event.notification_id} went out {one.at - known:.1f} s too late"


def nobody_gets_too_many_automatic_replies(ending: Ending) -> Iterable[str]:
    """At most three mails an hour, those that say several among them."""
    rows = ending.world.stores["notifier"].tables.models.get("notifications", {})
    taken = {one.identity for one in ending.desk.server.taken}
    replies: dict[object, list[datetime]] = defaultdict(list)
    for fact in _requested(ending):
        if fact.event.automatic == "replied" and _identity(fact) in taken:
            at = rows[fact.event.notification_id,].get("admitted_at")
            if at or "notifier" not in ending.world.restores.services:  # such a database forgets it
                replies[fact.event.subject_id].append(at or fact.happened_at)
    for subject, instants in replies.items():
        for instant in instants:
            hour = sum(timedelta() <= instant - one < timedelta(hours=1) for one in instants)
            if hour > DEFAULT.replies_an_hour:
                yield f"{subject} got {hour} automatic replies within an hour"


def every_ticket_s_number_is_in_some_mail(ending: Ending) -> Iterable[str]:
    """P7: of each whose requester may be written to. Or a person of the desk was told that it was not sent."""
    facts = ending.logs[NOTIFICATIONS]
    told = {fact.event.cause for fact in _requested(ending) if fact.event.template in TOLD}
    suppressed = {
        fact.event.notification_id: fact.event.reason
        for fact in facts
        if isinstance(fact.event, NotificationSuppressed | LetterSuppressed)
    }
    named: dict[str, set[str]] = defaultdict(set)
    for one in ending.desk.server.taken:
        named[one.recipient] |= set(NUMBER.findall(one.content.decode()))
    for fact in _requested(ending):
        event = fact.event
        if event.template not in ("ticket-received", "feedback-received") or event.notification_id in told:
            continue
        if suppressed.get(event.notification_id) in ("erased", "machine", "no-address"):
            continue
        to_them = named.values() if event.email == ERASED else [named[event.email]]
        if not any(event.number in numbers for numbers in to_them):
            yield f"{event.number} of {event.subject_id} is in no mail"


def calls_say_when_the_next_one_is_called(ending: Ending) -> Iterable[str]:
    """At the instant that escalation says, or in its terms; those of the last rung say nothing."""
    known = {
        fact.event.set_by: fact.event.next_at
        for fact in ending.logs[ESCALATIONS]
        if isinstance(fact.event, EscalationScheduled)
    }
    for fact in _requested(ending):
        if fact.event.template != "escalation":
            continue
        about = dict(fact.event.about)
        may_say = {_line(about)}
        if "next_in" in about and fact.event.cause in known:
            may_say.add(_line(about | {"next_at": known[fact.event.cause].isoformat()}))
        for one in ending.desk.server.of(_identity(fact)):
            if (says := _next_call(one)) not in may_say:
                yield f"the call {fact.event.notification_id} says {says!r} and not one of {sorted(may_say)}"


def receipts_say_by_when_an_answer_is_promised(ending: Ending) -> Iterable[str]:
    """At the instant that sla-timer says, or without it; never at that of another request."""
    known = {
        fact.meta.cause.event_id: {"promise": fact.event.metric, "next_at": fact.event.due_at.isoformat()}
        | ({"unknown_calendar": fact.event.unknown_calendar} if fact.event.unknown_calendar else {})
        for fact in ending.logs[SLA]
        if isinstance(fact.event, ClockStarted) and fact.event.metric in ("response", "objective") and fact.meta.cause
    }
    for fact in _requested(ending):
        about = dict(fact.event.about or {})
        if "awaits" not in about:
            continue
        may_say = [_promise(fact, about)]
        if said := known.get(fact.event.cause):
            past = {"past": "true"} if datetime.fromisoformat(said["next_at"]) <= fact.happened_at else {}
            may_say.append(_promise(fact, about | said | past))
        for one in ending.desk.server.of(_identity(fact)):
            if not any(words in " ".join(str(one.mail.get_payload()).split()) for words in may_say):
                yield f"the receipt {fact.event.notification_id} says none of {may_say}: {one.mail.get_payload()!r}"


def _promise(fact: Fact, about: dict[str, str]) -> str:
    """The paragraph about the first answer, as a mail with these particulars has it."""
    of = fact.event
    text = render(of.template, number=of.number, desk="desk", about=about, language=of.language).text
    paragraph = text.split("\n\n")[1 if of.template == "ticket-received" else 0]
    return " ".join(paragraph.encode("ascii", "replace").decode().split())


def _next_call(taken: Taken) -> str:
    return next((line for line in str(taken.mail.get_payload()).splitlines() if line.startswith(NEXT_CALL)), "")


def _line(about: dict[str, str]) -> str:
    """What a letter with these particulars says of the next call."""
    lines = render("escalation", number="P-1", desk="desk", about=about).text.splitlines()
    return next((line for line in lines if line.startswith(NEXT_CALL)), "")
