"""A log that takes up what the broker has of it: the rows are those that were there before."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts import codec
from contracts.base import kind_of
from contracts.names import NOTIFICATIONS, shard_of
from contracts.notifications import NotificationFailed, NotificationRequested, NotificationSent
from kit.log.perform import Core
from kit.memory import MemoryStore
from kit.personal.vault import Vault, subjects_of
from kit.store.values import Row
from notifier import domain
from notifier.domain.streams import notification_stream, thread_stream
from notifier.projection import project

TICKET, MAIL = UUID("00000000-0000-7000-8000-000000000001"), UUID(int=1)
THREAD, OF_THE_MAIL = thread_stream(TICKET), notification_stream(TICKET, MAIL)
REQUESTED = NotificationRequested(
    ticket_id=TICKET,
    notification_id=MAIL,
    template="escalation",
    cause=UUID(int=2),
    number="P-1000",
    automatic=None,
    role="ceo",
)


def row(seq: int, stream: str, version: int, event: Any) -> Row:
    return Row(
        shard=shard_of(TICKET),
        shard_seq=seq,
        stream=stream,
        version=version,
        event_id=UUID(int=seq),
        command_id=UUID(int=seq),
        type=kind_of(event).name,
        schema_version=kind_of(event).version,
        recorded_at=datetime(2026, 7, 13, tzinfo=UTC),
        data=codec.encode(event, seal=None).decode(),
        meta='{"actor":"notifier","role":"service"}',
    )


async def test_what_was_requested_and_then_sent_is_sent_whatever_its_streams_are_called() -> None:
    """Two streams write to one row, and `notification-…` sorts before `thread-…`."""
    failed = NotificationFailed(ticket_id=TICKET, notification_id=MAIL, reason="unknown", attempts=3)
    sent = NotificationSent(ticket_id=TICKET, notification_id=MAIL, message_id="<1@desk>")
    rows = [row(1, THREAD, 1, REQUESTED), row(2, OF_THE_MAIL, 1, failed), row(3, OF_THE_MAIL, 2, sent)]
    store = MemoryStore(NOTIFICATIONS)
    core = Core(topic=NOTIFICATIONS, decider=domain, vault=Vault(bytes(32), makes=subjects_of), project=project)
    async with store.transaction() as tx:
        facts = await core.adopt(tx, rows)
    assert facts
    assert [fact.shard_seq for fact in facts] == [1, 2, 3]
    (mail,) = store.tables.models["notifications"].values()
    assert (mail["status"], mail["reason"], mail["attempts"]) == ("sent", None, 3)
