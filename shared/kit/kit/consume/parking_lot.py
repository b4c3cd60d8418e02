"""Where a consumer sets aside records that it can't apply, with all later ones about the same ticket or account."""

from collections.abc import Iterable, Sequence
from functools import partial
from uuid import UUID

from kit.bus import Place
from kit.clock import Clock
from kit.consume.inbox import Incoming
from kit.store import Tx
from kit.store.values import Parked


def storable(reason: str) -> str:
    """A reason in a form that the table takes: it may quote the record, with a NUL or half of a character."""
    return reason[:1000].replace("\0", "\ufffd").encode(errors="replace").decode()


class ParkingLot:
    """The records of our shards that are set aside; the rest of each shard goes on."""

    def __init__(self, clock: Clock, release: str = "") -> None:
        """`release`: the release of this code, noted on what it can't apply."""
        self.identities: set[UUID] = set()
        """The tickets and accounts in our shards with records set aside."""
        self._clock, self._release = clock, release
        self._in: dict[int, set[UUID]] = {}
        self._poison: dict[tuple[Place, int], str] = {}

    def condemn(self, place: Place, seq: int, reason: str) -> None:
        """Note that a record can't be applied; the next batch that contains it sets it aside."""
        self._poison[place, seq] = reason

    async def look(self, tx: Tx, shards: Sequence[int]) -> None:
        """Read what is set aside in these shards: an operator may have redriven some of it."""
        found = await tx.parked_in(shards)
        tx.after_commit(partial(self._note, {shard: found.get(shard, set()) for shard in shards}))

    def leave(self, shards: Iterable[int]) -> None:
        """Forget these shards, which are no longer ours."""
        self._note({shard: set() for shard in shards})

    async def set_aside(self, tx: Tx, batch: Sequence[Incoming]) -> list[Incoming]:
        """Park the records that can't be applied, and those that follow them. Returns the rest."""
        shards = sorted({one.place[1] for one in batch})
        there = await tx.parked_in(shards)
        parked = {shard: there.get(shard, set()) for shard in shards}
        aside: list[Parked] = []
        clear: list[Incoming] = []
        for one in batch:
            reason = self._poison.get((one.place, one.envelope.shard_seq))
            if reason or one.identity in parked[one.place[1]]:
                parked[one.place[1]].add(one.identity)
                aside.append(self._raw(one, reason or "follows a parked record"))
            else:
                clear.append(one)
        if aside:
            await tx.park(aside)
        tx.after_commit(partial(self._applied, batch, parked))
        return clear

    def _applied(self, batch: Sequence[Incoming], parked: dict[int, set[UUID]]) -> None:
        self._note(parked)
        for one in batch:
            self._poison.pop((one.place, one.envelope.shard_seq), None)

    def _note(self, found: dict[int, set[UUID]]) -> None:
        self._in |= found
        self.identities = {identity for there in self._in.values() for identity in there}

    def _raw(self, one: Incoming, reason: str) -> Parked:
        return Parked(
            shard=one.message.partition,
            identity=one.identity,
            source=one.message.topic,
            seq=one.envelope.shard_seq,
            record=one.message.value or b"",
            headers=[("key", one.message.key or b""), *one.message.headers],
            reason=storable(reason),
            parked_at=self._clock.now(),
            tried=(self._release,),
        )
