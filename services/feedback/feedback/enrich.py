"""Completes commands with what only the database knows, within the transaction that carries them out."""

from collections.abc import Sequence
from typing import Any

from contracts.replacing import replace
from feedback.domain.commands import RemindOfSurvey
from feedback.domain.state import Stage
from kit.store import Tx

OPEN_STAGES: tuple[Stage, ...] = ("review", "outcome", "arbitration")
"""A complaint at one of these is open."""


async def enrich(tx: Tx, commands: Sequence[Any]) -> Sequence[Any]:
    """Whether a complaint speaks against a reminder."""
    return [await _reminding(tx, command) if isinstance(command, RemindOfSurvey) else command for command in commands]


async def _reminding(tx: Tx, command: RemindOfSurvey) -> RemindOfSurvey:
    """A complaint about the ticket, or one that its requester made by mail or in a survey."""
    surveys = await tx.select("surveys", {"ticket_id": command.ticket_id, "closing": command.closing})
    complaints = [
        complaint
        for survey in surveys
        for stage in OPEN_STAGES
        for complaint in await tx.select("feedback", {"account_id": survey["account_id"], "stage": stage})
        if complaint["about"] == command.ticket_id or complaint["subject_id"] == survey["subject_id"]
    ]
    return replace(command, complaint_open=bool(complaints))
