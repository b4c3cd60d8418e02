"""What is read of a mail and why: who wrote it, what it says, what is left out of it, and what was hard to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

from intake.mail.abridged import abridged
from intake.mail.body import is_attached
from intake.mail.charsets import known
from intake.mail.decode import decode
from intake.mail.parse import Mail, parse
from intake.mail.parts import leaves, payload, taken_apart
from intake.mail.threads import Clue, clues
from intake.mail.words import Words, message_words, opening_words

_REPLACED = "\ufffd"
_ASCII = ("us-ascii", "ascii")
_NAME_CHARACTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A mail, read. `clues`: what it has by which its ticket is found, in this order.

    `opening`: its words if it opens a ticket; `message`: its words on one that there is, with `left_out`, the lines
    that are not posted. `troubles`: which characters could not be read as the mail says they are written.
    """

    mail: Mail
    clues: tuple[Clue, ...]
    opening: Words
    message: Words
    left_out: tuple[str, ...]
    troubles: tuple[str, ...]


def explained(raw: bytes, keys: Sequence[bytes]) -> Explained:
    """A mail of any bytes. `keys`: those of signed reply addresses."""
    mail = parse(raw)
    message = message_words(mail)
    return Explained(
        mail=mail,
        clues=clues(mail, keys),
        opening=opening_words(mail),
        message=message,
        left_out=_left_out(mail.text, message.body),
        troubles=(*_of_parts(raw), *_of_words(mail)),
    )


def _left_out(whole: str, posted: str) -> tuple[str, ...]:
    """The lines of the text that are not posted, in their order, without blank ones."""
    left: list[str] = []
    kept = [line.strip() for line in posted.split("\n")]
    at = 0
    for line in whole.split("\n"):
        while at < len(kept) and not kept[at]:
            at += 1
        if at < len(kept) and line.strip() == kept[at]:
            at += 1
        elif line.strip():
            left.append(line)
    return tuple(left)


def _of_parts(raw: bytes) -> tuple[str, ...]:
    try:
        texts = [part for part in leaves(taken_apart(abridged(raw))) if not is_attached(part)]
        return tuple(trouble for n, part in enumerate(texts, start=1) if (trouble := _of_part(n, part)))
    except Exception as error:  # such a mail is read as plain text
        return (f"its parts can't be told apart ({type(error).__name__}), so all below the headers is its text",)


def _of_part(number: int, part: Message) -> str:
    where, data = f"text {number}", payload(part)
    claimed = _claimed(part)
    charset = known(claimed)
    if charset is None:
        if claimed.lower() not in ("", *_ASCII):
            return f"{where} claims the charset {claimed}, which nobody knows; it is read by what its bytes look like"
        if not data.isascii():
            return f"{where} claims {claimed or 'no charset'} and has other bytes; it is read by what they look like"
        return ""
    try:
        data.decode(charset)
    except ValueError:
        lost = decode(data, charset).count(_REPLACED)
        what = f"{lost} characters are lost" if lost else "it is read by what its bytes look like, and nothing is lost"
        return f"{where} claims {claimed} and has bytes that are none; {what}"
    return ""


def _claimed(part: Message) -> str:
    """The charset as the mail has it, on one line."""
    try:
        value = Message.get_param(part, "charset", "")
    except Exception:  # the library stumbles over odd parameters
        return "an unreadable one"
    told = value[2] if isinstance(value, tuple) else value
    return " ".join(str(told).split())[:_NAME_CHARACTERS].encode("ascii", "replace").decode()


def _of_words(mail: Mail) -> tuple[str, ...]:
    counted = (("subject", mail.subject), ("name of the sender", mail.name), ("text", mail.text))
    lost = ((where, text.count(_REPLACED)) for where, text in counted)
    return tuple(f"the {where} has {count} characters that mean nothing" for where, count in lost if count)
