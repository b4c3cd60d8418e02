"""What time alone causes for a clock: its warnings, and the verdict at its deadline."""

from datetime import datetime
from typing import Literal

from sla_timer.domain.commands import Evidence
from sla_timer.domain.events import ObjectiveMissed, SlaBreached, SlaEvent, SlaWarning
from sla_timer.domain.state import Clock

Cause = Literal["deadline", "reclassified"]


def warnings_due(clock: Clock, until: datetime) -> list[SlaEvent]:
    """The warnings that are due at or before an instant, in order."""
    return [
        SlaWarning(
            ticket_id=clock.ticket_id,
            metric=clock.metric,
            percent=to.percent,
            reached_at=to.at,
            due_at=clock.due_at,
            versions=clock.versions,
        )
        for to in clock.warnings
        if to.at <= until
    ]


def verdict_due(clock: Clock, until: datetime, evidence: Evidence) -> list[SlaEvent]:
    """The verdict, if the deadline is at or before an instant."""
    return verdict(clock, "deadline", clock.due_at, evidence) if clock.due_at <= until else []


def verdict(clock: Clock, cause: Cause, at: datetime, evidence: Evidence = "settled") -> list[SlaEvent]:
    """The deadline has passed, and by `at` the promise was not kept: a breach or, of an objective, a miss."""
    if clock.metric == "objective":
        return [
            ObjectiveMissed(
                ticket_id=clock.ticket_id, metric=clock.metric, due_at=clock.due_at, versions=clock.versions
            )
        ]
    return [
        SlaBreached(
            ticket_id=clock.ticket_id,
            metric=clock.metric,
            cause=cause,
            evidence=evidence,
            severity=clock.severity,
            due_at=clock.due_at,
            breached_at=at,
            versions=clock.versions,
            number=clock.number,
            calendar=clock.calendar,
        )
    ]
