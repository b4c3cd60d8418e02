"""A proof as plain text: paragraph, arithmetic and tables."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts.proof import Cited, ProofEvent, Rule, Segment
from kit.proof.form import AnyProof
from kit.proof.words import lasting, wall, wall_after

ID_CHARACTERS = 8
"""Characters of an id in texts for people."""

Cells = tuple[str, ...]
COLUMN_HEADS: Cells = ("from", "until", "counted", "total", "why")


def rows(proof: AnyProof) -> list[Cells]:
    """The rows of the table below COLUMN_HEADS."""
    several = len(proof.rules) > 1
    return [_row(one, several=several) for one in proof.segments]


def _row(one: Segment, *, several: bool) -> Cells:
    by = f" [{one.rule + 1}]" if several and one.rule is not None else ""
    since, until = (datetime.fromisoformat(text) for text in (one.local_since, one.local_until))
    return (
        wall(since),
        wall_after(since, until),
        lasting(one.counted) if one.counted else "–",
        lasting(one.total),
        one.why + by,
    )


def rules(proof: AnyProof) -> list[str]:
    """The published rules by which time was counted, one line each."""
    lines = [_rule(rule) for rule in proof.rules]
    return [f"[{number}] {line}" for number, line in enumerate(lines, 1)] if len(lines) > 1 else lines


def _rule(rule: Rule) -> str:
    policy = f"policy {rule.policy} ({rule.policy_name})"
    return f"calendar {rule.calendar} {rule.calendar_version}, {policy}, time zones of {rule.tzdata}"


def events(proof: AnyProof) -> list[tuple[str, str]]:
    """Two lines per fact, with times in UTC: when it happened and what it says; its recording, id and cause."""
    return [(f"{_utc(one.happened_at)}  {one.type}: {one.words}", _on_record(one)) for one in proof.events]


def _on_record(one: ProofEvent) -> str:
    because = f", because of {_cited(one.cause)}" if one.cause else ""
    return f"recorded {_utc(one.recorded_at)} as {one.event_id}{because}"


def _cited(one: Cited) -> str:
    """A cause in words, with shortened ids; programs get them whole."""
    message = f", message {str(one.message_id)[:ID_CHARACTERS]}" if one.message_id else ""
    because = f", because of {_cited(one.cause)}" if one.cause else ""
    return f"{one.type or one.source} {one.id[:ID_CHARACTERS]}{message}{because}"


def _utc(at: datetime) -> str:
    return f"{at.replace(tzinfo=None).isoformat(sep=' ')}Z"


def text(proof: AnyProof) -> str:
    """The proof in plain text."""
    return "\n".join(_lines(proof)) + "\n"


def _lines(proof: AnyProof) -> Iterator[str]:
    yield proof.summary
    yield ""
    yield from (f"  {line}" for line in proof.arithmetic)
    yield ""
    yield from _table([COLUMN_HEADS, *rows(proof)])
    yield ""
    yield "Counted by"
    yield from (f"  {line}" for line in rules(proof) or ["nothing: counting had not started"])
    yield ""
    yield "Because of"
    for line, detail in events(proof):
        yield f"  {line}"
        yield f"    {detail}"
    for sentence in proof.disagreements:
        yield f"THIS PROOF DOES NOT HOLD: {sentence}"


def _table(cells: Sequence[Cells]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
