from datetime import UTC, datetime, timedelta
from functools import reduce
from uuid import UUID

import pytest

from contracts.notifications import NotificationEvent, NotificationFailed, NotificationSent, NotificationSuppressed
from notifier.domain import INITIAL, decide, evolve
from notifier.domain.commands import NotifierCommand, RecordFailed, RecordSent, Suppress
from notifier.domain.policy import Policy
from notifier.domain.streams import notification_stream

TICKET, MAIL, CAUSE = (UUID(int=number) for number in (1, 2, 3))
NOON = datetime(2026, 7, 13, 12, tzinfo=UTC)

SENT = NotificationSent(ticket_id=TICKET, notification_id=MAIL, message_id="<m@desk.example>")
FAILED = NotificationFailed(
    ticket_id=TICKET, notification_id=MAIL, reason="550 no such user", attempts=1, template="answer"
)
UNKNOWN = NotificationFailed(ticket_id=TICKET, notification_id=MAIL, reason="unknown", attempts=5)
SUPPRESSED = NotificationSuppressed(
    ticket_id=TICKET, notification_id=MAIL, template="ticket-received", cause=CAUSE, reason="rate-limited"
)
RECORD_SENT = RecordSent(ticket_id=TICKET, notification_id=MAIL, message_id="<m@desk.example>")
RECORD_FAILED = RecordFailed(
    ticket_id=TICKET, notification_id=MAIL, template="answer", reason="550 no such user", attempts=1
)
SUPPRESS = Suppress(
    ticket_id=TICKET, notification_id=MAIL, template="ticket-received", cause=CAUSE, reason="rate-limited"
)


def outcome(given: list[NotificationEvent], when: NotifierCommand) -> list[NotificationEvent]:
    return decide(when, reduce(evolve, given, INITIAL))


def test_what_becomes_of_a_mail_is_recorded() -> None:
    assert outcome([], RECORD_SENT) == [SENT]
    assert outcome([], RECORD_FAILED) == [FAILED]
    assert outcome([], SUPPRESS) == [SUPPRESSED]


@pytest.mark.parametrize("again", [RECORD_SENT, RECORD_FAILED, SUPPRESS])
def test_a_mail_that_was_sent_stays_sent(again: NotifierCommand) -> None:
    assert outcome([SENT], again) == []


@pytest.mark.parametrize("first", [FAILED, UNKNOWN, SUPPRESSED])
@pytest.mark.parametrize("again", [RECORD_FAILED, SUPPRESS])
def test_a_mail_that_was_not_sent_is_not_sent_once(first: NotificationEvent, again: NotifierCommand) -> None:
    assert outcome([first], again) == []


def test_a_mail_of_unknown_outcome_may_turn_out_to_be_sent() -> None:
    assert outcome([UNKNOWN], RECORD_SENT) == [SENT]
    assert outcome([UNKNOWN, SENT], RECORD_SENT) == []


def test_a_failure_heard_of_after_success_leaves_it_sent() -> None:
    assert evolve(evolve(INITIAL, SENT), FAILED) == evolve(INITIAL, SENT)


def test_a_sender_gets_three_automatic_replies_an_hour() -> None:
    others = [NOON + timedelta(minutes=minutes) for minutes in (0, 5, 10)]
    at = NOON + timedelta(minutes=20)
    assert [Policy().reply_from(at, others[:n]) for n in range(4)] == [None, None, None, NOON + timedelta(hours=1)]
    assert Policy().reply_from(NOON + timedelta(minutes=59), others) == NOON + timedelta(hours=1)
    assert Policy().reply_from(NOON + timedelta(hours=1), others) is None
    at = NOON + timedelta(minutes=61)
    assert Policy().reply_from(at, [*others, NOON + timedelta(hours=1)]) == NOON + timedelta(minutes=65)


def test_replies_that_another_clock_puts_a_little_later_count_and_those_far_off_do_not() -> None:
    later = [NOON + timedelta(seconds=n) for n in (1, 2, 3)]
    assert Policy().reply_from(NOON, later) == later[0] + timedelta(hours=1)
    assert Policy().reply_from(NOON, [NOON + timedelta(hours=1)] * 3) is None
    assert Policy().reply_from(NOON, [NOON - timedelta(hours=1)] * 3) is None


def test_a_mail_has_a_stream_of_its_own_in_its_tickets_shard() -> None:
    assert notification_stream(TICKET, MAIL) == f"notification-{TICKET}-{MAIL}"
