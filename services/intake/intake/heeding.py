"""Another policy is in force: tickets no longer wait for what only an earlier one required.

They are looked for at the start, whenever the policy is another, and every few seconds, since a replica that had not
heard of it may have opened some meanwhile. Being killed anywhere in between is harmless: whoever looks next finds the
rest. Several processes may tell the same ticket: it is done once.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from contracts.causes import Cause
from contracts.command_ids import of_event, of_heeding, of_publication
from contracts.envelope import Meta
from contracts.names import SLA
from intake import queries
from intake.domain.commands import HeedPolicy
from intake.domain.policy import Policy
from kit.log.request import Done, Overtaken, Work
from kit.log.writer import Writer
from kit.policy_book import PolicyBook
from kit.process.host import Host
from kit.store import Unavailable
from kit.store.sql import SqlStore
from kit.store.values import Held

AGAIN = 10.0
"""Seconds after which is looked again."""
AT_ONCE = 50
"""How many tickets are told at one time: the doors have the same writer."""

log = structlog.get_logger("policy")


async def heed_policies(host: Host) -> None:
    """Look, until cancelled."""
    await Heeding(store=host.store, writer=host.writer, book=host.book).run()


@dataclass(kw_only=True)
class Heeding:
    """Tells the tickets that wait for more than the policy in force requires."""

    store: SqlStore
    writer: Writer
    book: PolicyBook
    told: set[UUID] = field(default_factory=set)
    """Commands that were carried out, of tickets that wait all the same: staff asked for what no policy requires."""

    async def run(self) -> None:
        """Look, until cancelled."""
        changed = asyncio.Event()
        self.book.when_changed(changed.set)
        while True:
            changed.clear()
            try:
                await self.look()
            except Unavailable as error:
                log.warning("the policy in force is not heeded yet", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN):
                    await changed.wait()

    async def look(self) -> None:
        """Tell those that there are now. Raises Unavailable."""
        policy: Policy = self.book.current
        if policy.version is None:
            return
        rows = await self.store.query(queries.WAITING_FOR_MORE, json.dumps(policy.required))
        # A ticket is in the table only after the policy that it was judged by. So if that is a later one than ours, we
        # know it by now; ours must not relieve it of what that one requires.
        async with self.store.statement() as tx:
            await self.book.load(tx)
        if self.book.current is not policy or self.book.behind:
            return
        works = {work.command_id: work for work in (work_for(row, policy, self.book.ordinal) for row in rows)}
        self.told &= works.keys()
        await self._tell([work for key, work in works.items() if key not in self.told], policy)

    async def _tell(self, works: Sequence[Work], policy: Policy) -> None:
        for begin in range(0, len(works), AT_ONCE):
            if self.book.current is not policy:
                return
            some = works[begin : begin + AT_ONCE]
            results = await asyncio.gather(*(self.writer.perform(work) for work in some))
            for work, result in zip(some, results, strict=True):
                match result:
                    case Overtaken() | Held():
                        continue  # it will be found again
                    case Done():
                        pass
                    case _:
                        log.error("a ticket doesn't heed the policy", stream=work.stream, why=repr(result))
                self.told.add(work.command_id)


def work_for(row: Any, policy: Policy, ordinal: int) -> Work:
    """The command for a ticket: the same whoever asks, until the ticket or the policy is another.

    `ordinal`: the publication by which that policy is in force.
    """
    ticket_id = row["ticket_id"]
    return Work(
        command_id=of_heeding(ticket_id, row["version"], policy.version),
        stream=f"ticket-{ticket_id}",
        command=HeedPolicy(ticket_id=ticket_id, by="service", policy=policy),
        meta=Meta(actor="intake", role="service", cause=_published(policy, ordinal)),
    )


def _published(policy: Policy, ordinal: int) -> Cause:
    """The fact by which it came into force: policies are heard from shard 0."""
    assert policy.version is not None
    return Cause(SLA, str(of_event(of_publication(ordinal - 1, policy.version, 0), 0)))
