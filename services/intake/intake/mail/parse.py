"""Raw bytes to a mail. Any byte sequence is accepted: what can't be understood is read as plain text.

The standard library's older policy takes mails apart, not `policy.default`: that one evaluates headers while it
parses, needs ten times as long, raises on some real mails, and takes seconds over a long header.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser
from hashlib import sha256

from intake.mail import authentication, automatic, body, delivery
from intake.mail.abridged import abridged
from intake.mail.authentication import Authentication
from intake.mail.automatic import Automatic
from intake.mail.body import Attachment
from intake.mail.decode import decode
from intake.mail.delivery import DeliveryNotice
from intake.mail.headers import Headers, Sender, normal
from intake.mail.parts import END_OF_HEADERS, Part, taken_apart

_NUMBER = re.compile(r"(?<![\w-])([PF])-(\d{1,18})(?![\w])", re.IGNORECASE)

_LIST_NAME = re.compile(r"(?:<(?:mailto:)?|^\s*)([^<>\s,?\"]+)(?=[>?]|\s*$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail, as far as it could be understood.

    `sender`: the address of From or its substitute; empty if there is none. `claimed_at`: the Date header in
    UTC, stored and never trusted. Message ids are in angle brackets. `numbers`: ticket numbers in the subject;
    `feedback_numbers`: those of feedback.
    `automatic`: that a machine sent it, and how that was told; None: a person wrote it. `delivery`: what
    it says if it is a notice about a delivery. `lists`: the mailing lists through
    which it came. `authentication`: what mail servers say of its sender, the last of them first; whether they are to be
    believed is for the settings to say. `one_author`: From is there once, with one address, which is `sender`.
    `reply_to`: the addresses to which its sender wants answers. `copied`: those to which it says that it went.
    `coloured`: what its HTML has in a colour that people give to answers.
    """

    message_id: str | None
    sender: str
    name: str
    recipients: tuple[str, ...]
    subject: str
    claimed_at: datetime | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    numbers: tuple[str, ...]
    feedback_numbers: tuple[str, ...]
    text: str
    attachments: tuple[Attachment, ...]
    automatic: Automatic | None
    delivery: DeliveryNotice | None
    lists: tuple[str, ...]
    size: int
    authentication: tuple[Authentication, ...] = ()
    one_author: bool = True
    reply_to: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    coloured: tuple[str, ...] = ()


def parse(raw: bytes | bytearray, *, envelope_sender: str | None = None) -> Mail:
    """The mail of any byte sequence. `envelope_sender`: that of MAIL FROM, "" for a null one, None if unknown."""
    mail = abridged(raw)
    try:
        message = taken_apart(mail)
        text, attachments, coloured = body.read(message)
        charsets = body.charsets(message)
    except Exception:  # a defect of the parser is no reason to lose a mail
        message = BytesHeaderParser(_class=Part).parsebytes(mail)
        text, attachments = body.clipped(decode(_below(mail), None).strip()), ()
        coloured, charsets = (), ()
    headers = Headers(message.raw_items(), charsets)
    return _mail(mail, headers, message, text, attachments, coloured, envelope_sender, len(raw))


def key(mailbox: str, mail: Mail, raw: bytes | memoryview) -> str:
    """What identifies a mail, by whatever route it came: mailbox, Message-ID, sender, date, subject, and what it says
    and has attached. Without Message-ID or sender: mailbox and every byte."""
    if not (mail.message_id and mail.sender):
        return earlier_key(mailbox, mail, raw)
    attached = (part for one in mail.attachments for part in (one.name, one.content_type, str(one.size)))
    date = mail.claimed_at.isoformat() if mail.claimed_at else ""
    return _digest(mailbox.lower(), mail.message_id, mail.sender, date, mail.subject, mail.text, *attached)


def earlier_key(mailbox: str, mail: Mail, raw: bytes | memoryview) -> str:
    """The key by which earlier releases stored the mail. They dropped all but the first mail of scanners and scripts
    that use one Message-ID for many."""
    told = (mail.message_id, mail.sender) if mail.message_id and mail.sender else (sha256(raw).hexdigest(),)
    return _digest(mailbox.lower(), *told)


def key_of_copy(key: str, ticket_id: str) -> str:
    """The key under which a mail to several tickets is stored once more, for this one."""
    return _digest(key, ticket_id)


def _digest(*parts: str) -> str:
    return sha256(b"".join(b"%d:%s" % (len(part), part) for part in (p.encode() for p in parts))).hexdigest()


def _mail(
    mail: bytes,
    headers: Headers,
    message: Message,
    text: str,
    attachments: tuple[Attachment, ...],
    coloured: tuple[str, ...],
    envelope_sender: str | None,
    size: int,
) -> Mail:
    return_path = _return_path(headers, envelope_sender)
    sender = _sender(headers, return_path)
    subject = headers.line("subject")
    machine = automatic.classified(
        mail, headers, message, sender.address, return_path, text, attached=bool(attachments)
    )
    return Mail(
        message_id=next(iter(headers.ids("message-id")), None),
        sender=sender.address,
        name=sender.name,
        recipients=_recipients(headers),
        subject=subject,
        claimed_at=headers.date("date"),
        in_reply_to=headers.ids("in-reply-to"),
        references=headers.ids("references"),
        numbers=_numbers("P", subject),
        feedback_numbers=_numbers("F", subject),
        text=text,
        attachments=attachments,
        coloured=coloured,
        automatic=machine,
        delivery=delivery.read(mail, message, headers, text) if machine and machine.kind == "notice" else None,
        lists=_lists(headers),
        size=size,
        copied=tuple(dict.fromkeys(one.address for name in ("to", "cc") for one in headers.senders(name))),
        reply_to=tuple(dict.fromkeys(one.address for one in headers.senders("reply-to"))),
        authentication=authentication.read(headers.every("authentication-results")),
        one_author=len(headers.every("from")) == 1 and len(headers.senders("from")) == 1,
    )


def _return_path(headers: Headers, envelope_sender: str | None) -> str | None:
    """The envelope's sender, "" for a null one; None if it is unknown."""
    told = envelope_sender if envelope_sender is not None else headers.raw("return-path")
    return None if told is None else told.strip().strip("<>").strip()


def _sender(headers: Headers, return_path: str | None) -> Sender:
    named = (sender for name in ("from", "sender", "reply-to") for sender in headers.senders(name))
    return next(named, Sender(normal(return_path or ""), ""))


def _recipients(headers: Headers) -> tuple[str, ...]:
    """Whom the mail was for: our signed reply address is among them if the mail answers one of ours."""
    names = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
    return tuple(dict.fromkeys(sender.address for name in names for sender in headers.senders(name)))


def _lists(headers: Headers) -> tuple[str, ...]:
    """The lists that List-Id or List-Post name, in lower case."""
    told = (headers.line(name).lower() for name in ("list-id", "list-post"))
    return tuple(dict.fromkeys(name for line in told for name in _LIST_NAME.findall(line)))


def _numbers(series: str, subject: str) -> tuple[str, ...]:
    found = (f"{series}-{int(digits)}" for prefix, digits in _NUMBER.findall(subject) if prefix.upper() == series)
    return tuple(dict.fromkeys(found))


def _below(raw: bytes) -> bytes:
    return (*END_OF_HEADERS.split(raw, maxsplit=1), b"")[1]
