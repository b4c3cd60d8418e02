"""Sees that nobody who wrote waits unseen: counts mails by state, and has the Support Manager told of those that wait.

intake decides that, for it alone knows the mails; sla-timer keeps times of promises, and nobody is promised this one.
Each notice has a number, from which its ids follow, and the next one is due an hour after the last on record. So a kill
at any moment is harmless, and of several processes that look at once one has an effect.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

import structlog

from contracts.causes import MAIL, Cause
from contracts.command_ids import of_notice
from contracts.envelope import Meta
from intake import queries
from intake.domain.commands import NoteWaitingMails
from intake.domain.events import WaitingMailsNoted
from intake.domain.waiting import MailState, is_due
from kit.clock import Clock
from kit.log.request import CommandRequest, Done
from kit.log.writer import Writer
from kit.process.gauges import Gauge, Gauges
from kit.process.host import Host
from kit.store import Unavailable
from kit.store.sql import SqlStore

LOOK_SECONDS = 10.0
"""How often to look."""
MAILS = "punctual_mails"
"""The metric."""

log = structlog.get_logger("mailroom")


async def watch_mails(host: Host) -> None:
    """Look, until cancelled."""
    await Watch(store=host.store, writer=host.writer, clock=host.clock, gauges=host.gauges).run()


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Looks for mails that wait for a person, every so often. `notice`: the id of the notice with a number."""

    store: SqlStore
    writer: Writer
    clock: Clock
    gauges: Gauges
    notice: Callable[[int], UUID] = of_notice
    pause_seconds: float = LOOK_SECONDS

    async def run(self) -> None:
        """Look, until cancelled."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("mails that wait are not looked for", error=str(error))
            await asyncio.sleep(self.pause_seconds)

    async def look(self) -> None:
        """Count the mails, and note those that wait if that is due. Raises Unavailable."""
        counts = {row["state"]: row["mails"] for row in await self.store.query(queries.MAILS_BY_STATE)}
        values = {state: counts.get(state, 0) for state in get_args(MailState)}
        self.gauges[MAILS] = Gauge("Mails that came in, by what became of them", "state", values)
        async with self.store.transaction() as tx:
            if await tx.unsure():
                return  # the last notice may be among the events that are missing
            (waiting,) = await tx.connection.fetch(queries.WAITING_MAILS)
            last = await tx.connection.fetch(queries.LAST_NOTICE)
        ordinal, noted_at = (last[0]["ordinal"], last[0]["noted_at"]) if last else (0, None)
        count = sum(waiting[state] for state in ("unmatched", "failed", "ignored"))
        if not is_due(self.clock.now(), noted_at, waiting=count):
            return
        result = await self.writer.perform(request_for(ordinal + 1, self.notice(ordinal + 1), waiting))
        if not isinstance(result, Done):
            log.warning("nobody was told yet of mails that wait", why=repr(result))


def request_for(ordinal: int, notice_id: UUID, waiting: Mapping[str, Any]) -> CommandRequest:
    """The command for a notice, whose id it has. It comes of the mail that has waited longest."""
    noted = WaitingMailsNoted(
        notice_id=notice_id,
        ordinal=ordinal,
        unmatched=waiting["unmatched"],
        failed=waiting["failed"],
        ignored=waiting["ignored"],
        since=waiting["since"],
    )
    return CommandRequest(
        command_id=notice_id,
        stream=f"mailroom-{notice_id}",
        command=NoteWaitingMails(by="service", noted=noted),
        meta=Meta(actor="intake", role="service", cause=Cause(MAIL, waiting["oldest"])),
    )
