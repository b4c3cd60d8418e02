"""What a mail's subject and headers say of it: that it is a reply, and which tickets it names."""

from contracts.subjects import REPLY, TICKET_NUMBER
from intake.mail.parse import Mail


def is_reply(mail: Mail) -> bool:
    """Whether it answers another mail, by its headers or its subject."""
    return bool(mail.in_reply_to or mail.references) or REPLY.match(mail.subject) is not None


def tickets_named(mail: Mail) -> tuple[str, ...]:
    """The numbers of the tickets that it is about, in order: those in brackets, as our subjects have them; then, of a
    reply, the others. In a new subject a bare `P-1000` may be a printer."""
    bracketed = [f"P-{int(digits)}" for digits in TICKET_NUMBER.findall(mail.subject)]
    return tuple(dict.fromkeys([*bracketed, *(mail.numbers if is_reply(mail) else ())]))


def is_fresh(mail: Mail) -> bool:
    """Whether nothing in subject and headers refers to an earlier mail or ticket."""
    return not is_reply(mail) and not tickets_named(mail)
