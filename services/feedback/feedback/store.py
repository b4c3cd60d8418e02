"""The read model of surveys: what was asked and how it was rated. What was said stays in the log."""

from collections.abc import Iterable
from typing import Any

from contracts.envelope import Fact
from contracts.feedback import SurveyAnswered, SurveyIssued
from kit.decider import Put

LIST = """
SELECT * FROM surveys
WHERE ($1::uuid[] IS NULL OR ticket_id = ANY ($1))
  AND ($2::timestamptz IS NULL OR (issued_at, survey_id) < ($2, $3::uuid))
ORDER BY issued_at DESC, survey_id DESC LIMIT $4
"""

RATINGS = """
SELECT rating, count(*) AS answers FROM surveys
WHERE rating IS NOT NULL
  AND ($1::timestamptz IS NULL OR answered_at >= $1) AND ($2::timestamptz IS NULL OR answered_at < $2)
GROUP BY rating
"""

ISSUED = """
SELECT count(*) AS surveys FROM surveys
WHERE ($1::timestamptz IS NULL OR issued_at >= $1) AND ($2::timestamptz IS NULL OR issued_at < $2)
"""


def project(fact: Fact, before: Any, after: Any) -> Iterable[Put]:
    """The row that a fact changes; a later answer replaces an earlier one."""
    match fact.event:
        case SurveyIssued() as issued:
            values = {
                "ticket_id": issued.ticket_id,
                "closing": issued.closing,
                "account_id": issued.account_id,
                "number": issued.number,
                "issued_at": fact.happened_at,
            }
        case SurveyAnswered(rating=rating):
            values = {"rating": rating, "answered_at": fact.happened_at}
        case _:
            return []
    return [Put("surveys", {"survey_id": fact.event.survey_id}, values | {"version": fact.version})]
