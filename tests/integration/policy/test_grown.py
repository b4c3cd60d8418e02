"""A desk whose policy was published before the published form grew: it says what is new once, and no more."""

import json
from pathlib import Path

import pytest
from tests.conftest import Factory
from tests.desk import desk
from tests.integration.policy.test_portal import got
from tests.integration.policy.test_publishing import publications
from tests.stack import Addresses
from tests.unit.sla_timer.story import DEFAULT, published

from contracts.envelope import Meta
from contracts.names import SLA
from kit.clock import WallClock
from kit.log.perform import Core
from kit.personal.vault import Vault
from kit.policy_book import PolicyBook
from kit.postgres import PostgresStore
from punctual.local.databases import Dsns
from sla_timer import domain
from sla_timer.policy.file import Document
from sla_timer.policy.versions import Policies
from sla_timer.projection import project
from sla_timer.publish import publish

pytestmark = pytest.mark.stack

FORMER = "da1a4e2b13040882"
"""The shipped policy as it was published before it had words for severities."""


def former() -> Document:
    golden = Path(__file__).parents[2] / "contract" / "golden" / "policies" / f"{FORMER}.json"
    resolved = json.loads(golden.read_text(encoding="utf-8"))
    named = {name: resolved[name] for name in ("name", "tzdata", "holidays")}
    return Document(version=FORMER, resolved=resolved, **named)


async def test_what_a_policy_says_now_is_published_once_by_the_next_start(
    stack: Addresses, session_database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsns = await session_database("sla-timer")

    async def kept(name: str) -> Dsns:
        return dsns

    for start in range(3):
        async with desk(stack, kept, prefix, monkeypatch, ["sla-timer"]) as made:
            policy = await got(made.client("sla-timer"), "/v1/policy")
            assert policy["version"] == published(DEFAULT).version
            if start == 0:  # as the release before would have left it
                log = await PostgresStore.connect(dsns.app, SLA, size=1)
                core = Core(topic=SLA, decider=domain, vault=Vault(made.common.master_key), project=project)
                by = Meta(actor="sla-timer", role="service")
                book = PolicyBook(Policies(), Policies.published)
                await publish(log, core, book, former(), by, WallClock().now())
                await log.close()
                policy = await got(made.client("sla-timer"), "/v1/policy")
                assert (policy["version"], policy["severities"][0]["means"]) == (FORMER, None)
        assert await publications(dsns) == [(2 if start == 0 else 3, 64)]
