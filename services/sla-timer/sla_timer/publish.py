"""Putting a policy in force: in every shard, in one transaction, before any clock can name it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import structlog

from contracts.envelope import Meta
from contracts.names import SHARDS, shard_of_stream
from kit.perform import Core
from kit.policy_book import PolicyBook
from kit.settings import SettingsError
from kit.store import Store, Tx, Unavailable
from kit.wiring import Wired
from kit.work import Done, Work
from sla_timer.policy_file.problems import PolicyRefused
from sla_timer.policy_file.read import DEFAULT, read
from sla_timer.policy_file.resolve import Document
from sla_timer.settings import Settings

PUBLICATIONS = UUID("2b6d0c0e-52ce-5f3f-8a4b-4f7b8f3b2a10")
CONFIGURED = Meta(actor="sla-timer", role="service")
TRIES = 3
"""Another process may publish at the same moment, or hold up the database."""

log = structlog.get_logger("policy")


class Superseded(Exception):
    """Another policy was published since the changes were looked at."""


async def publish_configured(running: Wired) -> None:
    """Publish the configured policy, unless it holds already, or an administrator has published one since.

    One that doesn't load leaves the last one in force.
    """
    assert isinstance(running.own, Settings)
    file = running.own.policy_file or DEFAULT
    try:
        document = read(file, today=running.clock.now().date())
    except (PolicyRefused, OSError) as error:
        if not running.book.current.latest:
            raise SettingsError(f"PUNCTUAL_SLA_TIMER_POLICY_FILE: {error}") from error
        log.error("policy refused; the last one stays in force", error=str(error))
        return
    if running.book.current.latest == document.version:
        return
    if await _published_by_hand(running.store):
        log.warning(
            "the configured policy is not the one in force, which an administrator has published",
            configured=document.version,
            in_force=running.book.current.latest,
        )
        return
    await publish(running.store, running.core, running.book, document, CONFIGURED, running.clock.now())


async def _published_by_hand(store: Store) -> bool:
    """Whether the policy in force was published by an administrator: a restart doesn't take that back."""
    async with store.statement() as tx:
        publications = (await tx.history(["policy-0"])).get("policy-0", [])
    return bool(publications) and publications[-1].meta.role == "admin"


async def publish(
    store: Store,
    core: Core,
    book: PolicyBook,
    document: Document,
    by: Meta,
    now: datetime,
    beside: Sequence[Work] = (),
    replacing: str | None = None,
) -> list[Done]:
    """Publish a policy that isn't in force already: 64 events, one transaction, so that it holds everywhere or nowhere.

    `beside`: what is written in that transaction too; what comes of it. If that was carried out before, so was this.
    `replacing`: the version that is in force as far as whoever publishes knows; None: whichever. Raises Superseded if
    that is no longer so, and Unavailable if the database doesn't do it: nothing is written then.
    """
    for attempt in range(1, TRIES + 1):
        try:
            async with store.transaction() as tx:
                await book.load(tx)
                if replacing not in (None, book.current.latest):
                    raise Superseded(
                        f"version {book.current.latest} was published meanwhile; look at the changes again"
                    )
                done = await _published(tx, core, book, document, by, now, beside)
        except Unavailable:
            if attempt == TRIES:
                raise
            await asyncio.sleep(0.2)
        else:
            async with store.statement() as tx:
                await book.load(tx)
            return done
    raise AssertionError("unreachable")


async def _published(
    tx: Tx, core: Core, book: PolicyBook, document: Document, by: Meta, now: datetime, beside: Sequence[Work]
) -> list[Done]:
    asked = [(shard_of_stream(work.stream), work.command_id) for work in beside]
    already = book.current.latest == document.version or (asked and await tx.known(asked))
    works = [] if already else _works(book.ordinal, document, by)
    results = await core.perform(tx, [*works, *beside], now) if works or beside else []
    done = [result for result in results if isinstance(result, Done)]
    if len(done) != len(results):
        raise Unavailable(f"policy {document.name} could not be published: {results}")
    if works:
        log.info("policy in force", name=document.name, version=document.version)
    return done[len(works) :]


def _works(ordinal: int, document: Document, by: Meta) -> list[Work]:
    # The command ids follow from the publication that it replaces too, so that going back to an old one is possible.
    name = f"{ordinal}>{document.version}"
    return [
        Work(
            command_id=uuid5(PUBLICATIONS, f"{name}/{shard}"),
            stream=f"policy-{shard}",
            command=document.publish(shard),
            meta=by,
        )
        for shard in range(SHARDS)
    ]
