"""A ServiceNow log as small as a test needs it."""

import csv
import io
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from punctual.servicenow.rows import Clock, Incident, Row, incidents

SAO_PAULO = Clock(ZoneInfo("America/Sao_Paulo"))
PLAIN = Row(
    number="INC1",
    incident_state="New",
    priority="3 - Moderate",
    sys_updated_at="1/3/2016 09:00",
    assigned_to="?",
    made_sla="true",
    reopen_count="0",
    caller_id="Caller 7",
    opened_at="1/3/2016 09:00",
    resolved_at="?",
    closed_at="?",
    contact_type="Phone",
    location="Location 1",
    category="Category 5",
    subcategory="?",
    u_symptom="Symptom 2",
)


def incident(*rows: dict[str, str], **of_all: str) -> Incident:
    """An incident with these rows; what they don't say is plain, or as `of_all` says."""
    made = tuple(PLAIN._replace(**{**of_all, **row}) for row in rows)
    return Incident(made[0].number, made, tuple(range(2, len(made) + 2)))


def lived(
    number: str, opened_at: str, closed_at: str, made_sla: str, *changes: tuple[str, str], **more: str
) -> Incident:
    """Opened; then (when, state) for each change; then closed."""
    rows = [{"incident_state": state, "sys_updated_at": at} for at, state in changes]
    last = {"incident_state": "Closed", "sys_updated_at": closed_at, "made_sla": made_sla}
    opened = {"sys_updated_at": opened_at}
    return incident(opened, *rows, last, number=number, opened_at=opened_at, closed_at=closed_at, **more)


def text(log: Iterable[Incident]) -> str:
    """As the file has it, with a column that nobody needs."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*Row._fields, "vendor"])
    writer.writerows([*row, "?"] for one in log for row in one.rows)
    return out.getvalue()


def read(content: str) -> list[Incident]:
    return list(incidents(io.StringIO(content)))
