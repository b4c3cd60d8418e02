"""Mails that wait for a person: when the Support Manager is told, and what is recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.command_ids import of_notice
from contracts.rights import NotAllowed
from contracts.tickets import WaitingMailsNoted
from intake.domain import INITIAL, decide, evolve
from intake.domain.commands import NoteWaitingMails
from intake.domain.waiting import is_due
from intake.watching import request_for

NOON = datetime(2026, 7, 13, 12, tzinfo=UTC)
WAITING: dict[str, Any] = {"unmatched": 2, "failed": 1, "ignored": 0, "since": NOON, "oldest": "mail-7"}


def test_a_notice_is_due_at_once_then_every_hour_and_never_while_nothing_waits() -> None:
    assert is_due(NOON, None, waiting=1)
    assert not is_due(NOON, None, waiting=0)
    for minutes, due in ((0, False), (59, False), (60, True), (600, True)):
        assert is_due(NOON + timedelta(minutes=minutes), NOON, waiting=3) is due
        assert not is_due(NOON + timedelta(minutes=minutes), NOON, waiting=0)


def test_every_process_makes_the_same_command_for_a_notice_and_names_the_mail_that_waited_longest() -> None:
    first, again, next_one = (
        request_for(1, of_notice(1), WAITING),
        request_for(1, of_notice(1), WAITING | {"unmatched": 9}),
        request_for(2, of_notice(2), WAITING),
    )
    assert (first.command_id, first.stream) == (again.command_id, again.stream)
    assert first.command_id != next_one.command_id
    assert first.meta.cause
    assert (first.meta.cause.source, first.meta.cause.id) == ("mail", "mail-7")


def test_the_notice_says_how_many_wait_and_since_when() -> None:
    (noted,) = decide(request_for(3, of_notice(3), WAITING).command, INITIAL)
    assert isinstance(noted, WaitingMailsNoted)
    assert (noted.ordinal, noted.unmatched, noted.failed, noted.ignored, noted.since) == (3, 2, 1, 0, NOON)
    assert decide(request_for(3, of_notice(3), WAITING).command, evolve(INITIAL, noted)) == []


def test_only_the_service_notes_that_mails_wait() -> None:
    command = request_for(1, of_notice(1), WAITING).command
    with pytest.raises(NotAllowed):
        decide(NoteWaitingMails(by="requester", noted=command.noted), INITIAL)
