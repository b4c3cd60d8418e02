"""The base of all concerns: tables whose changes can be undone."""

from collections.abc import Awaitable, Callable
from typing import Any

from kit.memory.tables import Tables


class Changes:
    """Tables, and how to undo the changes to them. `step` is awaited at the beginning of each statement."""

    def __init__(self, tables: Tables, topic: str, step: Callable[[], Awaitable[None]]) -> None:
        self.tables = tables
        self._topic = topic
        self._step = step
        self._undo: list[Callable[[], Any]] = []

    def undo(self) -> None:
        """Undo all changes."""
        self.undo_since(0)

    def undo_since(self, mark: int) -> None:
        """Undo the changes after the first `mark` ones."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def write(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """Set a row, and note how to undo it."""
        if key in table:
            before = table[key]
            self._undo.append(lambda: table.__setitem__(key, before))
        else:
            self._undo.append(lambda: table.pop(key, None))
        table[key] = value

    def drop(self, table: dict[Any, Any], key: Any) -> None:
        """Remove a row, and note how to undo it."""
        before = table.pop(key)
        self._undo.append(lambda: table.__setitem__(key, before))
