"""The published form of the policy: what releases before said of it, and what a part that is odd hinders."""

from typing import Any

import pytest
from tests.unit.sla_timer.story import DEFAULT, published

from contracts import policy
from contracts.sla import PolicyPublished


def former(**other: Any) -> PolicyPublished:
    """As a release published it that knew neither words for severities nor assumptions."""
    now = published(DEFAULT).resolved
    resolved = {name: value for name, value in now.items() if name not in ("severities", "assumptions")} | other
    return PolicyPublished(shard=0, version="former", name="former", tzdata="-", holidays="-", resolved=resolved)


def test_a_policy_of_a_former_release_is_read_and_written_as_it_was() -> None:
    whole = policy.read(former().resolved)
    assert (whole.severities, whole.assumptions) == ({}, ())
    assert policy.severities(former()) == {}
    assert whole.resolved() == former().resolved


def test_a_policy_is_written_as_it_was_read() -> None:
    resolved = published(DEFAULT).resolved
    assert policy.read(resolved).resolved() == resolved
    assert policy.severities(published(DEFAULT))[4].startswith("Low impact, or informational.")


def test_a_part_that_is_odd_is_named_and_hinders_no_other() -> None:
    odd = former(severities={"5": "x"}, ladders=7)
    for part in (policy.severities, policy.ladders):
        with pytest.raises(ValueError, match=f"policy former: {part.__name__}: "):
            part(odd)
    assert policy.required(odd) == policy.DEFAULT_REQUIRED
    assert set(policy.tiers(odd).values()) == {*policy.calendars(odd)} == {"weekdays", "around-the-clock"}


def test_a_part_that_every_policy_has_is_missed() -> None:
    odd = former()
    del odd.resolved["metrics"]
    with pytest.raises(ValueError, match="policy former says nothing of metrics"):
        policy.metrics(odd)
