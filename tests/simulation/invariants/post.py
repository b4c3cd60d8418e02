"""What must be true of mails that came in."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from tests.simulation.ending import Ending
from tests.simulation.equals.mailroom import waits_for_a_person
from tests.simulation.information import waits_for

from contracts.names import NOTIFICATIONS, TICKETS
from contracts.notifications import LetterRequested
from contracts.tickets import (
    DeliveryNoticeReceived,
    FeedbackMailReceived,
    MessagePosted,
    TicketOpened,
    WaitingMailsNoted,
)
from intake.mail import FEEDBACK_TARGETS

STATES = {
    "opens": "performed",
    "belongs": "performed",
    "feedback": "performed",
    "ignored": "ignored",
    "unmatched": "unmatched",
    "bounces": "performed",
}
MAILED = TicketOpened | MessagePosted | FeedbackMailReceived | DeliveryNoticeReceived
TARGETS = {"opens": "ticket", "belongs": "message", "bounces": "delivery"}


def _kept(ending: Ending) -> dict[str, dict[str, Any]]:
    rows = ending.world.stores["intake"].tables.models.get("mails", {}).values()
    return {row["key"]: row for row in rows}


def mails_are_kept_and_do_what_they_ask(ending: Ending) -> Iterable[str]:
    """Whoever was told that we have it can rely on it; and it did what it should, on the ticket that it is about."""
    kept = _kept(ending)
    for mail in ending.desk.door.posted:
        name = f"mail {mail.key} from {mail.sender}"
        row = kept.get(mail.key)
        if row is None:
            if mail.stored and (mail.key,) not in ending.world.restores.gone["mails"]:
                yield f"{name} was stored, and isn't there"
            continue
        if row["state"] == "discarded" and (
            row["sealed_for"] in ending.desk.erasures.erased or mail.fate in ("unmatched", "ignored")
        ):
            continue
        if mail.key in ending.orphans:
            continue
        if mail.fate == "feedback" and row["state"] == "performed" and row["target"] in FEEDBACK_TARGETS:
            continue  # where it belongs, the feedback knows
        found = (row["state"], row["target"], row["ticket_id"])
        if found != (STATES[mail.fate], TARGETS.get(mail.fate), mail.ticket):
            yield f"{name} {mail.fate} {mail.ticket}, and it is {found}, reason {row['reason']!r}"


def mails_are_performed_once_and_in_order(ending: Ending) -> Iterable[str]:
    """A mail has one effect, and those on a ticket or feedback have theirs in the order in which they were stored.

    One whose row was lost with the database, and which was brought again, may have had its effect long before.
    """
    facts = [fact for fact in ending.logs[TICKETS] if isinstance(fact.event, MAILED)]
    times = Counter(fact.event.mail for fact in facts if fact.event.mail)
    kept = _kept(ending)
    for key, row in kept.items():
        if key not in ending.orphans and times[key] != (row["state"] == "performed"):
            yield f"mail {key} is {row['state']}, and {times[key]} events are its effect"
    gone = {key for (key,) in ending.world.restores.gone["mails"]}
    yield from (f"mail {key} was never stored, and has an effect" for key in times.keys() - kept.keys() - gone)
    orders: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        if fact.event.mail in kept.keys() - gone:
            orders[fact.stream].append(kept[fact.event.mail]["ordinal"])
    for stream, order in orders.items():
        if order != sorted(order):
            yield f"the mails on {stream} came in the order {order}"


def whoever_wrote_is_heard(ending: Ending) -> Iterable[str]:
    """Each mail that is kept had its effect, or surely asks for nothing, or a person of the desk was told of it."""
    said = {fact.event.cause for fact in ending.logs[NOTIFICATIONS] if isinstance(fact.event, LetterRequested)}
    notices = [fact for fact in ending.logs[TICKETS] if isinstance(fact.event, WaitingMailsNoted)]
    told = [fact.happened_at for fact in notices if fact.event_id in said]
    for row in _kept(ending).values():
        if (waits_for_a_person(row) or row["state"] == "discarded") and not any(
            at >= row["received_at"] for at in told
        ):
            yield f"mail {row['key']} is {row['state']}, reason {row['reason']!r}, and nobody was told"


def what_is_filled_in_is_heard(ending: Ending) -> Iterable[str]:
    """Whoever filled in our form, wherever it stood in the mail, isn't waited for because of these lines (P8)."""
    for mail in ending.desk.door.posted:
        facts = ending.of(TICKETS, mail.ticket) if mail.ticket and mail.fills_in else []
        posted = [fact for fact in facts if isinstance(fact.event, MessagePosted) and fact.event.mail == mail.key]
        for cause in {fact.meta.cause for fact in posted}:
            last = max(n for n, fact in enumerate(facts) if fact.meta.cause == cause)
            if lacking := waits_for(facts[: last + 1]).missing & mail.fills_in:
                yield f"mail {mail.key} fills in {sorted(mail.fills_in)}, and ticket {mail.ticket} lacks {lacking}"


def every_ticket_has_its_own_number(ending: Ending) -> Iterable[str]:
    """P7."""
    numbers = Counter(fact.event.number for fact in ending.logs[TICKETS] if isinstance(fact.event, TicketOpened))
    yield from (f"{n} tickets have the number {number}" for number, n in numbers.items() if n > 1)
