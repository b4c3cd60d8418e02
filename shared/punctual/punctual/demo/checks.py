"""What must hold at the end of the demo. Each check has a name, and says what it found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from punctual.demo.actions import Rate, Ticket
from punctual.demo.complaints import COMPLAINTS
from punctual.demo.figures import Figures, Rows
from punctual.demo.progress import Progress, openings, planned
from punctual.demo.verdicts import TOLERANCE_SECONDS, Promise
from punctual.replay.verify import Verified


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was looked at."""

    name: str
    held: bool
    found: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that the checks look at."""

    tickets: Sequence[Ticket]
    progress: Progress
    verified: Sequence[Verified]
    replay: Figures
    live: Figures
    rows: Rows
    promises: Sequence[Promise]
    caught: Sequence[dict[str, Any]]
    mails_in: Sequence[dict[str, Any]]
    now: Any
    speed: float


def checks(evidence: Evidence) -> list[Check]:
    """All of them, in the order in which they are told."""
    return [check(evidence) for check in _ALL]


def _all_done(e: Evidence) -> Check:
    missing = planned(list(e.tickets)) - e.progress.actions
    found = f"{e.progress.actions.total()} actions" if not missing else f"not done: {dict(missing)}"
    return Check(
        "everybody could do what they wanted",
        not missing and not e.progress.problems,
        found + _some(e.progress.problems),
    )


def _nothing_lost(e: Evidence) -> Check:
    wanted = openings(list(e.tickets))
    return Check(
        "each request is one ticket, by whatever door it came",
        e.live.tickets == wanted,
        f"{e.live.tickets} of {wanted}",
    )


def _replays(e: Evidence) -> Check:
    wrong = [f"{one.service}: {difference}" for one in e.verified for difference in one.differences]
    rows, events = sum(one.rows for one in e.verified), sum(one.rebuilt.events for one in e.verified)
    found = f"{rows:,} rows rebuilt from {events:,} events, {len(wrong)} differences"
    return Check("replaying the log gives every row of the live read models", not wrong, found + _some(wrong))


def _same_figures(e: Evidence) -> Check:
    other = [
        f"{field.name}: {getattr(e.replay, field.name)} by replay, {getattr(e.live, field.name)} live"
        for field in fields(Figures)
        if getattr(e.replay, field.name) != getattr(e.live, field.name)
    ]
    return Check(
        "the five APIs tell the same figures as replay", not other, f"{len(fields(Figures))} figures" + _some(other)
    )


def _mails(e: Evidence) -> Check:
    ids = {one["message_id"] for one in e.caught}
    good = len(e.caught) == len(ids) == e.replay.mails and e.replay.mails_failed == 0
    logged = f"{e.replay.mails} sent by the log, {e.replay.mails_failed} failed"
    found = f"{len(e.caught)} caught, {len(ids)} different; {logged}"
    return Check("the mail catcher has each mail of the log, once", good, found)


def _machines(e: Evidence) -> Check:
    away = sum(ticket.form == "twice" for ticket in e.tickets)
    ignored = [mail for mail in e.mails_in if mail["state"] == "ignored"]
    others = [mail for mail in e.mails_in if mail["state"] not in ("ignored", "performed")]
    good = len(ignored) == away and not others
    return Check(
        "vacation notices open nothing, all other mails count", good, f"{len(ignored)} ignored, {len(others)} left over"
    )


def _verdicts(e: Evidence) -> Check:
    wrong = [
        f"{one.number} ({one.incident}) {one.state}, due {one.due_at}, answered {one.responded_at}"
        for one in e.promises
        if not one.right(e.now)
    ]
    return Check(
        "each verdict agrees with what intake recorded", not wrong, f"{len(e.promises)} promises" + _some(wrong)
    )


def _as_planned(e: Evidence) -> Check:
    late = e.progress.late.total_seconds() / e.speed
    tolerance = timedelta(seconds=TOLERANCE_SECONDS + late) * e.speed
    plans = {ticket.incident: ticket for ticket in e.tickets}
    known = [one for one in e.promises if one.incident]
    wrong = [
        f"{one.number} ({one.incident}) is {one.state}"
        for one in known
        if not one.as_planned(plans[one.incident], tolerance)
    ]
    allowance = f"{TOLERANCE_SECONDS:.0f} s of play, and {late:.1f} s that the latest action came late"
    found = f"give or take {tolerance.total_seconds() / 60:.0f} minutes: {allowance}"
    return Check(
        "those answered well before the deadline kept it, those well after broke it", not wrong, found + _some(wrong)
    )


def _surveyed(e: Evidence) -> Check:
    closings = sum(ticket["closings"] for ticket in e.rows["tickets"])
    sent = sum(mail["template"] == "survey" for mail in e.rows["notifications"])
    once = len({(str(one["ticket_id"]), one["closing"]) for one in e.rows["surveys"]})
    return Check(
        "each closing was asked about once",
        closings == sent == once == e.live.surveys,
        f"{closings} closings, {sent} mails, {once} surveys",
    )


def _rated(e: Evidence) -> Check:
    given = [action.rating for ticket in e.tickets for action in ticket.actions if isinstance(action, Rate)]
    average = round(sum(given) / len(given), 2)
    good = (e.live.ratings, e.live.average_rating) == (len(given), average)
    return Check(
        "each rating given through a mail's link counts",
        good,
        f"{e.live.ratings} of {len(given)}, {e.live.average_rating} on average",
    )


def _climbed(e: Evidence) -> Check:
    rows = [one for one in e.rows["escalations"] if one.get("reason") is None]  # the others are about complaints
    roles = sorted({ticket.acknowledges for ticket in e.tickets if ticket.acknowledges})
    took = sorted({str(one["acknowledged_by"]).removeprefix("demo-") for one in rows if one.get("acknowledged_by")})
    over = any(one["cause"] == "answered" for one in rows if one.get("cause"))
    exhausted = sum(one.get("status") == "exhausted" for one in rows)
    good = took == roles and exhausted > 0 and over
    found = f"{len(rows)} ladders: taken on by {', '.join(took) or 'nobody'}; {exhausted} climbed to their end"
    return Check("ladders climb until somebody takes it on, answers, or nobody is left", good, found)


def _heard(e: Evidence) -> Check:
    """Of those who complained, and of nobody who only rated."""
    wanted = sum(len(complaint.steps) for complaint in COMPLAINTS)
    complaints = {str(one["feedback_id"]): one for one in e.rows["feedback"] if one.get("kind") == "complaint"}
    ends = sorted(str(one["stage"]) for one in complaints.values())
    promised = [one for one in e.rows["feedback_promises"] if str(one["feedback_id"]) in complaints]
    kept = sum(one.get("outcome") == "kept" for one in promised)
    good = (e.progress.steps, ends, kept) == (wanted, ["decided", "settled"], len(promised)) and kept > 0
    found = f"{e.progress.steps} of {wanted} steps; ended: {', '.join(ends)}; {kept} of {len(promised)} promises kept"
    return Check("one complaint is heard up to the CEO, the other accepted, and each promise kept", good, found)


def _acknowledged(e: Evidence) -> Check:
    owed = [one for one in e.rows["feedback"] if one.get("kind") != "complaint"]
    done = sum(one.get("acknowledged_at") is not None for one in owed)
    return Check("somebody acknowledges each word beside a rating", done == len(owed), f"{done} of {len(owed)}")


_ALL: tuple[Callable[[Evidence], Check], ...] = (
    _all_done,
    _nothing_lost,
    _replays,
    _same_figures,
    _verdicts,
    _as_planned,
    _climbed,
    _mails,
    _machines,
    _surveyed,
    _rated,
    _heard,
    _acknowledged,
)


def _some(problems: Sequence[str]) -> str:
    more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
    return f": {'; '.join(problems[:3])}{more}" if problems else ""
