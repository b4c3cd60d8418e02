"""Whose words a mail has, and where answers to them go, if it has a Reply-To."""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from contracts.addresses import canonical, is_address
from intake.mail.matters import mailbox_of
from intake.mail.parse import Mail

_NO_REPLY = re.compile(
    r"(?:.*[-_.+])?"
    r"(?:(?:do[-_.]?not|don[-_.]?t|no|non|nao|nie|ne[-_.]?pas|nicht|keine?)[-_.]?"
    r"(?:reply|respond(?:er|a)?|response|answer|r[ée]pon(?:dre|se)|antwort(?:en)?|rispondere|odpowiadaj))"
    r"(?:[-_.+\d].*)?",
    re.IGNORECASE,
)


class Written(NamedTuple):
    """`writer`: the address of whoever wrote, in whose name the mail is performed. `answers_to`: where answers go.
    `by_form`: a web form of the settings sent it, so that a person wrote it, whatever its headers say."""

    writer: str
    answers_to: str
    by_form: bool = False


def head_of(mail: Mail, written: Written) -> dict[str, object]:
    """What the mailroom stores of a mail beside its bytes."""
    return {"from": mail.sender, "subject": mail.subject, **written._asdict()}


def from_head(head: Mapping[str, object]) -> Written:
    """The same, of a stored mail; earlier releases stored no more than From and subject."""
    writer = str(head.get("writer", head["from"]))
    return Written(writer, str(head.get("answers_to", writer)), bool(head.get("by_form", False)))


def is_no_reply(address: str) -> bool:
    """Whether nobody reads what is sent to that address, by its name."""
    return _NO_REPLY.fullmatch(address.rpartition("@")[0]) is not None


def is_form(address: str, forms: Collection[str]) -> bool:
    """Whether that is the address of one of these web forms, in the spelling of `canonical`."""
    return canonical(address) in forms


def offered(mail: Mail, mailboxes: Collection[str]) -> tuple[str, ...]:
    """The addresses in Reply-To to which a mail can be sent, in order. An answer to one of our own mailboxes would come
    back to us for ever."""
    return tuple(
        one
        for one in mail.reply_to
        if is_address(one) and mailbox_of(canonical(one), mailboxes) is None and not is_no_reply(one)
    )
