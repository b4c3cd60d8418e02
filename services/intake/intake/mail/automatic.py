"""Whether a machine wrote a mail, and which kind of machine (RFC 3834, RFC 3464, and what is customary).

A person's mail that is taken for a machine's goes unanswered. So without a standard's mark it takes two signs.
"""

import re
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from intake.mail import away, failures, receipts
from intake.mail.delivery import addresses
from intake.mail.headers import Headers
from intake.mail.parts import leaves, payload

Kind = Literal["notice", "reply", "sent-for"]
Reason = Literal[
    "auto-submitted",
    "report",
    "null-return-path",
    "precedence",
    "list",
    "auto-response-suppress",
    "vacation",
    "vacation-subject",
    "system-sender",
    "bounce",
    "complaint",
    "failure-words",
    "challenge",
    "read-receipt",
]


@dataclass(frozen=True, slots=True)
class Automatic:
    """A machine sent it. `notice`: about a delivery; `reply`: by itself; both ask for nothing. `sent-for`: for a
    person, as a monitor, another desk or a mailing list does; it may ask for help, and gets no automatic reply.

    `reason`: how it was told.
    """

    kind: Kind
    reason: Reason


_REPLYING = frozenset({"auto_reply", "auto-reply"})
_BULK = frozenset({"bulk", "junk", "list"})
_LIST = ("list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailing-list")
_VACATION = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-auto-reply-from",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-mail-autoresponder",
    "x-auto-response-from",
    "x-vacation",
)
_DAEMON = re.compile(r"(?:mail(?:er)?[-_.]?daemon|mdaemon|majordomo)(?:[-+._].*)?", re.IGNORECASE)
_POSTMASTER = re.compile(r"post[-_.]?master(?:\\?@.*)?", re.IGNORECASE)
_LIST_SOFTWARE = re.compile(r"(?:owner-.+|.+-(?:admin|owner|request|bounces))", re.IGNORECASE)
_RETURNED = re.compile(r"^(?:received|return-path|message-id):\s", re.IGNORECASE | re.MULTILINE)
_EVIDENCE_CHARACTERS = 8_192
"""How much of the text is searched for signs."""


def classified(
    mail: bytes,
    headers: Headers,
    message: Message,
    sender: str,
    return_path: str | None,
    text: str,
    *,
    attached: bool,
) -> Automatic | None:
    """What kind of machine wrote the mail; None: a person.

    `return_path`: the envelope's sender, "" if null. `attached`: the mail has more than text.
    """
    if reason := _notice(mail, headers, message, sender, return_path, text):
        return Automatic("notice", reason)
    if receipts.is_receipt(headers.line("subject"), text[:_EVIDENCE_CHARACTERS]):
        return Automatic("notice", "read-receipt")
    if reason := _reply(headers, return_path, text, attached=attached):
        return Automatic("reply", reason)
    if return_path == "" or (headers.raw("from") or "").strip().endswith("<>"):
        return Automatic("notice", "null-return-path")
    if reason := _sent_for(headers):
        return Automatic("sent-for", reason)
    return None


def is_server(address: str) -> bool:
    """Whether a mail server writes from this address, or nobody does."""
    local = address.rpartition("@")[0]
    return not local or bool(_DAEMON.fullmatch(local) or _POSTMASTER.fullmatch(local))


def _notice(
    mail: bytes, headers: Headers, message: Message, sender: str, return_path: str | None, text: str
) -> Reason | None:
    if message.get_content_type() == "multipart/report":
        return "report"
    local = sender.rpartition("@")[0]
    if _DAEMON.fullmatch(local):
        return "system-sender"
    if "x-failed-recipients" in headers:
        return "bounce"
    if "x-mlserver" in headers and _LIST_SOFTWARE.fullmatch(local):
        return "system-sender"
    evidence = text[:_EVIDENCE_CHARACTERS] if text.strip() else _unread(message)
    if "x-amz-sns-message-id" in headers and failures.is_service_notice(evidence):
        return "complaint"
    forwards = _has(message, "message/rfc822")
    by_words = failures.is_complaint(headers.line("subject"), text, forwards=forwards) or _speaks_of_failure(
        mail, headers, message, sender, evidence
    )
    if not by_words:
        return None
    is_marked = return_path == "" or not sender or _has(message, "message/delivery-status")
    return "bounce" if is_marked else "failure-words"


def _speaks_of_failure(mail: bytes, headers: Headers, message: Message, sender: str, evidence: str) -> bool:
    """Whether the mail is worded as a notice, and a person wouldn't have sent it so.

    A person who asks about mail uses the same words, and may enclose what came back.
    """
    named_so = failures.SUBJECT.match(headers.line("subject")) is not None
    has_status = _has(message, "message/delivery-status")
    speaks = failures.TEXT.search(evidence) is not None or has_status
    name = headers.line("from").partition("<")[0]
    local = sender.rpartition("@")[0]
    asks = not has_status and failures.asks(evidence)
    if _POSTMASTER.fullmatch(local) and (named_so or speaks):
        return named_so or not asks
    if asks or not named_so or not (speaks or failures.POSTMASTER_NAME.search(name)):
        return False
    by_system = any(failures.SYSTEM_NAME.search(one) for one in (local, name))
    shows_headers = by_system and _RETURNED.search(evidence) is not None
    return not sender or shows_headers or _has(message, "message/rfc822") or any(addresses(mail))


def _reply(headers: Headers, return_path: str | None, text: str, *, attached: bool) -> Reason | None:
    if headers.word("auto-submitted") == "auto-replied":
        return "auto-submitted"
    if any(headers.word(name) not in ("", "no") for name in _VACATION) or headers.word("x-autogenerated") == "reply":
        return "vacation"
    if headers.word("precedence") in _REPLYING or headers.word("preference") in _REPLYING:
        return "precedence"
    subject = headers.line("subject")
    if away.named_so(subject) and (return_path == "" or _may_answer(headers)):
        return "vacation"
    answers = bool(headers.ids("in-reply-to") or headers.ids("references"))
    if away.is_reply(subject, text, answers=answers, attached=attached, generated=_may_answer(headers)):
        return "vacation-subject"
    return "challenge" if failures.is_challenge(text[:_EVIDENCE_CHARACTERS]) else None


def _may_answer(headers: Headers) -> bool:
    """Exchange calls its vacation replies generated, and older programs call theirs junk; no list sends any."""
    listed = headers.word("precedence") == "list" or any(name in headers for name in _LIST)
    return not listed and _sent_for(headers) in ("auto-submitted", "precedence")


def _sent_for(headers: Headers) -> Reason | None:
    if headers.word("auto-submitted") not in ("", "no"):
        return "auto-submitted"
    if headers.word("precedence") in _BULK:
        return "precedence"
    if any(name in headers for name in _LIST):
        return "list"
    if headers.word("x-auto-response-suppress") not in ("", "none"):
        return "auto-response-suppress"
    return None


def _has(message: Message, content_type: str) -> bool:
    parts = message.get_payload()
    return isinstance(parts, list) and any(
        isinstance(part, Message) and part.get_content_type() == content_type for part in parts
    )


def _unread(message: Message) -> str:
    """The beginning of parts that are no readable text, as of a multipart without a boundary."""
    found = b"\n".join(payload(part)[:_EVIDENCE_CHARACTERS] for part in leaves(message))
    return found[:_EVIDENCE_CHARACTERS].decode("utf-8", "replace")
