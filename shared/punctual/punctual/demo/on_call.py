"""The staff who are called when a promise is broken: some take it on, some don't."""

import asyncio
from datetime import datetime, timedelta
from typing import cast

from contracts.roles import Role
from kit.clock import Clock
from punctual.demo.doors import DoorClosed, Doors
from punctual.demo.progress import Progress

CALLED_AFTER = timedelta(minutes=12)
"""From the call until it is taken on."""
POLL_SECONDS = 0.2
"""How often to look at the open escalations, in real seconds."""


async def on_call(doors: Doors, clock: Clock, progress: Progress) -> None:
    """Look at the open escalations and take on those that somebody takes on. Until cancelled."""
    taken: set[str] = set()
    while True:
        await asyncio.sleep(POLL_SECONDS)
        try:
            for one in await doors.pages("escalation", "/v1/escalations", status="open", limit=500):
                ticket = progress.opened.get(one["ticket_id"])
                if ticket is None or ticket.acknowledges != one["role"] or ticket.incident in taken:
                    continue
                if clock.now() - datetime.fromisoformat(one["called_at"]) >= CALLED_AFTER:
                    taken.add(ticket.incident)
                    path = f"/v1/escalations/{one['ticket_id']}/acknowledgement"
                    role = cast("Role", one["role"])
                    await doors.post("escalation", path, None, who=f"demo-{role}", role=role)
        except DoorClosed as error:
            if error.status == 409:  # answered in the same moment: nobody is called any more
                continue
            progress.problems.append(f"on call: {error}")
