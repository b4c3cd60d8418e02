"""The base of all concerns: a connection, and what the store knows."""

from collections.abc import Sequence
from typing import Any


class Connected:
    """A connection, with the topic of the events, the columns of tables, and whether our clock is right (`sound`).

    Services also run their own statements on `connection`.
    """

    def __init__(self, connection: Any, topic: str, columns: dict[str, dict[str, str]], *, sound: bool) -> None:
        self.connection = connection
        self._topic = topic
        self._columns = columns
        self._sound = sound


def columns_of(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows as one array per column, for unnest."""
    return [[row[n] for row in rows] for n in range(width)]
