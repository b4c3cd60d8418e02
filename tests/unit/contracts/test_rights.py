"""Rights: who has one, and what the others are told."""

import pytest

from contracts.rights import NotAllowed, Right
from contracts.roles import CUSTOMERS, DESK, KEYHOLDERS, ROLES, STAFF, VENDOR


def test_a_right_is_had_by_its_roles_alone_and_the_others_are_told_which_these_are() -> None:
    right = Right(DESK)
    for role in DESK:
        right.demand(role)
    for role in set(ROLES) - DESK:
        with pytest.raises(NotAllowed) as refused:
            right.demand(role)
        told = f"This takes one of the roles account-manager, engineer; yours is {role}."
        assert (refused.value.status, refused.value.slug, refused.value.detail) == (403, "role-not-allowed", told)


def test_a_right_may_say_what_to_do_otherwise() -> None:
    with pytest.raises(NotAllowed, match=r"^Ask for your own\.$"):
        Right(VENDOR, "Ask for your own.").demand("requester")


def test_the_vendors_side_is_everybody_but_customers_and_analysts_have_no_keys() -> None:
    assert set(ROLES) == VENDOR | CUSTOMERS
    assert not VENDOR & CUSTOMERS
    assert STAFF < VENDOR
    assert set(ROLES) - KEYHOLDERS == {"analyst"}
