"""What changes from one policy to another, and for whom, in words. Both in published form (`contracts.policy`)."""

from collections.abc import Iterator
from datetime import date

from contracts import policy
from contracts.policy import Policy
from contracts.sla import PolicyPublished
from sla_timer.policy.diff.calendars import calendar_changes
from sla_timer.policy.diff.kinds import Change
from sla_timer.policy.diff.others import (
    assumption_changes,
    feedback_changes,
    ladder_changes,
    library_changes,
    required_changes,
    severity_changes,
)
from sla_timer.policy.diff.promises import promise_changes


def policy_changes(before: Policy, after: Policy, *, today: date) -> Iterator[Change]:
    """A sentence for each change, those that customers notice most first; none for equal policies.

    Dates before `today` are counted, not listed.
    """
    yield from promise_changes(before, after)
    yield from calendar_changes(before, after, today.isoformat())
    for part in (ladder_changes, feedback_changes, required_changes, severity_changes):
        yield from part(before, after)
    if before.name != after.name:
        yield Change("name", f"The policy is called {after.name!r} instead of {before.name!r}.")
    for part in (assumption_changes, library_changes):
        yield from part(before, after)


def describe_changes(before: PolicyPublished | None, after: PolicyPublished, *, today: date) -> list[str]:
    """The sentences alone; none if no policy was in force before, or the same one."""
    if before is None or before.version == after.version:
        return []
    try:
        was, now = policy.read(before.resolved), policy.read(after.resolved)
    except ValueError as error:  # another release may have published it
        return [f"What it changes can't be told: this release can't read all of the policy in force ({error})."]
    nothing = "Nothing that anyone would notice: it is only written otherwise, or lies beyond the last dates known."
    return [change.text for change in policy_changes(was, now, today=today)] or [nothing]
