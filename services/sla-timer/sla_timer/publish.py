"""Putting a policy in force: in every shard, in one transaction, before any clock can name it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from contracts.causes import SETTINGS, Cause
from contracts.command_ids import of_publication
from contracts.envelope import Fact, Meta
from contracts.names import SHARDS, shard_of_stream
from kit.log.perform import Core
from kit.log.request import Done, Work
from kit.policy_book import PolicyBook
from kit.process.host import Host
from kit.process.settings import SettingsError
from kit.store import Store, Tx, Unavailable
from sla_timer.domain.commands import PublishPolicy
from sla_timer.policy.file.problems import PolicyRefused
from sla_timer.policy.file.read import DEFAULT, read
from sla_timer.policy.file.resolve import Document
from sla_timer.settings import Settings

TRIES = 3
"""Another process may publish at the same moment, or hold up the database."""

log = structlog.get_logger("policy")


class Superseded(Exception):
    """Another policy was published since the changes were looked at."""


async def publish_configured(host: Host) -> None:
    """Publish the configured policy, unless it holds already, or an administrator has published one since.

    One that doesn't load leaves the last one in force.
    """
    assert isinstance(host.own, Settings)
    file = host.own.policy_file or DEFAULT
    try:
        document = read(file, today=host.clock.now().date())
    except (PolicyRefused, OSError) as error:
        if not host.book.current.latest:
            raise SettingsError(f"PUNCTUAL_SLA_TIMER_POLICY_FILE: {error}") from error
        log.error("policy refused; the last one stays in force", error=str(error))
        return
    async with host.store.transaction() as tx:
        await complete(tx, host.core, host.clock.now())
    if host.book.current.latest == document.version:
        return
    if await _published_by_hand(host.store):
        log.warning(
            "the configured policy is not the one in force, which an administrator has published",
            configured=document.version,
            in_force=host.book.current.latest,
        )
        return
    by = Meta(actor="sla-timer", role="service", cause=Cause(SETTINGS, document.version))
    await publish(host.store, host.core, host.book, document, by, host.clock.now())


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
                latest, ordinal = book.current.latest, book.ordinal  # others of this process may load it again
                asked = [(shard_of_stream(work.stream), work.command_id) for work in beside]
                already = bool(asked and await tx.known(asked))
                if not already and replacing not in (None, latest):
                    raise Superseded(f"version {latest} was published meanwhile; look at the changes again")
                works = [] if already or latest == document.version else _works(ordinal, document, by)
                done = await _published(tx, core, works, document, now, beside)
        except Unavailable:
            if attempt == TRIES:
                raise
            await asyncio.sleep(0.2)
        else:
            async with store.statement() as tx:
                await book.load(tx)
            return done
    raise AssertionError("unreachable")


async def complete(tx: Tx, core: Core, now: datetime) -> None:
    """Publish in each shard what was published in another: a database that was restored takes up again what had been
    sent, shard by shard, and that may be a part of a publication. Raises Unavailable."""
    closed = await tx.closed()
    history = await tx.history([_stream(shard) for shard in range(SHARDS)])
    told = {shard: history.get(_stream(shard), []) for shard in range(SHARDS)}
    every = max(told.values(), key=len)
    works = [
        _work(ordinal, shard, PublishPolicy.of(fact.event, shard), _as_before(fact))
        for shard, facts in told.items()
        if shard not in closed
        for ordinal, fact in enumerate(every[len(facts) :], len(facts))
    ]
    if works:
        streams = sorted({work.stream for work in works})
        log.warning("policies are published in the shards that lack them", streams=streams)
        await _perform(tx, core, works, now)


async def _published(
    tx: Tx, core: Core, works: Sequence[Work], document: Document, now: datetime, beside: Sequence[Work]
) -> list[Done]:
    if works:
        await complete(tx, core, now)
    done = await _perform(tx, core, [*works, *beside], now)
    if works:
        log.info("policy in force", name=document.name, version=document.version)
    return done[len(works) :]


async def _perform(tx: Tx, core: Core, works: Sequence[Work], now: datetime) -> list[Done]:
    results = await core.perform(tx, works, now) if works else []
    done = [result for result in results if isinstance(result, Done)]
    if len(done) != len(results):
        raise Unavailable(f"the policy could not be published: {results}")
    return done


def _works(ordinal: int, document: Document, by: Meta) -> list[Work]:
    published = document.published()
    return [_work(ordinal, shard, PublishPolicy.of(published, shard), by) for shard in range(SHARDS)]


def _work(ordinal: int, shard: int, command: PublishPolicy, by: Meta) -> Work:
    # The command ids follow from the publication that it replaces too, so that going back to an old one is possible.
    command_id = of_publication(ordinal, command.version, shard)
    # After so many publications, and only then: another one may be published meanwhile.
    return Work(command_id=command_id, stream=_stream(shard), command=command, meta=by, if_version=ordinal)


def _as_before(fact: Fact) -> Meta:
    """By whom it was published in another shard."""
    return Meta(actor=fact.meta.actor, role=fact.meta.role, cause=fact.as_cause)


def _stream(shard: int) -> str:
    return f"policy-{shard}"
