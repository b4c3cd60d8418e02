"""Intake passes over undecoded what it doesn't heed: so it has to heed all that it answers."""

from typing import Any, get_args
from uuid import UUID

import pytest
from tests.contract.corpus import INSTANT, example

from contracts.base import BY_CLASS, kind_of
from contracts.envelope import Meta, Recorded
from contracts.names import TICKETS
from contracts.tickets import AccountEvent, TicketEvent
from intake.domain.react import Standing, react
from intake.main import SERVICE

STANDING = Standing(account_version=2, tier="patrol", calendar=None)


@pytest.mark.parametrize("cls", [*get_args(TicketEvent), *get_args(AccountEvent)], ids=lambda cls: cls.__name__)
def test_what_it_answers_is_heeded_and_what_it_heeds_is_answered(cls: type[Any]) -> None:
    event = example(BY_CLASS[cls])
    fact = Recorded(
        topic=TICKETS,
        shard=0,
        shard_seq=1,
        stream="ticket-00000000-0000-4000-8000-000000000001",
        version=1,
        event_id=UUID(int=1),
        command_id=UUID(int=2),
        recorded_at=INSTANT,
        event=event,
        meta=Meta(actor="ann", role="requester"),
    )
    answered = react(fact, [UUID(int=3)]) or react(fact, STANDING)
    assert SERVICE.heeds is not None
    assert bool(answered) == (kind_of(event).name in SERVICE.heeds)
