"""Staff who mark what somebody said on a ticket as feedback: soon or late, some of it twice, and what is none."""

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from tests.simulation.reading import as_far_as_it_opens

from contracts.envelope import Fact
from contracts.names import shard_of
from intake.domain import commands as intake
from intake.domain.ticket.marking import id_of_marked
from intake.http.marking import said_in
from kit.simulate.settings import MASTER_KEY

if TYPE_CHECKING:
    from tests.simulation.people import Person

KINDS = (None, "praise", "criticism", "complaint", "complaint")


@dataclass
class Marker:
    """Somebody of the staff who reads a ticket. Its requester says more on it than usual."""

    person: "Person"

    @property
    def random(self) -> Random:
        """Chance."""
        return self.person.desk.marking

    async def marks(self) -> None:
        """What was said, and now and then a message of staff, one that isn't there, or what was said at the opening."""
        for _ in range(self.random.randint(1, 3)):
            await self._pause(20)
            if self.random.random() < 0.3:
                await self.person.do(intake.PostMessage, **self._message("We are slow."))
            said = self._message("Too slow.")
            message_id = said["message_id"]
            await self.person.say(intake.PostMessage, **said, email=self.person.email)
            await self._pause(60)
            await self._mark(message_id)
            if self.random.random() < 0.5:
                await self._mark(self._another(message_id))

    async def _mark(self, message_id: UUID) -> None:
        kind: Any = self.random.choice(KINDS)
        said = said_in(self._facts(), message_id)
        await self.person.do(
            intake.MarkMessage, message_id=message_id, said=said, kind=kind, reason="It is about the support."
        )

    def _another(self, message_id: UUID) -> UUID:
        """The same once more, or any of the ticket's; what would be feedback in none of the lanes is left alone."""
        said = [getattr(fact.event, "message_id", None) for fact in self._facts()]
        messages = [one for one in (*said, self.person.ticket, UUID(int=1)) if one and self._is_in_a_lane(one)]
        return self.random.choice([message_id, *messages])

    def _message(self, body: str) -> dict[str, Any]:
        return {"message_id": self._id(), "channel": self.random.choice(("portal", "chat")), "body": body}

    def _facts(self) -> list[Fact]:
        """What intake has recorded of the ticket, as a door reads it."""
        wrapped = self.person.desk.world.stores["intake"].tables.keys
        keys = {subject: aes_key_unwrap(MASTER_KEY, key) for subject, key in wrapped.items()}
        return [as_far_as_it_opens(fact, keys) for fact in self.person.desk.facts(self.person.ticket)]

    def _is_in_a_lane(self, message_id: UUID) -> bool:
        return shard_of(id_of_marked(message_id)) in self.person.desk.world.setting.lanes

    def _id(self) -> UUID:
        while True:
            drawn = UUID(int=self.random.getrandbits(128))
            if self._is_in_a_lane(drawn):
                return drawn

    async def _pause(self, hours: float) -> None:
        await self.person.desk.pause_by(self.random, hours)
