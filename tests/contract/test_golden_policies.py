"""Every policy that was ever published can be read for ever, by whoever takes a part of it.

`golden/policies` has some as they were published, by their versions; one is added when the form grows.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from contracts import generate, policy
from contracts.sla import PolicyPublished
from escalation.domain.ladder import SHIPPED as NO_LADDERS
from feedback.domain.policy import UNHEARD as NO_POLICY
from feedback.domain.policy import UNPUBLISHED_TERMS
from intake.domain.policy import SHIPPED as NOTHING_HEARD
from sla_timer.http.policy_view import policy_view
from sla_timer.policy import file as policy_file
from sla_timer.policy.file.resolve import digest
from sla_timer.policy.versions import Policies

GOLDEN: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "golden" / "policies").glob("*.json"))
}
DEFAULT = "465bbc91b7938985"
"""The shipped policy, as it was published before it said all of feedback's deadlines."""
FURTHER = "a971ad420b531960"
"""One in which all of feedback's deadlines are others."""
SCHEMA = json.loads((generate.HERE / "policy.schema.json").read_text(encoding="utf-8"))


def published(version: str) -> PolicyPublished:
    resolved = GOLDEN[version]
    named = {name: resolved[name] for name in ("name", "tzdata", "holidays")}
    return PolicyPublished(shard=0, version=version, resolved=resolved, **named)


def test_there_are_policies_of_before_and_after_the_form_grew() -> None:
    assert len({frozenset(resolved) for resolved in GOLDEN.values()}) > 1


@pytest.mark.parametrize("version", GOLDEN)
def test_a_golden_policy_is_read_and_written_again_as_the_same_version(version: str) -> None:
    assert policy.read(GOLDEN[version]).resolved() == GOLDEN[version]
    assert digest(GOLDEN[version]) == version


def test_the_shipped_policy_says_what_it_said_before_so_it_is_the_same_version() -> None:
    shipped = policy_file.read(policy_file.DEFAULT, today=date(2026, 11, 30))
    libraries = {name: GOLDEN[DEFAULT][name] for name in ("tzdata", "holidays")}
    assert shipped.resolved | libraries == GOLDEN[DEFAULT]
    assert digest(shipped.resolved | libraries) == DEFAULT


@pytest.mark.parametrize("version", GOLDEN)
def test_every_service_takes_its_part_of_a_golden_policy(version: str) -> None:
    event = published(version)
    assert Policies().published(event).current.version == version
    assert NO_LADDERS.published(event).named(version).role(0) == "engineer"
    assert NOTHING_HEARD.published(event).required == policy.DEFAULT_REQUIRED
    said = GOLDEN[version]["feedback"]
    assert policy.feedback(event) == policy.Feedback(**said)
    terms = NO_POLICY.published(event).terms
    assert (terms.policy, terms.calendar, terms.acknowledge_working_days) == (version, said["calendar"], 2)
    silence_days = said.get("silence_days", UNPUBLISHED_TERMS.silence_days)
    assert terms.silence_days == silence_days == (21 if version == FURTHER else 28)
    assert [one.severity for one in policy_view(event, None).severities] == [1, 2, 3, 4]


@pytest.mark.parametrize("version", GOLDEN)
def test_a_golden_policy_fits_the_schema_that_is_published(version: str) -> None:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA)
    validator.validate(GOLDEN[version])
    assert not validator.is_valid(GOLDEN[version] | {"metrics": {"response": {"counts": "support"}}})
