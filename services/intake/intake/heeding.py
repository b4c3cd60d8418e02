"""After a change of policy, tickets stop waiting for information that only an earlier policy required.

A process looks for such tickets at its start, at each change of policy, and every few seconds: a replica that had not
heard of the change may have opened more. A kill at any moment is harmless: the next look finds the rest. Several
processes may give a ticket the same command: it is carried out once.
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
from kit.log.request import CommandRequest, Done, Overtaken
from kit.log.writer import Writer
from kit.policy_book import PolicyBook
from kit.process.host import Host
from kit.store import Unavailable
from kit.store.sql import SqlStore
from kit.store.values import Held

LOOK_SECONDS = 10.0
"""How often to look."""
TICKETS_AT_ONCE = 50
"""Tickets that are given the command at one time: the doors use the same writer."""

log = structlog.get_logger("policy")


async def heed_policies(host: Host) -> None:
    """Look, until cancelled."""
    await Heeding(store=host.store, writer=host.writer, book=host.book).run()


@dataclass(kw_only=True)
class Heeding:
    """Gives the command to tickets that wait for more than the policy in force requires."""

    store: SqlStore
    writer: Writer
    book: PolicyBook
    carried_out: set[UUID] = field(default_factory=set)
    """Commands that were carried out for tickets that still wait: staff asked for what no policy requires."""

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
                async with asyncio.timeout(LOOK_SECONDS):
                    await changed.wait()

    async def look(self) -> None:
        """Find such tickets and give them the command. Raises Unavailable."""
        policy: Policy = self.book.current
        if policy.version is None:
            return
        rows = await self.store.query(queries.TICKETS_WAITING_FOR_MORE, json.dumps(policy.required))
        # A ticket is in the table only after the policy by which it was opened. If that is a later policy than ours, we
        # can read it by now; ours must not relieve the ticket of what the later one requires.
        async with self.store.statement() as tx:
            await self.book.load(tx)
        if self.book.current is not policy or self.book.behind:
            return
        requests = {
            request.command_id: request for request in (request_for(row, policy, self.book.ordinal) for row in rows)
        }
        self.carried_out &= requests.keys()
        await self._carry_out([request for key, request in requests.items() if key not in self.carried_out], policy)

    async def _carry_out(self, requests: Sequence[CommandRequest], policy: Policy) -> None:
        for begin in range(0, len(requests), TICKETS_AT_ONCE):
            if self.book.current is not policy:
                return
            some = requests[begin : begin + TICKETS_AT_ONCE]
            results = await asyncio.gather(*(self.writer.perform(request) for request in some))
            for request, result in zip(some, results, strict=True):
                match result:
                    case Overtaken() | Held():
                        continue  # it will be found again
                    case Done():
                        pass
                    case _:
                        log.error("a ticket doesn't heed the policy", stream=request.stream, why=repr(result))
                self.carried_out.add(request.command_id)


def request_for(row: Any, policy: Policy, ordinal: int) -> CommandRequest:
    """The command for a ticket. Every process makes the same one, until the ticket or the policy changes.

    `ordinal`: the number of the publication that put the policy in force.
    """
    ticket_id = row["ticket_id"]
    return CommandRequest(
        command_id=of_heeding(ticket_id, row["version"], policy.version),
        stream=f"ticket-{ticket_id}",
        command=HeedPolicy(ticket_id=ticket_id, by="service", policy=policy),
        meta=Meta(actor="intake", role="service", cause=_published(policy, ordinal)),
    )


def _published(policy: Policy, ordinal: int) -> Cause:
    """The fact that put the policy in force: policies are read from shard 0."""
    assert policy.version is not None
    return Cause(SLA, str(of_event(of_publication(ordinal - 1, policy.version, 0), 0)))
