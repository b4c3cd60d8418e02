"""Which mail of ours a notice is about, by clues in a fixed order."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from contracts.message_ids import mail_named
from intake.mail.delivery import DeliveryNotice
from kit.signed.reply_address import ticket_named

Clue = Literal["message-id", "reply-address", "recipient"]


class Bounced(NamedTuple):
    """A ticket or feedback, and the notification about it; None: the last to that person."""

    ticket_id: UUID
    notification_id: UUID | None
    by: Clue


def named_by(notice: DeliveryNotice, keys: Sequence[bytes]) -> Bounced | None:
    """What the notice names: by the Message-ID of the mail, or by the signed address to which answers would have gone.

    None: neither, so that only the recipient is known.
    """
    for message_id in notice.ids:
        if named := mail_named(message_id):
            return Bounced(*named, "message-id")
    signed = ticket_named(notice.answers_to, keys)
    return Bounced(signed, None, "reply-address") if signed else None
