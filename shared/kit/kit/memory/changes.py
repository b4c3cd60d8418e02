"""What the statements of every concern stand on."""

from collections.abc import Awaitable, Callable
from typing import Any

from kit.memory.tables import Tables


class Changes:
    """Tables, with how to undo what was changed in them. `step` is awaited at the beginning of each statement."""

    def __init__(self, tables: Tables, topic: str, step: Callable[[], Awaitable[None]]) -> None:
        self.tables = tables
        self._topic = topic
        self._step = step
        self._undo: list[Callable[[], Any]] = []

    def undo(self) -> None:
        """Take back all changes."""
        self.undo_since(0)

    def undo_since(self, mark: int) -> None:
        """Take back what was changed since there were so many changes."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def write(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """Set a row, and know how to undo it."""
        if key in table:
            before = table[key]
            self._undo.append(lambda: table.__setitem__(key, before))
        else:
            self._undo.append(lambda: table.pop(key, None))
        table[key] = value

    def drop(self, table: dict[Any, Any], key: Any) -> None:
        """Remove a row, and know how to undo it."""
        before = table.pop(key)
        self._undo.append(lambda: table.__setitem__(key, before))
