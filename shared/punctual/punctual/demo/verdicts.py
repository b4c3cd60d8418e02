"""Every promise held against what intake recorded: a second opinion, without the code that gave the first."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from punctual.demo.actions import Respond, Ticket
from punctual.demo.doors import Doors
from punctual.demo.figures import Rows

TOLERANCE_SECONDS = 1.0
"""Real seconds by which an action may come late: at the demo's speed 50 ms are 2.4 minutes, and 1 s is 48."""

VERDICTS = ("running", "met", "breached")
"""States in which something is, or was, owed; not so of a clock that waits or is cancelled."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A response clock, and when intake recorded the initial response, if it did. Answered before it started, it never
    had a deadline."""

    number: str
    incident: str
    state: str
    due_at: datetime | None
    responded_at: datetime | None

    def right(self, now: datetime) -> bool:
        """Whether the verdict follows from deadline and answer; at the deadline itself is too late."""
        if self.due_at is None:
            return self.state == "met" and self.responded_at is not None
        if self.state == "met":
            return self.responded_at is not None and self.responded_at < self.due_at
        if self.state == "breached":
            return self.responded_at is None or self.responded_at >= self.due_at
        return self.responded_at is None and now < self.due_at

    def as_planned(self, ticket: Ticket, tolerance: timedelta) -> bool:
        """Whether it came as the plan has it, where that leaves no doubt."""
        planned = next((action.at for action in ticket.actions if isinstance(action, Respond)), None)
        if planned is None or self.due_at is None:
            return (self.state == "met") == (planned is not None)
        if planned < self.due_at - tolerance:
            return self.state == "met"
        return self.state == "breached" if planned > self.due_at + tolerance else True


async def promises(doors: Doors, rows: Rows, opened: Mapping[str, Ticket]) -> list[Promise]:
    """All promises to answer that are not waiting, withdrawn or void."""
    numbers = {str(ticket["ticket_id"]): ticket["number"] for ticket in rows["tickets"]}
    kept = [c for c in rows["clocks"] if c["metric"] == "response" and c["state"] in VERDICTS]
    answers = await asyncio.gather(*(_responded(doors, numbers[str(clock["ticket_id"])]) for clock in kept))
    return [
        Promise(
            numbers[str(clock["ticket_id"])],
            opened[str(clock["ticket_id"])].incident if str(clock["ticket_id"]) in opened else "",
            clock["state"],
            _instant(clock["due_at"]) if clock.get("due_at") else None,
            at,
        )
        for clock, at in zip(kept, answers, strict=True)
    ]


async def _responded(doors: Doors, number: str) -> datetime | None:
    events: Sequence[Mapping[str, Any]] = (await doors.get("intake", f"/v1/tickets/{number}/events"))["events"]
    given = [event["recorded_at"] for event in events if event["type"] == "ticket.initial-response-given"]
    return _instant(given[0]) if given else None


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
