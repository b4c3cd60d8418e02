"""What commands write to: a terminal has a width and shows progress, a pipe or a file has neither."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PIPE_COLUMNS = 10_000
"""Columns of what is no terminal: there nothing is cut or wrapped, since a program or a pager reads it."""


def console(*, stderr: bool = False) -> Console:
    """Where a command's answer goes, or with `stderr` what it says beside it."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=PIPE_COLUMNS)


def progress(*, counts: bool = True) -> Progress:
    """How far something is, on stderr, gone when it is done. Without a terminal there is nothing to see.

    `counts`: with how many of how many.
    """
    where = console(stderr=True)
    columns = [TextColumn("{task.description}"), BarColumn(), *([MofNCompleteColumn()] if counts else [])]
    return Progress(*columns, TimeRemainingColumn(), console=where, transient=True, disable=not where.is_terminal)
