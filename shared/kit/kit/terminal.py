"""Consoles and progress bars for commands, which write to a terminal, a pipe or a file."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PIPE_COLUMNS = 10_000
"""Columns of a pipe or file: so many that nothing is cut or wrapped, since a program or pager reads it."""


def console(*, stderr: bool = False) -> Console:
    """The console for a command's answer, or with `stderr` for its messages."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=PIPE_COLUMNS)


def progress(*, counts: bool = True) -> Progress:
    """A progress bar on stderr that disappears at the end; without a terminal, nothing. `counts`: show numbers too."""
    where = console(stderr=True)
    columns = [TextColumn("{task.description}"), BarColumn(), *([MofNCompleteColumn()] if counts else [])]
    return Progress(*columns, TimeRemainingColumn(), console=where, transient=True, disable=not where.is_terminal)
