"""What follows when a mail came back, and when a mail comes from an address that nothing was sent to."""

from typing import Any

from contracts.envelope import Fact
from contracts.tickets import FeedbackMailReceived, MessagePosted, TicketOpened
from notifier.domain.commands import ClearAddress, MarkAddress, NotifierCommand, Notify, RecordBounced
from notifier.domain.streams import notification_stream, recipient_stream, thread_stream
from notifier.react.untold import Mailed, NothingSent, came_back

NO_CODE = "came back"
"""The reason where the notice has no code."""
UNNAMED = "one that the notice does not name"
"""Which mail came back."""
CLEARS: frozenset[type[Any]] = frozenset({TicketOpened, MessagePosted, FeedbackMailReceived})

Asked = list[tuple[str, NotifierCommand]]


def bounced(fact: Fact, known: Any) -> Asked:
    """It is recorded of the mail and of those whose words it carried, and a person is told of each. Nothing more is
    sent to the address if it failed for good.

    `known`: the Mailed; NothingSent: a person is told that the notice came, since a mail may be lost all the same;
    anything else: no mail of ours that anybody waits for. A mail that is only late is on record.
    """
    notice = fact.event
    if isinstance(known, NothingSent) and notice.failed:
        about = {"letter": UNNAMED, "reason": notice.status or NO_CODE}
        told = Notify(cause=fact.event_id, template="mail-undeliverable", to=known.policy.mails_to, about=about)
        return [(thread_stream(notice.ticket_id), told)]
    if not isinstance(known, Mailed) or not notice.failed:
        return []
    reason = notice.status or NO_CODE
    asked: Asked = []
    for mail in (known, *known.carried):
        record = RecordBounced(
            ticket_id=mail.ticket_id,
            notification_id=mail.notification_id,
            template=mail.template,
            reason=reason,
            mail=notice.mail,
        )
        asked += [(thread_stream(mail.ticket_id), command) for command in came_back(mail, reason)]
        asked.append((notification_stream(mail.ticket_id, mail.notification_id), record))
    if known.role is None and known.subject_id and known.policy.marks(notice.status):
        mark = MarkAddress(
            subject_id=known.subject_id,
            ticket_id=known.ticket_id,
            notification_id=known.notification_id,
            reason=reason,
        )
        asked.append((recipient_stream(known.subject_id), mark))
    return asked


def cleared(event: Any) -> Asked:
    """A person's mail from an address shows that it is read."""
    if type(event) not in CLEARS or event.mail is None or event.machine or _is_ours(event):
        return []
    return [(recipient_stream(event.subject_id), ClearAddress(subject_id=event.subject_id, by=None))]


def _is_ours(event: Any) -> bool:
    return isinstance(event, MessagePosted) and event.author != "requester"
