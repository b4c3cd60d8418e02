"""What is shown while the day goes by: a line per fact, and below them the counts. Without a terminal: plain lines."""

from collections.abc import Mapping
from datetime import datetime
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from contracts.envelope import Fact
from kit.clock import Clock
from punctual.demo.sample import ZONE
from punctual.demo.words import Narrator

REFRESHES_PER_SECOND = 8
"""How often the counts are drawn."""


class Display:
    """Used within `with`. `counts` is read whenever the board is drawn anew."""

    def __init__(self, console: Console, counts: Mapping[str, int], clock: Clock) -> None:
        self._console, self._counts, self._clock = console, counts, clock
        self._narrator = Narrator()
        self._live = Live(
            get_renderable=self._board, console=console, refresh_per_second=REFRESHES_PER_SECOND, transient=True
        )

    def __enter__(self) -> "Display":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def fact(self, fact: Fact) -> None:
        """Show it, if it says something to people."""
        found = self._narrator.line(fact)
        if found is None:
            return
        at, number, said = found
        line = Text.assemble(
            (at, "dim"), " ", (f"{number:>7}", "bold" if number else ""), "  ", (said.text, said.style)
        )
        self._console.print(line, soft_wrap=True)

    def _board(self) -> Table:
        board = Table(box=None, pad_edge=False, header_style="dim")
        for name in ("demo's clock", *self._counts):
            board.add_column(name, justify="right")
        now: datetime = self._clock.now().astimezone(ZONE)
        values = [str(value) for value in self._counts.values()]
        board.add_row(f"[bold]{now:%a %H:%M}[/]", *values)
        return board
