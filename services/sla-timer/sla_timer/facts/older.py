"""Facts of tickets that were recorded before events named their causes: the request or mail of each is found again."""

from msgspec import structs

from contracts.envelope import Fact
from contracts.replacing import replace
from kit.replay.causes import from_outside


class Older:
    """Is shown a ticket service's facts in the order of each shard. A command's facts follow one another there."""

    def __init__(self) -> None:
        self._of_command: dict[int, list[Fact]] = {}
        """By shard, the facts of its last command so far: not each of them names the mail that they came by."""

    def with_cause(self, fact: Fact) -> Fact:
        """The fact, naming what from outside the desk it came of. One that came of another fact stays as it is."""
        before = self._of_command.get(fact.shard, [])
        together = [*(one for one in before if one.command_id == fact.command_id), fact]
        self._of_command[fact.shard] = together
        if fact.meta.cause or not (cause := from_outside(fact, together)):
            return fact
        return structs.replace(fact, meta=replace(fact.meta, cause=cause))
