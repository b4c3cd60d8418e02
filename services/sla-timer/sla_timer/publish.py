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
from kit.log.request import CommandRequest, Done
from kit.policy_book import PolicyBook
from kit.process.host import Host
from kit.process.settings import SettingsError
from kit.store import Store, Tx, Unavailable
from sla_timer.domain.commands import PublishPolicy
from sla_timer.policy.file.problems import PolicyRefused
from sla_timer.policy.file.read import DEFAULT, read
from sla_timer.policy.file.resolve import Document
from sla_timer.settings import Settings

MAX_TRIES = 3
"""Publishing fails if another process publishes at the same moment, or if the database is busy."""

log = structlog.get_logger("policy")


class Superseded(Exception):
    """Another policy was published since the changes were shown."""


async def publish_configured(host: Host) -> None:
    """Publish the configured policy, unless it is in force already or an administrator has published one since.

    If the file can't be read, the last policy stays in force. Raises SettingsError if there is none.
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
        await complete_publications(tx, host.core, host.clock.now())
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
    also: Sequence[CommandRequest] = (),
    replacing: str | None = None,
) -> list[Done]:
    """Publish a policy that isn't in force already: one event in each shard, in one transaction, so in all or in none.

    `also`: further commands for the same transaction, whose results are returned; if they were carried out before, the
    publication was too. `replacing`: the version that the caller believes to be in force; None: any. Raises Superseded
    if another one is in force, Unavailable if the database fails; nothing is written then.
    """
    for attempt in range(1, MAX_TRIES + 1):
        try:
            async with store.transaction() as tx:
                await book.load(tx)
                latest, ordinal = book.current.latest, book.ordinal  # others of this process may load it again
                asked = [(shard_of_stream(request.stream), request.command_id) for request in also]
                already = bool(asked and await tx.known(asked))
                if not already and replacing not in (None, latest):
                    raise Superseded(f"version {latest} was published meanwhile; look at the changes again")
                requests = [] if already or latest == document.version else _requests(ordinal, document, by)
                done = await _published(tx, core, requests, document, now, also)
        except Unavailable:
            if attempt == MAX_TRIES:
                raise
            await asyncio.sleep(0.2)
        else:
            async with store.statement() as tx:
                await book.load(tx)
            return done
    raise AssertionError("unreachable")


async def complete_publications(tx: Tx, core: Core, now: datetime) -> None:
    """Publish in every shard what was published in only some. Raises Unavailable.

    That happens after a restore: the database takes back from Kafka what had been sent, shard by shard, and so perhaps
    only a part of a publication.
    """
    closed = await tx.closed()
    history = await tx.history([_stream(shard) for shard in range(SHARDS)])
    by_shard = {shard: history.get(_stream(shard), []) for shard in range(SHARDS)}
    longest = max(by_shard.values(), key=len)
    requests = [
        _request(ordinal, shard, PublishPolicy.of(fact.event, shard), _as_before(fact))
        for shard, facts in by_shard.items()
        if shard not in closed
        for ordinal, fact in enumerate(longest[len(facts) :], len(facts))
    ]
    if requests:
        streams = sorted({request.stream for request in requests})
        log.warning("policies are published in the shards that lack them", streams=streams)
        await _perform(tx, core, requests, now)


async def _published(
    tx: Tx,
    core: Core,
    requests: Sequence[CommandRequest],
    document: Document,
    now: datetime,
    also: Sequence[CommandRequest],
) -> list[Done]:
    if requests:
        await complete_publications(tx, core, now)
    done = await _perform(tx, core, [*requests, *also], now)
    if requests:
        log.info("policy in force", name=document.name, version=document.version)
    return done[len(requests) :]


async def _perform(tx: Tx, core: Core, requests: Sequence[CommandRequest], now: datetime) -> list[Done]:
    results = await core.perform(tx, requests, now) if requests else []
    done = [result for result in results if isinstance(result, Done)]
    if len(done) != len(results):
        raise Unavailable(f"the policy could not be published: {results}")
    return done


def _requests(ordinal: int, document: Document, by: Meta) -> list[CommandRequest]:
    published = document.published()
    return [_request(ordinal, shard, PublishPolicy.of(published, shard), by) for shard in range(SHARDS)]


def _request(ordinal: int, shard: int, command: PublishPolicy, by: Meta) -> CommandRequest:
    # The id also depends on the number of earlier publications, so that an old policy can be published again.
    command_id = of_publication(ordinal, command.version, shard)
    # Only after exactly so many publications: another process may publish at the same time.
    return CommandRequest(command_id=command_id, stream=_stream(shard), command=command, meta=by, if_version=ordinal)


def _as_before(fact: Fact) -> Meta:
    """Who published it in another shard, and why."""
    return Meta(actor=fact.meta.actor, role=fact.meta.role, cause=fact.as_cause)


def _stream(shard: int) -> str:
    return f"policy-{shard}"
