"""An explained mail as text and as JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from intake.cli.foreseen import Foreseen
from intake.domain.events import Details
from intake.mail import Automatic, Explained, Words
from intake.mailroom.receive import Disposition

_OBEYED = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_KINDS = {
    "notice": "a machine wrote it about a delivery",
    "reply": "a machine replied by itself",
    "sent-for": "a machine or a list sent it for a person",
}
_BECOMES = {
    "ticket": "opens a ticket",
    "message": "is a message on",
    "delivery": "is noted as a mail of ours that came back, on",
    "feedback": "is new feedback",
    "answer": "answers a letter about feedback",
    "addition": "is more about feedback that came by mail",
}


def as_json(what: Explained, found: Foreseen) -> dict[str, Any]:
    """For programs."""
    mail = what.mail
    return {
        "from": {"address": mail.sender, "name": mail.name},
        "recipients": list(mail.recipients),
        "subject": mail.subject,
        "date": mail.claimed_at.isoformat() if mail.claimed_at else None,
        "message_id": mail.message_id,
        "size": mail.size,
        "written_by": asdict(mail.automatic) if mail.automatic else {"kind": "person", "reason": None},
        "delivery": asdict(mail.delivery) if mail.delivery else None,
        "looked_up": found.looked_up,
        "account_id": str(found.account_id) if found.account_id else None,
        "came_before": found.came_before,
        "becomes": {
            "if_known": [_disposition(one, found) for one in found.if_known],
            "if_unknown": [_disposition(one, found) for one in found.if_unknown],
        },
        "clues": [{"by": clue.by, "value": str(clue.value)} for clue in what.clues],
        "opening": _words(what.opening),
        "message": _words(what.message),
        "left_out": list(what.left_out),
        "attachments": [asdict(one) for one in mail.attachments],
        "troubles": list(what.troubles),
    }


def _disposition(one: Disposition, found: Foreseen) -> dict[str, Any]:
    return {
        "state": one.state,
        "reason": one.reason,
        "target": one.target,
        "ticket_id": str(one.ticket_id) if one.ticket_id else None,
        "number": found.numbers.get(one.ticket_id) if one.ticket_id else None,
        "related": str(one.related) if one.related else None,
    }


def _words(words: Words) -> dict[str, Any]:
    read = words.labelled
    return {
        "title": words.title,
        "body": words.body,
        "details": _details(read.details),
        "severity": read.severity,
        "priority": read.priority,
        "form": _details(words.form),
    }


def _details(details: Details) -> dict[str, str]:
    return {name: value for name, value in asdict(details).items() if value is not None}


def as_text(what: Explained, found: Foreseen) -> str:
    """For people."""
    return "\n".join(_lines(what, found))


def _lines(what: Explained, found: Foreseen) -> Iterator[str]:
    mail = what.mail
    yield from _section(
        "Who wrote it", [f"{mail.name} <{mail.sender or 'no address'}>".strip(), _writer(mail.automatic)]
    )
    yield from _section("What would happen", _outcomes(what, found))
    if mail.delivery:
        told = "failed for good" if mail.delivery.failed else "is late"
        yield from _section("The delivery of which it tells", [f"{told}: {', '.join(mail.delivery.addresses) or '?'}"])
    yield from _section(
        "By what it finds its ticket, in this order",
        [f"{clue.by}: {clue.value}" for clue in what.clues] or ["nothing: it names none"],
    )
    yield from _section("Title", [what.opening.title])
    yield from _section("Text, as it will be posted if it opens a ticket", what.opening.body.split("\n"))
    if what.message.body == what.opening.body:
        yield from _section("Text, as it will be posted on a ticket that there is", ["the same"])
    else:
        yield from _section("Text, as it will be posted on a ticket that there is", what.message.body.split("\n"))
        yield from _section("Left out there, as quotation or signature", what.left_out)
    yield from _section("Labelled lines", _labelled(what) or ["none"])
    listed = [
        f"{n}. {a.name or 'without a name'}, {a.content_type}, {a.size:,} bytes" + _closed(a.closed)
        for n, a in enumerate(mail.attachments, start=1)
    ]
    yield from _section("Attachments", listed or ["none"])
    yield from _section("Hard to read", what.troubles or ["nothing"])


def _section(heading: str, lines: Sequence[str]) -> Iterator[str]:
    """Lines of a mail may have signs in them that a terminal obeys: they are not shown."""
    yield heading
    yield from (_OBEYED.sub("\ufffd", f"  {line}").rstrip() for line in lines)


def _writer(automatic: Automatic | None) -> str:
    return (
        f"{_KINDS[automatic.kind]}, by the sign {automatic.reason}"
        if automatic
        else "a person: it has no sign of a machine"
    )


def _closed(closed: str | None) -> str:
    return f" ({closed}: nobody can look into it here)" if closed else ""


def _outcomes(what: Explained, found: Foreseen) -> list[str]:
    lines = ["It came before, and is not taken twice."] if found.came_before else []
    if found.looked_up:
        whose = f"account {found.account_id}" if found.account_id else "no account"
        return [*lines, f"The sender is of {whose}, as the database says.", *_each(found.if_known, found)]
    if found.if_known == found.if_unknown:
        return [*lines, *_each(found.if_known, found), "This is so whoever wrote it; no database was asked."]
    opens = any(one.target == "ticket" for one in found.if_known)
    led = any(clue.by != "message-id" for clue in what.clues)
    return [
        *lines,
        "If we know its sender:",
        *(f"  {line}" for line in _each(found.if_known, found)),
        *(["  If a clue below leads to a ticket of theirs, it is a message on that instead."] if opens and led else []),
        "If we don't:",
        *(f"  {line}" for line in _each(found.if_unknown, found)),
        "No database was asked who that is, or for tickets that other clues lead to; --database does.",
    ]


def _each(made: Sequence[Disposition], found: Foreseen) -> list[str]:
    return [f"It {_becomes(one, found.numbers)}." for one in made]


def _becomes(one: Disposition, numbers: Mapping[UUID, str]) -> str:
    if one.state == "ignored":
        return f"is ignored: {one.reason}"
    if one.state == "unmatched" or one.target is None:
        return f"waits for staff, unmatched: {one.reason}"
    named = numbers.get(one.ticket_id) if one.ticket_id else None
    which = named or f"ticket {one.ticket_id}"
    text = _BECOMES[one.target] + (f" {which}" if one.target in ("message", "delivery") else "")
    by = f", found by {one.reason}" if one.reason else ""
    return text + by + (f", and links to {numbers.get(one.related, one.related)}" if one.related else "")


def _labelled(what: Explained) -> list[str]:
    read, form = what.opening.labelled, _details(what.message.form)
    told = _details(read.details) | {"severity": read.severity, "priority": read.priority}
    lines = [f"{name}: {value}" for name, value in told.items() if value is not None]
    return lines + [f"{name}: {value} (in our form, where the answer quotes it)" for name, value in form.items()]
