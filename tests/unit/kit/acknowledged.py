"""A promise that is no clock's: feedback F-7, to be acknowledged within two working days.

Office hours are Mon–Fri 09:00–17:00 in New York; Thursday 2026-11-26 is a holiday. So what came in on Wednesday at
10:00 is due on Monday at 10:00, with 16 open hours in between.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.instants import ZERO
from contracts.names import FEEDBACK
from contracts.proof import Cited, PromiseStatus, Proof, ProofEvent, Reason, Rule, Segment
from hours.wording import why
from kit.proof.arithmetic import arithmetic
from kit.proof.table import condensed, totalled
from kit.proof.words import wall

NEW_YORK = ZoneInfo("America/New_York")


def ny(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


def says(at: datetime) -> str:
    return wall(at.astimezone(NEW_YORK))


RECEIVED, DUE = ny("2026-11-25 10:00"), ny("2026-11-30 10:00")
TARGET = timedelta(hours=16)
MAIL = Cited(source="mail", id="9f86d081884c7d65")
RULE = Rule(
    since=RECEIVED,
    consumed=ZERO,
    policy="1f3a",
    policy_name="shipped",
    calendar="office",
    calendar_version="77aa",
    tzdata="2026.6",
    holidays="0.109",
    known_until=date(2031, 12, 31),
)
HOURS: list[tuple[str, Reason]] = [
    ("2026-11-25 17:00", "open"),
    ("2026-11-26 00:00", "closed"),
    ("2026-11-27 00:00", "holiday"),
    ("2026-11-27 09:00", "closed"),
    ("2026-11-27 17:00", "open"),
    ("2026-11-30 09:00", "closed"),
    ("2026-11-30 10:00", "open"),
    ("2026-11-30 17:00", "late"),
    ("2026-12-01 09:00", "closed"),
    ("2026-12-01 17:00", "late"),
]
"""Until when it is what, from the receipt on."""


def stretch(since: datetime, until: datetime, reason: Reason) -> Segment:
    counts = reason in ("open", "late")
    on = date(2026, 11, 26) if reason == "holiday" else None
    return Segment(
        since=since,
        until=until,
        local_since=since.astimezone(NEW_YORK).isoformat(),
        local_until=until.astimezone(NEW_YORK).isoformat(),
        reason=reason,
        why="open, past the deadline" if reason == "late" else why(reason, on),
        counted=until - since if counts else ZERO,
        rule=None if reason == "over" else 0,
        on=on,
    )


def stretches(end: datetime, at: datetime) -> Iterator[Segment]:
    since = RECEIVED
    for text, reason in HOURS:
        until = min(ny(text), end)
        if since < until:
            yield stretch(since, until, reason)
        since = until
    if end < at:
        yield stretch(end, at, "over")


def fact(n: int, type: str, at: datetime, words: str, cause: Cited) -> ProofEvent:
    return ProofEvent(event_id=UUID(int=n), type=type, happened_at=at, recorded_at=at, words=words, cause=cause)


def cites(one: ProofEvent) -> Cited:
    return Cited(source=FEEDBACK, id=str(one.event_id), type=one.type, recorded_at=one.recorded_at, cause=one.cause)


def proof(at: datetime, acknowledged: datetime | None = None, rows: int = 60) -> Proof:
    """How it stands `at`, acknowledged or not."""
    segments = totalled(stretches(acknowledged or at, at))
    used = segments[-1].total
    in_time = (acknowledged or at) < DUE
    promise = PromiseStatus(
        number="F-7",
        state="breached" if not in_time else "met" if acknowledged else "running",
        at=at,
        calendar="office",
        counts="support",
        received_at=RECEIVED,
        started_at=RECEIVED,
        target=TARGET,
        due_at=DUE,
        consumed=used,
        remaining=None if acknowledged or not in_time else TARGET - used,
        percent=used * 10_000 // TARGET / 100,
        responded_at=acknowledged,
        breached_at=None if in_time else DUE,
        breached_by=None if in_time else used - TARGET,
    )
    received = fact(1, "feedback.received", RECEIVED, "It came by mail.", MAIL)
    events = [received]
    if not in_time:
        events.append(fact(2, "feedback.acknowledgement-missed", DUE, "Nobody acknowledged it.", cites(received)))
    if acknowledged:
        by = Cited(source="request", id="7c9e6679-7425-40de")
        events.append(fact(3, "feedback.acknowledged", acknowledged, "A person acknowledged it.", by))
    return Proof(
        promise=promise,
        as_known_at=at,
        summary=f"F-7 is to be acknowledged within two working days: {promise.state}.",
        arithmetic=arithmetic(promise, says, "acknowledgement", "2 working days"),
        segments=condensed(segments, rows),
        rules=[RULE],
        events=events,
        disagreements=[],
    )
