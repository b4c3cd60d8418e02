"""A ticket waits for what the policy in force requires and for what staff asked for, and for nothing else (P8, P12)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.intake.story import (
    ANN,
    ASKED,
    COMPLETED,
    OPENED,
    REOPENED,
    RESPONDED,
    TICKET,
    WAITING,
    WITHDRAWN,
    outcome,
    recorded,
    refusal,
    state_after,
)

from contracts.rights import NotAllowed
from contracts.tickets import Detail, Details, InformationReceived
from intake.domain.commands import Entitlement, HeedPolicy
from intake.domain.policy import SHIPPED, Policy
from intake.domain.state import Open, WaitingForInformation
from intake.react import Terms, react

BY_POLICY = replace(COMPLETED, details=Details(), policy="v2")


def requiring(*details: Detail, version: str | None = "v2") -> Policy:
    return Policy(version=version, required=details, calendars=())


def heed(*details: Detail) -> HeedPolicy:
    return HeedPolicy(ticket_id=TICKET, by="service", policy=requiring(*details))


def less(*missing: Detail) -> InformationReceived:
    return InformationReceived(ticket_id=TICKET, subject_id=ANN, details=Details(), missing=missing, policy="v2")


def test_what_is_no_longer_required_is_no_longer_waited_for_and_the_fact_names_the_policy() -> None:
    assert outcome([WAITING], heed("product", "os")) == [BY_POLICY]
    assert isinstance(state_after([WAITING, BY_POLICY]), Open)


def test_what_is_still_required_is_still_missing() -> None:
    assert outcome([WAITING], heed("product", "os_version")) == [less("os_version")]
    assert state_after([WAITING, less("os_version")]).missing == ("os_version",)  # type: ignore[union-attr]


@pytest.mark.parametrize("required", [("product_version", "os_version"), ("product_version", "os_version", "product")])
def test_a_policy_that_requires_as_much_or_more_changes_nothing(required: Sequence[Detail]) -> None:
    assert outcome([WAITING], heed(*required)) == []
    assert outcome([OPENED], heed(*required, "description")) == []


def test_what_staff_asked_for_is_waited_for_whatever_is_required() -> None:
    assert outcome([OPENED, ASKED], heed()) == []
    assert outcome([WAITING, replace(ASKED, missing=("product_version", "os_version"))], heed()) == [less("os_version")]


def test_what_staff_asked_for_adds_up_until_it_is_said() -> None:
    first = replace(ASKED, missing=("product_version", "os_version"), named=("os_version",))
    second = replace(first, missing=("product_version", "os", "os_version"), named=("os",))
    assert outcome([WAITING, first, second], heed()) == [less("os", "os_version")]
    said = InformationReceived(
        ticket_id=TICKET, subject_id=ANN, details=Details(os="Debian"), missing=("product_version", "os_version")
    )
    state: Any = state_after([WAITING, first, second, said])
    assert (state.missing, state.asked) == (("product_version", "os_version"), ("os_version",))
    completed = replace(COMPLETED, details=Details(product_version="1", os_version="12"))
    again = state_after([WAITING, first, completed, replace(ASKED, missing=("os",), named=("os",))])
    assert again.asked == ("os",)  # type: ignore[union-attr]


def test_an_older_request_asked_for_what_had_not_been_missing_before() -> None:
    older = replace(ASKED, missing=("product_version", "os", "os_version"), named=None)
    assert outcome([WAITING, older], heed()) == [less("os")]
    assert outcome([WAITING, replace(older, missing=WAITING.missing)], heed()) == []  # all of it, perhaps
    assert outcome([OPENED, replace(older, missing=("os",))], heed()) == []


@pytest.mark.parametrize(
    "given", [[OPENED], [WAITING, COMPLETED], [WAITING, RESPONDED], [WAITING, WITHDRAWN], [WAITING, BY_POLICY]]
)
def test_a_ticket_that_does_not_wait_has_nothing_to_heed(given: Sequence[Any]) -> None:
    assert outcome(given, heed()) == []


def test_while_no_policy_was_heard_of_nobody_is_relieved_of_anything() -> None:
    unheard = HeedPolicy(ticket_id=TICKET, by="service", policy=requiring(version=None))
    assert outcome([WAITING], unheard) == []


def test_a_reopened_ticket_does_not_wait_for_what_is_no_longer_required() -> None:
    given = [WAITING, WITHDRAWN, REOPENED]
    assert isinstance(state_after(given), WaitingForInformation)
    assert outcome(given, heed()) == [BY_POLICY]
    entitlement = Entitlement(account_version=2, tier="command", calendar=None)
    terms = Terms(entitlement=entitlement, policy=requiring("os"))
    commands = [command for _, command in react(recorded(REOPENED, version=9), terms)]
    assert commands[2:] == [HeedPolicy(ticket_id=TICKET, by="service", policy=requiring("os"))]
    unheard = [command for _, command in react(recorded(REOPENED, version=9), replace(terms, policy=SHIPPED))]
    assert not any(isinstance(command, HeedPolicy) for command in unheard)


def test_nobody_gives_this_command_but_the_service() -> None:
    assert isinstance(refusal([WAITING], replace(heed(), by="engineer")), NotAllowed)
