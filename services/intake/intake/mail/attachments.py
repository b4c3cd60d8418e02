"""What was attached to a mail: as the log keeps it, and in words where there is no text."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from contracts.texts import NO_TEXT
from contracts.tickets import Unread
from intake.mail.body import Attachment

_LISTED = 100
"""How many attachments are listed; all are in the mail."""
_NAME_CHARACTERS = 200
_IN_WORDS = 20
"""How many are named in words."""
_CLOSED: dict[Unread, str] = {
    "pgp": "it is encrypted with PGP and can't be read here",
    "smime": "it is encrypted with S/MIME and can't be read here",
    "smime-signed": "it is signed with S/MIME in a form that can't be read here",
    "tnef": "it is in a format of Outlook's own (winmail.dat) that can't be read here",
}
PARTLY_ENCRYPTED = "(A part of this is encrypted with PGP and can't be read here.)"
_KILO, _MEGA = 1_000, 1_000_000


def listed(attachments: Sequence[Attachment]) -> str | None:
    """The attachments as the log keeps them; None if there are none."""
    rows = [
        {"name": one.name[:_NAME_CHARACTERS], "content_type": one.content_type[:_NAME_CHARACTERS], "size": one.size}
        | ({"closed": one.closed} if one.closed else {})
        for one in attachments[:_LISTED]
    ]
    return json.dumps(rows, ensure_ascii=False) if rows else None


def told(text: str | None) -> list[dict[str, Any]]:
    """The attachments that the log keeps, counted from 1; empty once their writer is erased.

    `closed`: why nobody here can look into one, in words.
    """
    try:
        rows = json.loads(text or "[]")
    except ValueError:
        return []
    return [
        {"number": number, **row, "closed": _CLOSED.get(row.get("closed"))} for number, row in enumerate(rows, start=1)
    ]


def unread(attachments: Sequence[Attachment], *, is_encrypted: bool = False) -> Unread | None:
    """Of the first part that can't be read, why. `is_encrypted`: the text itself can't."""
    return "pgp" if is_encrypted else next((one.closed for one in attachments if one.closed), None)


def why_unread(why: Unread | None) -> str | None:
    """Why a part can't be read, in words; None if all can."""
    return _CLOSED[why] if why else None


def in_place_of_text(attachments: Sequence[Attachment], *, is_encrypted: bool = False) -> str:
    """What stands for the text of a mail that has none: what came instead. `is_encrypted`: the text itself is."""
    closed = unread(attachments, is_encrypted=is_encrypted)
    why = f": {_CLOSED[closed]}" if closed else ""
    came = "; ".join(_in_words(attachments))
    return f"{NO_TEXT[:-1]}{why}{f'; attached: {came}' if came else ''})"


def _in_words(attachments: Sequence[Attachment]) -> Iterable[str]:
    for one in attachments[:_IN_WORDS]:
        yield ", ".join(filter(None, (one.name[:_NAME_CHARACTERS], one.content_type, _bytes(one.size))))
    if len(attachments) > _IN_WORDS:
        yield f"and {len(attachments) - _IN_WORDS} more"


def _bytes(size: int) -> str:
    if size < _KILO:
        return f"{size} byte{'' if size == 1 else 's'}"
    return f"{size / _KILO:.0f} kB" if size < _MEGA else f"{size / _MEGA:.1f} MB"
