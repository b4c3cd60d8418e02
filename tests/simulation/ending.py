"""How things stand at the end of a run, for whoever checks it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from tests.simulation.reading import as_far_as_it_opens
from tests.simulation.scenario import Desk

from contracts.base import ERASED
from contracts.envelope import Fact
from contracts.names import TICKETS
from kit.simulate.settings import MASTER_KEY
from kit.simulate.troubled import TroubledWorld
from kit.store.rows import fact_of


@dataclass
class Ending:
    """How things stand when nothing is left to do. `now`: when that was.

    `hasty`: the streams whose timers rang without the settled edge, because nothing was heard for too long.
    """

    desk: Desk
    now: datetime
    hasty: set[str]

    @property
    def world(self) -> TroubledWorld:
        """All that there is."""
        return self.desk.world

    @cached_property
    def orphans(self) -> dict[str, UUID]:
        """By mail the ticket that it opened, though it belongs to another: intake can't know that one any more.

        Its opening mail was lost with the database, and with it the Message-ID to which others refer, unless that is
        in the log and can be read there.
        """
        facts = self.logs[TICKETS]
        known = {getattr(fact.event, "mail", None) for fact in facts if getattr(fact.event, "thread", ERASED) != ERASED}
        gone = {key for (key,) in self.world.restores.gone["mails"]} - known
        posted = self.desk.door.posted
        lost = {mail.ticket for mail in posted if mail.fate == "opens" and mail.key in gone}
        rows = self.world.stores["intake"].tables.models.get("mails", {})
        mails = [mail.key for mail in posted if mail.fate == "belongs" and mail.ticket in lost]
        return {key: row["ticket_id"] for key in mails if (row := rows.get((key,))) and row["target"] == "ticket"}

    @property
    def tickets(self) -> list[UUID]:
        """Those that were to be opened."""
        return self.desk.tickets

    @cached_property
    def keys(self) -> dict[UUID, bytes]:
        """Everybody's keys."""
        wrapped = {**self.world.stores["feedback"].tables.keys, **self.world.stores["intake"].tables.keys}
        return {subject: aes_key_unwrap(MASTER_KEY, key) for subject, key in wrapped.items()}

    @cached_property
    def sealed(self) -> dict[str, list[Fact]]:
        """By topic all facts as they are written, shard by shard of those in use."""
        lanes = sorted(self.world.setting.lanes)
        return {
            store.topic: [fact_of(store.topic, row) for lane in lanes for row in store.tables.log[lane]]
            for store in self.world.stores.values()
        }

    @cached_property
    def logs(self) -> dict[str, list[Fact]]:
        """By topic all facts in the clear, as far as their keys are there, shard by shard."""
        return {topic: [as_far_as_it_opens(fact, self.keys) for fact in facts] for topic, facts in self.sealed.items()}

    @cached_property
    def by_stream(self) -> dict[str, list[Fact]]:
        """By stream its facts, in order."""
        found: dict[str, list[Fact]] = defaultdict(list)
        for facts in self.logs.values():
            for fact in facts:
                found[fact.stream].append(fact)
        return found

    @cached_property
    def by_ticket(self) -> dict[tuple[str, UUID], list[Fact]]:
        """By topic and ticket its facts, in order."""
        found: dict[tuple[str, UUID], list[Fact]] = defaultdict(list)
        for topic, facts in self.logs.items():
            for fact in facts:
                if ticket := getattr(fact.event, "ticket_id", None):
                    found[topic, ticket].append(fact)
        return found

    def of(self, topic: str, ticket: UUID, *kinds: str) -> list[Any]:
        """A ticket's facts of these kinds, in order."""
        return [fact for fact in self.by_ticket[topic, ticket] if not kinds or type(fact.event).__name__ in kinds]
