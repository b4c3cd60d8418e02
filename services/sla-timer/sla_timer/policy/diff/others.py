"""Changes of ladders, feedback, required information, severities' wording, assumptions and libraries."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import get_args

from contracts.policy import Ladder, Policy
from contracts.tickets import Severity
from sla_timer.policy.diff.kinds import Change
from sla_timer.policy.feedback import TERMS
from sla_timer.policy.wording import duration, listed


def ladder_changes(before: Policy, after: Policy) -> Iterator[Change]:
    """Who is called after a breach, and when."""
    for name in sorted(before.ladders.keys() & after.ladders.keys()):
        old, new, called = before.ladders[name], after.ladders[name], f"After a {name}"
        if _counts(old) != _counts(new):
            yield Change("ladder-counts", f"{called} the delays count in {_counts(new)} instead of {_counts(old)}.")
        was, now = ({rung.role: rung.after for rung in ladder.rungs} for ladder in (old, new))
        for role, after_it in now.items():
            said = f"{called} the {_role(role)} is called"
            if role not in was:
                yield Change("rung", f"{said} too, {_delay(after_it)}.")
            elif was[role] != after_it:
                yield Change("rung-delay", f"{said} {_delay(after_it)} instead of {_delay(was[role])}.")
        if gone := [_role(role) for role in was if role not in now]:
            yield Change(
                "rungs-gone", f"{called} the {listed(gone)} {'is' if len(gone) == 1 else 'are'} called no more."
            )
        if _rounds(old) != _rounds(new):
            yield Change("rounds", f"{called} the ladder is climbed {_rounds(new)} instead of {_rounds(old)}.")
        elif old.every != new.every:
            yield Change("every", f"{called} the ladder is climbed {_spare(old, new)}.")


def feedback_changes(before: Policy, after: Policy) -> Iterator[Change]:
    """The deadlines for feedback and complaints that are received from now on."""
    for term in TERMS:
        if said := term.changed(before.feedback, after.feedback):
            yield Change(term.name, said)


def required_changes(before: Policy, after: Policy) -> Iterator[Change]:
    """The information that requesters must give before the clock starts."""
    old, new = before.required, after.required
    if more := _words(detail for detail in new if detail not in old):
        yield Change("required", f"Every requester: no clock starts before the ticket also says {listed(more)}.")
    if less := _words(detail for detail in old if detail not in new):
        yield Change("required-less", f"Every requester: the clock no longer waits for {listed(less)}.")
    if old != new and sorted(old) == sorted(new):
        said = f"what is missing is listed in another order, {listed(_words(new))}"
        yield Change("required-order", f"Every requester: {said}.")


def severity_changes(before: Policy, after: Policy) -> Iterator[Change]:
    """What requesters read when they choose a severity."""
    for severity in get_args(Severity):
        was, now = (_quoted(policy.severities.get(severity)) for policy in (before, after))
        if was != now:
            yield Change("severities", f"Every requester: severity {severity} is for {now} instead of {was}.")


def assumption_changes(before: Policy, after: Policy) -> Iterator[Change]:
    """Entries that are assumed, since the rules leave them open."""
    old, new = before.assumptions, after.assumptions
    if more := [entry or "all of it" for entry in new if entry not in old]:
        yield Change("assumptions", f"Said to be assumed, and not by the rules: {listed(more)}.")
    if less := [entry or "all of it" for entry in old if entry not in new]:
        yield Change("assumptions", f"Said to be by the rules, and no longer assumed: {listed(less)}.")


def library_changes(before: Policy, after: Policy) -> Iterator[Change]:
    """Changed libraries: a difference in zones or holidays may come from them."""
    for library in ("tzdata", "holidays"):
        was, now = getattr(before, library), getattr(after, library)
        if was != now:
            yield Change("library", f"Resolved with {library} {now} instead of {was}.")


def _words(details: Iterable[str]) -> list[str]:
    return [detail.replace("_", " ") for detail in details]


def _quoted(words: str | None) -> str:
    return "whatever they think" if words is None else f"“{words}”"


def _role(role: str) -> str:
    return {"vp": "VP", "ceo": "CEO"}.get(role, role.replace("-", " "))


def _delay(seconds: int) -> str:
    return f"after {duration(timedelta(seconds=seconds))}" if seconds else "at once"


def _counts(ladder: Ladder) -> str:
    return "support hours" if ladder.counts == "support" else "elapsed time"


def _rounds(ladder: Ladder) -> str:
    if ladder.rounds == 1:
        return "once"
    return f"{ladder.rounds} times, every {duration(timedelta(seconds=ladder.every))}"


def _spare(old: Ladder, new: Ladder) -> str:
    was, now = (duration(timedelta(seconds=ladder.every)) for ladder in (old, new))
    return f"once as before (further rounds, of which there are none, would come every {now} instead of {was})"
