"""What can be asked of "what if", and how it is answered."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.tickets import Severity, Tier
from kit.http.bodies import Body
from kit.http.instants import Instant
from kit.http.problems import FieldError, misunderstood
from sla_timer.history.verdict import Verdict

MAX_FILE_CHARACTERS = 256 * 1024
DEADLINE = ("severity", "tier", "at")
"""The fields that ask for a deadline; `calendar` and `policy` may be added."""
SPAN = ("since", "before")


class WhatIf(Body):
    """One of three: a deadline (`severity`, `tier`, `at`), one `ticket` under another policy, or all under another."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"severity": 1, "tier": "enlist", "at": "2026-07-13T13:30:00Z"},
                {"ticket": "P-1042", "policy": "name: …"},
                {"policy": "name: …", "since": "2026-01-01T00:00:00Z"},
            ]
        },
    )

    severity: Severity | None = None
    tier: Tier | None = None
    at: Annotated[Instant | None, Field(description="received then, with all required information")] = None
    calendar: Annotated[str | None, Field(description="agreed with the account", min_length=1, max_length=200)] = None
    ticket: Annotated[str | None, Field(description="its number, or its id", min_length=1, max_length=40)] = None
    policy: Annotated[
        str | None,
        Field(description="the text of a policy file (YAML)", min_length=1, max_length=MAX_FILE_CHARACTERS),
    ] = None
    since: Annotated[Instant | None, Field(description="only tickets opened from then on")] = None
    before: Annotated[Instant | None, Field(description="only tickets opened before")] = None

    def check(self) -> None:
        """Raises Trouble unless it asks one of the three questions, naming each missing or extra field."""
        given = self.model_fields_set - {name for name in self.model_fields_set if getattr(self, name) is None}
        asked = given & {*DEADLINE, "calendar"}
        wanted: tuple[str, ...]
        if asked:
            wanted, allowed, what = DEADLINE, {*DEADLINE, "calendar", "policy"}, "a deadline"
        elif "ticket" in given:
            wanted, allowed, what = ("ticket", "policy"), {"ticket", "policy"}, "one ticket"
        else:
            wanted, allowed, what = ("policy",), {"policy", *SPAN}, "the whole history"
        errors = [FieldError(field=name, detail=f"is missing; {what} needs it") for name in wanted if name not in given]
        errors += [
            FieldError(field=name, detail=f"{what} is not asked with it; leave it out")
            for name in sorted(given - allowed)
        ]
        if self.since and self.before and self.before <= self.since:
            errors.append(FieldError(field="before", detail="is not after since; name a later instant"))
        if errors:
            raise misunderstood("Ask for a deadline, one ticket, or the whole history.", *errors)


class Warned(BaseModel):
    """A warning before the deadline."""

    percent: int
    at: datetime


class Deadline(BaseModel):
    """When the clock would start, warn and be due; if nothing is promised, the objective and why."""

    start: datetime
    warnings: list[Warned]
    due: datetime | None
    objective: datetime | None = None
    why: str | None = None
    calendar: str
    policy: str
    known_until: Annotated[str | None, Field(description="the deadline lies beyond what the calendar knows")] = None


class Compared(BaseModel):
    """The verdict on a clock: on record, and by the other policy."""

    on_record: Verdict
    would_be: Verdict


class TicketComparison(BaseModel):
    """The verdicts on a ticket's first answer: on record, and by another `policy` (version). `further`: the others."""

    ticket_id: UUID
    number: str | None
    policy: str
    on_record: Verdict
    would_be: Verdict
    further: dict[str, Compared] = {}
