"""What must be true of mails that came back."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from tests.simulation.ending import Ending
from tests.simulation.invariants.mails import HESITATION, TOLD
from tests.simulation.mail_server import identity_of

from contracts.names import NOTIFICATIONS, TICKETS
from contracts.notifications import (
    AddressCleared,
    AddressMarked,
    LetterSuppressed,
    NotificationBounced,
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
    Requested,
)
from contracts.tickets import DeliveryNoticeReceived

SUPPRESSED = NotificationSuppressed | LetterSuppressed
OVER = NotificationBounced | NotificationFailed | SUPPRESSED


def a_person_is_told_once_of_each_mail_that_came_back(ending: Ending) -> Iterable[str]:
    """It is recorded once, however many notices came; and something follows from each notice of a failure."""
    facts = ending.logs[NOTIFICATIONS]
    requested = {fact.event.notification_id: fact.event for fact in facts if isinstance(fact.event, Requested)}
    over = {fact.event.notification_id for fact in facts if isinstance(fact.event, OVER)}
    bounced = Counter(fact.event.notification_id for fact in facts if isinstance(fact.event, NotificationBounced))
    told = Counter(event.cause for event in requested.values() if event.template in TOLD)
    for mail, times in bounced.items():
        if times != 1:
            yield f"mail {mail} came back {times} times"
        if told[mail] != 1 and mail in requested and requested[mail].role is None:
            yield f"mail {mail} came back, and a person was told {told[mail]} times"
    for fact in ending.logs[TICKETS]:
        match fact.event:
            case DeliveryNoticeReceived(failed=True, notification_id=named) if named in requested and named not in over:
                yield f"a notice says that mail {named} came back, and nothing followed"


UNASKED = frozenset({"survey", "survey-reminder"})
"""Nobody waits for these."""


def a_person_is_told_once_of_each_mail_to_a_customer_that_was_not_sent(ending: Ending) -> Iterable[str]:
    """It failed, or its address had been given up."""
    facts = ending.logs[NOTIFICATIONS]
    requested = {fact.event.notification_id: fact.event for fact in facts if isinstance(fact.event, Requested)}
    told = Counter(event.cause for event in requested.values() if event.template in TOLD)
    sent = {fact.event.notification_id for fact in facts if isinstance(fact.event, NotificationSent)}
    for fact in facts:
        event = fact.event
        gone = isinstance(event, NotificationFailed) or (isinstance(event, SUPPRESSED) and event.reason == "bounced")
        if not gone or event.notification_id in sent or event.notification_id not in requested:
            continue
        mail = requested[event.notification_id]
        if mail.role is None and mail.template not in UNASKED and told[event.notification_id] != 1:
            yield f"{mail.template} {event.notification_id} was not sent: told {told[event.notification_id]} times"


def nothing_goes_to_a_dead_address(ending: Ending) -> Iterable[str]:
    """From the mark until it is cleared, but for what was in hand."""
    marks: dict[object, list[tuple[datetime, bool]]] = defaultdict(list)
    for fact in ending.logs[NOTIFICATIONS]:
        if isinstance(fact.event, AddressMarked | AddressCleared):
            marks[fact.event.subject_id].append((fact.recorded_at, isinstance(fact.event, AddressMarked)))
    setting = ending.world.setting
    for fact in ending.logs[NOTIFICATIONS]:
        event = fact.event
        if not isinstance(event, Requested) or event.role is not None or event.subject_id not in marks:
            continue
        for one in ending.desk.server.of(identity_of(event)):
            since = None
            for at, marked in marks[event.subject_id]:
                known = (at - setting.epoch).total_seconds() / setting.speed
                if known <= one.at:
                    since = known if marked else None
            if since is not None and one.at - since > HESITATION:
                yield f"{event.template} {event.notification_id} went to a dead address {one.at - since:.1f} s after"
