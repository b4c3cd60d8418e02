"""Views of what others say: one row of a table, folded from facts of several topics. Pure.

The topics of a shard come in any order that lets no effect come before its cause, and a row must not depend on which.
So a view keeps a part for each topic. It is folded in the order of that topic's shard, and sees no other topic; what
several topics say together is worked out from the parts as they stand.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from contracts.base import BY_CLASS
from contracts.envelope import Fact
from kit.consume.inbox import identity_of
from kit.decider import Put

Key = tuple[tuple[str, Any], ...]
"""The key columns of a row with their values."""
Parts = Mapping[str, Any]
"""By column, what a view keeps of each topic."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a view keeps of one topic, in a `json` column of its own.

    `evolve(part, fact)`, pure, is asked for the event classes that it heeds. `initial`, which the part is before any of
    them: its type is the one that is stored, a dataclass or struct; a field added to it later needs a default.
    """

    column: str
    initial: Any
    evolve: Callable[[Any, Fact], Any]
    heeds: Collection[type[Any]]

    def written(self, part: Any) -> str:
        """As it is stored: of equal parts the same text."""
        plain = msgspec.to_builtins(part, str_keys=True, order="deterministic")
        return msgspec.json.encode(plain).decode()

    def read(self, text: str) -> Any:
        """Raises ValidationError for what an older version stored and this one can't read."""
        return msgspec.json.decode(text, type=type(self.initial))


def one_for_each(fact: Fact) -> Mapping[str, Any]:
    """One row for each ticket or account."""
    return {}


def no_columns(parts: Parts) -> Mapping[str, Any]:
    """Nothing beside the parts."""
    return {}


@dataclass(frozen=True, kw_only=True)
class View:
    """A table whose rows follow from the facts of these topics.

    `parts`: by topic. `joined`: further columns, from all parts. `identity`: the key column with the UUID of the ticket
    or account that a fact is about; `key`: further ones; None: the fact concerns no row. All facts of one row are thus
    about one ticket: they come through one shard, and are set aside together.
    """

    table: str
    parts: Mapping[str, Part]
    joined: Callable[[Parts], Mapping[str, Any]] = no_columns
    identity: str = "ticket_id"
    key: Callable[[Fact], Mapping[str, Any] | None] = one_for_each

    @property
    def heeds(self) -> frozenset[str]:
        """The event types, as on the wire, that change a row."""
        return frozenset(BY_CLASS[cls].name for part in self.parts.values() for cls in part.heeds)

    def key_of(self, fact: Fact) -> Key | None:
        """Which row the fact changes, if any."""
        part, identity = self.parts.get(fact.topic), identity_of(fact.stream)
        if part is None or type(fact.event) not in part.heeds or identity == UUID(int=0):
            return None
        more = self.key(fact)
        return None if more is None else ((self.identity, identity), *more.items())

    def evolve(self, view: Parts | None, fact: Fact) -> Parts:
        """The view after a fact that changes it; None: before any."""
        part, view = self.parts[fact.topic], view or {}
        return {**view, part.column: part.evolve(view.get(part.column, part.initial), fact)}

    def columns(self, view: Parts) -> dict[str, Any]:
        """All columns but the key's. Those of topics that have said nothing yet are NULL."""
        parts = self.parts.values()
        written = {one.column: one.written(view[one.column]) if one.column in view else None for one in parts}
        return written | {**self.joined({one.column: view.get(one.column, one.initial) for one in parts})}

    def read(self, row: Mapping[str, Any]) -> Parts:
        """The view that a row was made of."""
        texts = [(one, row.get(one.column)) for one in self.parts.values()]
        return {one.column: one.read(text) for one, text in texts if text is not None}


class Folding:
    """Rows under way: those that were read, or none, and what facts have made of them since."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        self._stored: dict[tuple[str, Key], Mapping[str, Any]] = {}
        self._folded: dict[tuple[str, Key], Parts] = {}
        self._changed: dict[tuple[str, Key], dict[str, Any]] = {}

    def places(self, fact: Fact) -> Iterator[tuple[View, Key]]:
        """The rows that a fact changes."""
        for view in self._views:
            if key := view.key_of(fact):
                yield view, key

    def hold(self, view: View, key: Key, row: Mapping[str, Any]) -> None:
        """The row as it stands."""
        self._stored[view.table, key] = row

    def fold(self, fact: Fact) -> None:
        """Apply the next fact of its topic's shard."""
        for view, key in self.places(fact):
            place = view.table, key
            before = self._folded.get(place)
            if before is None and place in self._stored:
                before = view.read(self._stored[place])
            after = view.evolve(before, fact)
            self._changed[place] = view.columns(after)
            self._folded[place] = after

    def puts(self) -> list[Put]:
        """The rows that were changed."""
        return [Put(table, dict(key), columns) for (table, key), columns in self._changed.items()]
