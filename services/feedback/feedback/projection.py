"""The read model of surveys: which row a fact changes. Comments stay in the log."""

from collections.abc import Iterable
from typing import Any

from contracts.envelope import Fact
from contracts.feedback import SurveyAnswered, SurveyIssued
from kit.decider import Put


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
