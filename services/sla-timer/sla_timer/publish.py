"""Putting a policy in force: in every shard, in one transaction, before any clock can name it."""

from uuid import UUID, uuid5

import structlog

from contracts.envelope import Meta
from contracts.names import SHARDS
from kit.settings import SettingsError
from kit.wiring import Wired
from kit.work import Done, Work
from sla_timer.policy_file.problems import PolicyRefused
from sla_timer.policy_file.read import DEFAULT, read
from sla_timer.policy_file.resolve import Document
from sla_timer.settings import Settings

PUBLICATIONS = UUID("2b6d0c0e-52ce-5f3f-8a4b-4f7b8f3b2a10")

log = structlog.get_logger("policy")


async def publish_configured(running: Wired) -> None:
    """Publish the configured policy, unless it holds already. One that doesn't load leaves the last one in force."""
    assert isinstance(running.own, Settings)
    file = running.own.policy_file or DEFAULT
    try:
        document = read(file, today=running.clock.now().date())
    except (PolicyRefused, OSError) as error:
        if not running.book.current.latest:
            raise SettingsError(f"PUNCTUAL_SLA_TIMER_POLICY_FILE: {error}") from error
        log.error("policy refused; the last one stays in force", error=str(error))
        return
    if running.book.current.latest != document.version:
        await publish(running, document)


async def publish(running: Wired, document: Document) -> None:
    """Publish a policy: 64 events, one transaction, so that it holds in all shards or in none."""
    # The command ids follow from the publication that it replaces too, so that going back to an old one is possible.
    name = f"{running.book.ordinal}>{document.version}"
    works = [
        Work(
            command_id=uuid5(PUBLICATIONS, f"{name}/{shard}"),
            stream=f"policy-{shard}",
            command=document.publish(shard),
            meta=Meta(actor="sla-timer", role="service"),
        )
        for shard in range(SHARDS)
    ]
    async with running.store.transaction() as tx:
        results = await running.core.perform(tx, works, running.clock.now())
        if not all(isinstance(result, Done) for result in results):
            raise SettingsError(f"policy {document.name} could not be published: {results}")
        await running.book.load(tx)
    log.info("policy in force", name=document.name, version=document.version)
