"""The ladder, feedback, what a ticket has to say, and the libraries that all was resolved with."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sla_timer.terms.said import duration, listed

Entry = Mapping[str, Any]


def ladder_changes(before: Entry, after: Entry) -> Iterator[str]:
    """Who is called after a breach, and when."""
    for name in sorted(before["ladders"].keys() | after["ladders"].keys()):
        old, new = before["ladders"].get(name), after["ladders"].get(name)
        if old is None or new is None:
            yield f"After a {name}: {_climb(new)} instead of {_climb(old)}."
            continue
        if _counts(old) != _counts(new):
            yield f"After a {name} the delays count in {_counts(new)} instead of {_counts(old)}."
        was, now = ({rung["role"]: rung["after"] for rung in ladder["rungs"]} for ladder in (old, new))
        for role in now:
            if role not in was:
                yield f"After a {name} the {_role(role)} is called too, {_delay(now[role])}."
            elif was[role] != now[role]:
                yield f"After a {name} the {_role(role)} is called {_delay(now[role])} instead of {_delay(was[role])}."
        if gone := [_role(role) for role in was if role not in now]:
            yield f"After a {name} the {listed(gone)} {'is' if len(gone) == 1 else 'are'} called no more."
        if (old["rounds"], old["every"]) != (new["rounds"], new["every"]):
            said = f"{_rounds(new)} instead of {_rounds(old)}" if _rounds(new) != _rounds(old) else _spare(old, new)
            yield f"After a {name} the ladder is climbed {said}."


def feedback_changes(before: Entry, after: Entry) -> Iterator[str]:
    """What those who praise, criticise or complain can count on."""
    old, new = before["feedback"], after["feedback"]
    if old["acknowledge_working_days"] != new["acknowledge_working_days"]:
        yield (
            f"Feedback is acknowledged within {_count(new['acknowledge_working_days'], 'working day')} "
            f"instead of {old['acknowledge_working_days']}."
        )
    if old["review_days"] != new["review_days"]:
        yield f"Complaints are reviewed within {_count(new['review_days'], 'day')} instead of {old['review_days']}."
    if old["calendar"] != new["calendar"]:
        yield f"Feedback counts its days by the calendar {new['calendar']} instead of {old['calendar']}."


def required_changes(before: Entry, after: Entry) -> Iterator[str]:
    """What requesters have to say before the clock starts."""
    old, new = before["required"], after["required"]
    if more := _words(detail for detail in new if detail not in old):
        yield f"Every requester: no clock starts before the ticket also says {listed(more)}."
    if less := _words(detail for detail in old if detail not in new):
        yield f"Every requester: the clock no longer waits for {listed(less)}."
    if old != new and sorted(old) == sorted(new):
        yield f"Every requester: what is missing is listed in another order, {listed(_words(new))}."


def library_changes(before: Entry, after: Entry) -> Iterator[str]:
    """Where they differ, a difference in zones or holidays may be theirs and not the file's."""
    for library in ("tzdata", "holidays"):
        if before[library] != after[library]:
            yield f"Resolved with {library} {after[library]} instead of {before[library]}."


def _words(details: Iterable[str]) -> list[str]:
    return [detail.replace("_", " ") for detail in details]


def _climb(ladder: Entry | None) -> str:
    if ladder is None:
        return "nobody is called"
    return listed([f"the {_role(rung['role'])} {_delay(rung['after'])}" for rung in ladder["rungs"]])


def _role(role: str) -> str:
    return {"vp": "VP", "ceo": "CEO"}.get(role, role.replace("-", " "))


def _delay(seconds: int) -> str:
    return f"after {duration(timedelta(seconds=seconds))}" if seconds else "at once"


def _counts(ladder: Entry) -> str:
    return "support hours" if ladder.get("counts") == "support" else "elapsed time"


def _rounds(ladder: Entry) -> str:
    if ladder["rounds"] == 1:
        return "once"
    return f"{ladder['rounds']} times, every {duration(timedelta(seconds=ladder['every']))}"


def _spare(old: Entry, new: Entry) -> str:
    was, now = (duration(timedelta(seconds=ladder["every"])) for ladder in (old, new))
    return f"once as before (further rounds, of which there are none, would come every {now} instead of {was})"


def _count(count: int, unit: str) -> str:
    return f"{count} {unit}" + ("" if count == 1 else "s")
