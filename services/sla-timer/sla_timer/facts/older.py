"""Causes of facts recorded before events named them: the request or mail behind each is found from ids."""

from msgspec import structs

from contracts.envelope import Fact
from contracts.replacing import replace
from kit.replay.causes import from_outside


class Older:
    """Give it intake's facts in the order of each shard, where the facts of one command follow one another."""

    def __init__(self) -> None:
        self._of_command: dict[int, list[Fact]] = {}
        """By shard, the facts so far of its last command: only one of them may name the mail."""

    def with_cause(self, fact: Fact) -> Fact:
        """The fact with the request or mail that caused it. A fact caused by another fact stays as it is."""
        before = self._of_command.get(fact.shard, [])
        together = [*(one for one in before if one.command_id == fact.command_id), fact]
        self._of_command[fact.shard] = together
        if fact.meta.cause or not (cause := from_outside(fact, together)):
            return fact
        return structs.replace(fact, meta=replace(fact.meta, cause=cause))
