"""A proof as a picture: time runs to the right, and the line rises with the time used up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.instants import ZERO
from contracts.proof import Segment
from kit.proof.form import AnyProof
from kit.proof.words import lasting

WIDTH, HEIGHT = 960, 320
LEFT, RIGHT, TOP, BOTTOM = 16, 16, 34, 44
"""Margins of the plot, in pixels, for labels."""
MAX_SHARE_AFTER_END = 0.12
"""The share of the promise's life up to which time after its end is drawn."""
LETTER_PIXELS = 7.2
"""The width of a letter of the labels, in pixels."""
GAP_PIXELS = 14
KINDS = {
    "open": "counts",
    "elapsed": "counts",
    "late": "late",
    "merged": "mixed",
    "waiting": "waits",
    "void": "waits",
    "paused": "waits",
    "over": "over",
}
"""How a stretch is drawn, by its reason; else as `closed`. Special hours may count or not."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of time, from `x` on. `title`: its tooltip."""

    x: float
    width: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text below the plot: a time of day, or the deadline."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, in pixels from the upper left corner. `used`, `late`: the line before and after the deadline;
    `ahead`: from now to a deadline in the future."""

    blocks: Sequence[Block]
    used: Sequence[Point]
    late: Sequence[Point]
    ahead: Sequence[Point]
    target_y: float | None
    target: str
    due: Label | None
    labels: Sequence[Label]


@dataclass(frozen=True, slots=True)
class Scale:
    """Converts instants and durations to pixels."""

    since: datetime
    until: datetime
    most: timedelta

    def x(self, at: datetime) -> float:
        """The position of an instant; at the edge if it lies outside."""
        share = (min(max(at, self.since), self.until) - self.since) / (self.until - self.since)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, used: timedelta) -> float:
        """The height of the time used up."""
        share = used / self.most if self.most else 0.0
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def picture(proof: AnyProof) -> Picture | None:
    """The picture; None if no time has passed."""
    promise, segments = proof.promise, proof.segments
    if not segments or segments[0].since >= segments[-1].until:
        return None
    ahead = promise.due_at if promise.state == "running" and promise.due_at and promise.due_at > promise.at else None
    scale = Scale(segments[0].since, _until(segments, ahead), max(promise.target or ZERO, promise.consumed))
    late_from = next((one.since for one in segments if one.reason == "late"), None)
    line = [(segments[0].since, ZERO), *((one.until, one.total) for one in segments if one.reason != "over")]
    used = [(at, total) for at, total in line if late_from is None or at <= late_from]
    late = [(at, total) for at, total in line if late_from is not None and at >= late_from]
    return Picture(
        blocks=[_block(one, scale) for one in segments if scale.x(one.since) < WIDTH - RIGHT],
        used=_points(used, scale) if promise.target else (),
        late=_points(late, scale) if promise.target else (),
        ahead=_points([line[-1], (ahead, promise.target)], scale) if ahead and promise.target else (),
        target_y=scale.y(promise.target) if promise.target else None,
        target=f"promised: {lasting(promise.target)}" if promise.target else "",
        due=_due(promise.due_at, segments, scale),
        labels=list(_labels(segments, scale)),
    )


def _until(segments: Sequence[Segment], ahead: datetime | None) -> datetime:
    """The end of the picture: a deadline in the future, or shortly after the promise ended."""
    last = segments[-1]
    if last.reason == "over" and len(segments) > 1:
        lived = last.since - segments[0].since
        return min(last.until, last.since + lived * MAX_SHARE_AFTER_END)
    return max(last.until, ahead) if ahead else last.until


def _block(one: Segment, scale: Scale) -> Block:
    x = scale.x(one.since)
    kind = "counts" if one.reason == "special" and one.counted else KINDS.get(one.reason, "closed")
    since, until = (
        f"{datetime.fromisoformat(text):%a %Y-%m-%d %H:%M:%S}" for text in (one.local_since, one.local_until)
    )
    counted = f"{lasting(one.counted)} counted" if one.counted else "nothing counted"
    return Block(x, round(scale.x(one.until) - x, 1), kind, f"{since} – {until}: {one.why}, {counted}")


def _points(line: Iterable[tuple[datetime, timedelta]], scale: Scale) -> list[Point]:
    return [(scale.x(at), scale.y(total)) for at, total in line]


def _due(due_at: datetime | None, segments: Sequence[Segment], scale: Scale) -> Label | None:
    """The label of the deadline, with its time of day if a stretch begins there."""
    if due_at is None or not scale.since <= due_at <= scale.until:
        return None
    said = next((f" {_said(one.local_since, scale)}" for one in segments if one.since == due_at), "")
    return _label(scale.x(due_at), f"deadline{said}")


def _labels(segments: Sequence[Segment], scale: Scale) -> Iterator[Label]:
    """Local times at the ends of stretches, as many as there is room for: first the beginning and the end, then where
    counting begins or stops, then others."""
    seams = [(one.until, one.local_until) for one in segments]
    turns = [seam for seam, one, other in zip(seams, segments, segments[1:], strict=False) if _turns(one, other)]
    ends = [seam for seam, one in zip(seams, segments, strict=True) if one.reason != "over"][-1:]
    taken: list[tuple[float, float]] = []
    for at, text in ((segments[0].since, segments[0].local_since), *ends, *turns, *seams):
        label = _label(scale.x(at), _said(text, scale))
        left, right = extent(label)
        if at <= scale.until and all(
            right + GAP_PIXELS < begins or closes + GAP_PIXELS < left for begins, closes in taken
        ):
            taken.append((left, right))
            yield label


def _turns(one: Segment, other: Segment) -> bool:
    return bool(one.counted) != bool(other.counted)


def _said(local: str, scale: Scale) -> str:
    at = datetime.fromisoformat(local)
    return f"{at:%Y-%m-%d}" if scale.until - scale.since > timedelta(days=6) else f"{at:%a %H:%M}"


def _label(x: float, text: str) -> Label:
    half = len(text) * LETTER_PIXELS / 2
    if x - half < 0:
        return Label(x, text, "start")
    return Label(x, text, "end" if x + half > WIDTH else "middle")


def extent(label: Label) -> tuple[float, float]:
    """The left and right end of its text, about, in pixels."""
    width = len(label.text) * LETTER_PIXELS
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return left, left + width
