"""Whose words a mail has, and where answers to them go, if it has a Reply-To."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

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
    `by_form`: a web form of the settings sent it, so that a person wrote it, whatever its headers say. `named`: the
    colleagues whom it names, or whom a notice about a delivery does, each with the subject."""

    writer: str
    answers_to: str
    by_form: bool = False
    named: tuple[tuple[UUID, str], ...] = ()


def head_of(mail: Mail, written: Written) -> dict[str, object]:
    """What the mailroom stores of a mail beside its bytes."""
    named = [[str(subject), address] for subject, address in written.named]
    return {"from": mail.sender, "subject": mail.subject, **written._asdict(), "named": named}


def from_head(head: Mapping[str, Any]) -> Written:
    """The same, of a stored mail; earlier releases stored no more than From and subject."""
    writer = head.get("writer", head["from"])
    named = tuple((UUID(subject), address) for subject, address in head.get("named", ()))
    return Written(writer, head.get("answers_to", writer), head.get("by_form", False), named)


def is_no_reply(address: str) -> bool:
    """Whether nobody reads what is sent to that address, by its name."""
    return _NO_REPLY.fullmatch(address.rpartition("@")[0]) is not None


def is_form(address: str, forms: Collection[str]) -> bool:
    """Whether that is the address of one of these web forms, in the spelling of `canonical`."""
    return canonical(address) in forms


def offered(mail: Mail, mailboxes: Collection[str]) -> tuple[str, ...]:
    """The addresses in Reply-To to which a mail can be sent, in order."""
    return _of_people(mail.reply_to, mailboxes)


def colleagues(mail: Mail, written: Written, mailboxes: Collection[str]) -> tuple[str, ...]:
    """The addresses in To and Cc to which answers might go, too, if they are of the same account."""
    itself = {canonical(one) for one in (mail.sender, written.writer)}
    return tuple(one for one in _of_people(mail.copied, mailboxes) if canonical(one) not in itself)


def _of_people(addresses: Iterable[str], mailboxes: Collection[str]) -> tuple[str, ...]:
    """Those to which a mail can be sent. What goes to one of our own mailboxes would come back to us for ever."""
    return tuple(
        one
        for one in addresses
        if is_address(one) and mailbox_of(canonical(one), mailboxes) is None and not is_no_reply(one)
    )
