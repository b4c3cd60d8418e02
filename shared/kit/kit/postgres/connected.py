"""What the statements of every concern stand on."""

from collections.abc import Sequence
from typing import Any


class Connected:
    """A connection, with what the store knows: its events' topic, its tables' columns, and whether clocks agree.

    `connection` is there for a service's own queries too.
    """

    def __init__(self, connection: Any, topic: str, columns: dict[str, dict[str, str]], *, sound: bool) -> None:
        self.connection = connection
        self._topic = topic
        self._columns = columns
        self._sound = sound


def columns_of(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows turned into the arrays that unnest takes."""
    return [[row[n] for row in rows] for n in range(width)]
