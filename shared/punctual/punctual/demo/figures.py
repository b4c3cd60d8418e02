"""The figures of the summary, from rows: rebuilt from the log by replay, or as the live APIs tell them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kit.process.service import Service
from punctual.demo.doors import DoorClosed, Doors
from punctual.replay.verify import Verified, verify

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by what they are: tickets, clocks, escalations, notifications, surveys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What became of the day."""

    tickets: int
    open: int
    closed: int
    answered_in_time: int
    breached: int
    clocks_running: int
    clocks_cancelled: int
    objectives_met: int
    warned: int
    escalated: int
    acknowledged: int
    exhausted: int
    mails: int
    mails_failed: int
    mails_overtaken: int
    surveys: int
    ratings: int
    average_rating: float | None

    def as_json(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)


def figures(rows: Rows) -> Figures:
    """Count them."""
    tickets, clocks, surveys = rows["tickets"], rows["clocks"], rows["surveys"]
    responses = [clock["state"] for clock in clocks if clock["metric"] == "response"]
    ratings = [survey["rating"] for survey in surveys if survey.get("rating")]
    escalations = rows["escalations"]
    return Figures(
        tickets=len(tickets),
        open=len(tickets) - _count(tickets, "status", "closed"),
        closed=_count(tickets, "status", "closed"),
        answered_in_time=responses.count("met"),
        breached=responses.count("breached"),
        clocks_running=responses.count("running"),
        clocks_cancelled=responses.count("cancelled"),
        objectives_met=sum(clock["metric"] == "objective" and clock["state"] == "met" for clock in clocks),
        warned=sum(clock.get("warned") is not None for clock in clocks),
        escalated=len(escalations),
        acknowledged=sum(one.get("acknowledged_by") is not None for one in escalations),
        exhausted=_count(escalations, "status", "exhausted"),
        mails=_count(rows["notifications"], "status", "sent"),
        mails_failed=_count(rows["notifications"], "status", "failed"),
        mails_overtaken=_count(rows["notifications"], "status", "suppressed"),
        surveys=len(surveys),
        ratings=len(ratings),
        average_rating=round(sum(ratings) / len(ratings), 2) if ratings else None,
    )


def _count(rows: Iterable[Mapping[str, Any]], column: str, *values: str) -> int:
    return sum(row[column] in values for row in rows)


async def replayed(services: Sequence[Service], doors: Doors) -> list[Verified]:
    """Every service's read models from the log (from Kafka alone, if there is one), held against the live ones."""
    environment = doors.environment
    kafka = (environment.kafka, "") if environment.kafka else None
    source = "kafka" if kafka else "postgres"
    return list(
        await asyncio.gather(
            *(verify(one, environment.dsns[one.name], source=source, kafka=kafka) for one in services)  # type: ignore[arg-type]
        )
    )


def rows_of(found: Sequence[Verified]) -> Rows:
    """What replay rebuilt, by what it is."""
    names = ("tickets", "clocks", "escalations", "notifications", "surveys", "feedback", "feedback_promises")
    tables = {table: list(rows.values()) for one in found for table, rows in one.rebuilt.tables.items()}
    return {name: tables.get(name, []) for name in names}


async def live_rows(doors: Doors) -> Rows:
    """What the five APIs say, page by page."""
    tickets = await doors.pages("intake", "/v1/tickets", limit=200)
    clocks = await asyncio.gather(*(_clocks(doors, ticket["ticket_id"]) for ticket in tickets))
    return {
        "tickets": tickets,
        "clocks": [clock for some in clocks for clock in some],
        "escalations": await doors.pages("escalation", "/v1/escalations", limit=500),
        "notifications": await doors.pages("notifier", "/v1/notifications", limit=500),
        "surveys": await doors.pages("feedback", "/v1/surveys", limit=500),
    }


async def _clocks(doors: Doors, ticket_id: str) -> list[dict[str, Any]]:
    answer = await doors.fetch("sla-timer", f"/v1/tickets/{ticket_id}/clocks", "support-manager")
    if answer.status_code == 404:  # its information never was complete
        return []
    if answer.status_code != 200:
        raise DoorClosed(f"the clocks of {ticket_id}: {answer.status_code} {answer.text}")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
