"""Views: rows of a table, each folded from facts of several topics. Pure.

Records of different topics come in any order that puts no effect before its cause, and a row must not depend on that
order. So a view keeps a part for each topic, folded from this topic alone, in its order. Columns that depend on several
topics are computed from the parts.
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
"""The key columns of a row, with their values."""
Parts = Mapping[str, Any]
"""The parts of a view, by column."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a view keeps of one topic, in a `json` column of its own.

    `evolve(part, fact)`, pure, is called for events of the classes in `heeds`. `initial` is the part before any of
    them, a dataclass or struct; its type is stored, so a field added later needs a default.
    """

    column: str
    initial: Any
    evolve: Callable[[Any, Fact], Any]
    heeds: Collection[type[Any]]

    def written(self, part: Any) -> str:
        """The part as stored. Equal parts give equal texts."""
        plain = msgspec.to_builtins(part, str_keys=True, order="deterministic")
        return msgspec.json.encode(plain).decode()

    def read(self, text: str) -> Any:
        """The part in a stored text. Raises ValidationError if this version can't read it."""
        return msgspec.json.decode(text, type=type(self.initial))


def one_for_each(fact: Fact) -> Mapping[str, Any]:
    """For a view with one row per ticket or account."""
    return {}


def no_columns(parts: Parts) -> Mapping[str, Any]:
    """For a view without columns besides its parts."""
    return {}


@dataclass(frozen=True, kw_only=True)
class View:
    """A table whose rows follow from the facts of these topics.

    `parts`: by topic. `joined`: further columns, computed from all parts. `identity`: the key column with the UUID of
    the ticket or account that a fact is about; `key`: further key columns, or None if the fact changes no row. So all
    facts of a row are about one ticket: they are in one shard, and are set aside together.
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
        """The key of the row that the fact changes; None: it changes none."""
        part, identity = self.parts.get(fact.topic), identity_of(fact.stream)
        if part is None or type(fact.event) not in part.heeds or identity == UUID(int=0):
            return None
        more = self.key(fact)
        return None if more is None else ((self.identity, identity), *more.items())

    def evolve(self, view: Parts | None, fact: Fact) -> Parts:
        """The parts after a fact; None stands for those before the first."""
        part, view = self.parts[fact.topic], view or {}
        return {**view, part.column: part.evolve(view.get(part.column, part.initial), fact)}

    def columns(self, view: Parts) -> dict[str, Any]:
        """All columns except the key. Parts of topics without a fact yet are NULL."""
        parts = self.parts.values()
        written = {one.column: one.written(view[one.column]) if one.column in view else None for one in parts}
        return written | {**self.joined({one.column: view.get(one.column, one.initial) for one in parts})}

    def read(self, row: Mapping[str, Any]) -> Parts:
        """The parts in a row."""
        texts = [(one, row.get(one.column)) for one in self.parts.values()]
        return {one.column: one.read(text) for one, text in texts if text is not None}


class Folding:
    """Rows of views as they were read, and as facts have changed them since."""

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
        """Set the row as it was read from the table."""
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
        """The rows that were changed, to be written."""
        return [Put(table, dict(key), columns) for (table, key), columns in self._changed.items()]
