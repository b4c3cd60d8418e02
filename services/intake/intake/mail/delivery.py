"""What a notice says about a delivery that failed or is late: whose, for how long, and of which mail.

flufl.bounce knows the forms of many mail servers. It is made for what is a notice for certain, and finds addresses in
uuencoded files, too; so it is asked only about mails that other signs call notices.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import getaddresses

from flufl.bounce import all_failures

from intake.mail import failures
from intake.mail.headers import Headers, normal
from intake.mail.parts import Part, leaves, payload

# It logs each of its steps, and a trace where it stumbles over a mail; but no mail is a fault of ours.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

READ_BYTES = 64 * 1_024
"""How much of a notice is read: what it says comes first, then the headers of the mail that is returned."""
_ASCII = bytes(range(128)) + b"?" * 128
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*")
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])(5\d\d)[\s-](?=\S)")
_RETURNED_ID = re.compile(
    r"^[> \t|]{0,40}(?:x-)?(?:original-)?message-id[ \t]{0,40}:\s{0,40}(<[^<>\s]{3,500}>)",
    re.IGNORECASE | re.MULTILINE,
)
_LATE = re.compile(
    r"""\b(?:delay(?:ed)?|postponed|deferred|still\sbeing\sretried|will\s(?:continue\sto\s)?(?:re)?try|has\snot\syet\sbeen\sdelivered
        |temporar(?:y|ily)|warning\sonly|keep\strying|not\syet\sdelivered|verzögert\w*|verzögerung|retard\w*|retras\w+
        |demorad\w+|atras(?:o|ad\w+)|ritard\w*|vertraagd|vertraging|försena\w+|forsinke\w+|viivästy\w*|opóźni\w+
        |zpožd\w+|задерж\w+|затрим\w+|gecik\w+)\b | 遅延 | 遅れて | 延迟 | 延遲 | 延误 | 지연""",
    re.IGNORECASE | re.VERBOSE,
)
_ONLY_LATE = re.compile(
    r"""\bwarning\s(?:message\s)?only\b | \bstill\sbeing\sretried\b | \bwill\sbe\sretried\b
        | \b(?:has|have)\snot\s(?:yet\s)?been\sdelivered\s(?:yet|after)\b | \bnot\syet\sbeen\sdelivered\b
        | \b(?:will|we['’]ll)\s(?:continue\sto\s|keep\s)(?:re)?try | \bwill\s(?:re)?try\s(?:again|for|until)\b
        | \bdelivery\sattempts\swill\scontinue\b | \bdo\snot\sneed\sto\sresend\b
        | \bdelivery\sto\sthe(?:se)?\s(?:following\s)?recipients?(?:\sor\sgroups)?\s(?:is|has\sbeen)\sdelayed\b
        | \bweitere\szustellversuche | \bwird\sweiter(?:hin)?\sversucht | \bversuche\swerden\sfortgesetzt
        | \bzustellung\s.{0,80}\bverzögert""",
    re.IGNORECASE | re.VERBOSE,
)
"""What no server says that has given up."""
_GIVEN_UP = re.compile(
    r"\b(?:returned?\sto\ssender | given\sup | giving\sup | permanent\s(?:error|failure|fatal))\b",
    re.IGNORECASE | re.VERBOSE,
)
_ENCLOSED = re.compile(
    r"^(?:-{3,}.*|(?:received|return-path|from|message-id|date|mime-version):\s.*)$", re.IGNORECASE | re.MULTILINE
)
"""Where, in a notice without parts, the mail begins that comes back."""
_REFUSED = re.compile(r"automatic-action\b.*;\s*(?:deleted|denied|failed)", re.IGNORECASE)
"""What a mail store says of a mail that it refused; other notices of this kind say that a mail was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNotice:
    """A mail that couldn't be delivered, or not yet.

    `permanent`, `temporary`: the addresses, as far as they are named. `failed`: it is given up. `ids`: Message-IDs of
    the mail, the likeliest first. `answers_to`: where answers to it would have gone. `status`: the mail server's code.
    `mentioned`: addresses in its words above the mail that comes back, in order, of whomever they are.
    """

    failed: bool
    permanent: tuple[str, ...] = ()
    temporary: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    answers_to: tuple[str, ...] = ()
    status: str = ""
    mentioned: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """All that are named."""
        return self.permanent + self.temporary


def addresses(mail: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses that fail for now, and those that fail for good, as flufl.bounce reads a notice."""
    message = message_from_bytes(mail[:READ_BYTES].translate(_ASCII), _class=Part)
    if not any(address for _, address in getaddresses([str(message.get("from", ""))])):
        del message["from"]
        message["From"] = "nobody@unknown.invalid"  # it takes for granted that there is one
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # it stumbles over odd headers
        return (), ()
    return _usable(temporary), _usable(permanent)


def read(mail: bytes, message: Message, headers: Headers, text: str) -> DeliveryNotice | None:
    """What a notice says; None: of no delivery that failed or is late. `text`: its words."""
    if not _may_fail(message):
        return None
    temporary, permanent = addresses(mail)
    statuses = tuple(_statuses(message))
    failed = _failed(bool(temporary), bool(permanent), statuses, headers.line("subject"), text)
    if failed is None:
        return None
    if not failed:
        temporary, permanent = tuple(dict.fromkeys(temporary + permanent)), ()
    returned = tuple(_returned(message))
    told = [
        *(one for part in returned for one in part.ids("message-id")),
        *(one for status in statuses for one in status.ids("original-message-id")),
        *_RETURNED_ID.findall(text),
        *headers.ids("in-reply-to"),
        *reversed(headers.ids("references")),
    ]
    return DeliveryNotice(
        failed=failed,
        permanent=permanent or (_recipients(statuses, headers) if failed and not temporary else ()),
        temporary=temporary or (_recipients(statuses, headers) if not failed and not permanent else ()),
        ids=tuple(dict.fromkeys(told)),
        answers_to=tuple(
            one.address for part in returned for name in ("reply-to", "from") for one in part.senders(name)
        ),
        status=_code(statuses, text),
        mentioned=tuple(dict.fromkeys(one.lower() for one in _ADDRESS.findall(_above(text)) if normal(one))),
    )


def _may_fail(message: Message) -> bool:
    """Whether a report can be about a delivery that failed: not that a mail was read, or that its reader complains."""
    match str(message.get_param("report-type", "")).lower():
        case "feedback-report":
            return False
        case "disposition-notification":
            parts = (part for part in leaves(message) if part.get_content_subtype() == "disposition-notification")
            return any(_REFUSED.search(str(part)) for part in parts)
        case _:
            return True


def _failed(temporary: bool, permanent: bool, statuses: tuple[Headers, ...], subject: str, text: str) -> bool | None:
    """Whether the mail is given up; None: it is neither that nor late."""
    actions = {status.word("action") for status in statuses}
    gave_up = (
        "failed" in actions or _REPLY.search(text) is not None or _GIVEN_UP.search(f"{subject}\n{text}") is not None
    )
    if permanent and not gave_up and ("delayed" in actions or _says_late(subject, text)):
        return False
    if permanent or temporary:
        return permanent
    if actions & {"failed", "delayed"}:
        return "failed" in actions
    if actions & {"delivered", "relayed", "expanded"}:
        return None
    if failures.TEXT.search(text) is None and failures.SUBJECT.match(subject) is None:
        return None
    return _LATE.search(subject) is None and (gave_up or _LATE.search(text) is None)


def _says_late(subject: str, text: str) -> bool:
    """Whether it says itself that the mail is only late, whatever its form has."""
    return _LATE.search(subject) is not None or _ONLY_LATE.search(_above(text)) is not None


def _above(text: str) -> str:
    """What stands above the mail that comes back, where a notice has no parts."""
    enclosed = _ENCLOSED.search(text)
    return text[: enclosed.start()] if enclosed else text


def _usable(found: Iterable[bytes]) -> tuple[str, ...]:
    texts = sorted(one.decode("ascii", "replace").strip() for one in found)
    return tuple(dict.fromkeys(one for one in texts if normal(one) and _ADDRESS.fullmatch(one)))


def _statuses(message: Message) -> Iterator[Headers]:
    """The groups of fields of delivery-status parts (RFC 3464)."""
    for part in leaves(message):
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            for group in groups if isinstance(groups, list) else ():
                if isinstance(group, Message):
                    yield Headers(group.raw_items())


def _returned(message: Message) -> Iterator[Headers]:
    """The headers of the mail that comes back, whole or not."""
    for part in leaves(message):
        inner = part.get_payload()
        match part.get_content_type():
            case "message/rfc822" if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                yield Headers(inner[0].raw_items())
            case "text/rfc822-headers" | "message/rfc822-headers" | "message/rfc822":
                lines = payload(part)[:READ_BYTES].decode("utf-8", "replace").lstrip()
                yield Headers(message_from_string(lines).raw_items())


def _recipients(statuses: tuple[Headers, ...], headers: Headers) -> tuple[str, ...]:
    """Whom the fields name, where the words name nobody."""
    fields = [status.line(name) for status in statuses for name in ("original-recipient", "final-recipient")]
    told = [*fields, headers.line("x-failed-recipients")]
    return tuple(dict.fromkeys(one for field in told for one in _ADDRESS.findall(field) if normal(one)))


def _code(statuses: tuple[Headers, ...], text: str) -> str:
    """The status, as 5.1.1, or the reply, as 550; never the words, which like to name the address."""
    fields = "\n".join(status.line(name) for status in statuses for name in ("status", "diagnostic-code"))
    for told in (fields, text):
        if found := _STATUS.search(told) or _REPLY.search(told):
            return found[1]
    return ""
