"""Intake passes over undecoded what it doesn't heed: so it has to heed all that it answers."""

from typing import Any, get_args
from uuid import UUID

import pytest
from tests.contract.corpus import example
from tests.unit.intake.story import recorded

from contracts.base import BY_CLASS
from contracts.tickets import AccountEvent, TicketEvent
from intake.domain.react import Standing, react
from intake.main import SERVICE

STANDING = Standing(account_version=2, tier="patrol", calendar=None)


@pytest.mark.parametrize("cls", [*get_args(TicketEvent), *get_args(AccountEvent)], ids=lambda cls: cls.__name__)
def test_what_it_answers_is_heeded_and_what_it_heeds_is_answered(cls: type[Any]) -> None:
    fact = recorded(example(BY_CLASS[cls]), version=1)
    answered = react(fact, [UUID(int=3)]) or react(fact, STANDING)
    assert SERVICE.heeds is not None
    assert bool(answered) == (BY_CLASS[cls].name in SERVICE.heeds)
