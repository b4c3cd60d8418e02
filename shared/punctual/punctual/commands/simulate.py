"""simulate: the whole desk in one process and in virtual time, seed by seed."""

import importlib
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from kit import terminal

SCENARIO = Path("tests") / "simulation" / "runs.py"


def simulate(
    seeds: Annotated[int, typer.Option(help="How many.", min=1)] = 300,
    first: Annotated[int, typer.Option(help="The first seed.")] = 0,
    seed: Annotated[str | None, typer.Option(help="Only this one; tells what happened in it.")] = None,
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
) -> None:
    """Run the desk through all that can go wrong, and check what must be true at the end.

    Crashes, cuts, late records, wrong clocks, replicas that join, are lost, stand still or are cut off, databases that
    go back in time, topics that lose records, policies with random changes, calendars that no policy has.

    A seed says everything that happens, so one that failed fails again.

    Examples: `punctual simulate --seeds 10000`, `punctual simulate --seed 123`
    """
    console, checkout = terminal.console(), _checkout()
    _reach(checkout)  # reports come back from the workers as what they are
    if seed is not None:
        report = _run(checkout, seed)
        console.print("\n".join(report.story), highlight=False, markup=False)
        _tell(console, [report])
        console.print(f"seed {seed}: {report.events} events, {report.steps} steps, {len(report.findings)} findings")
        raise typer.Exit(1 if report.findings else 0)
    begun = time.monotonic()
    with terminal.progress() as progress, ProcessPoolExecutor(workers) as pool:
        running = progress.add_task("simulating", total=seeds)
        failed: list[Any] = []
        for report in pool.map(partial(_run, checkout), map(str, range(first, first + seeds)), chunksize=10):
            progress.advance(running)
            if report.findings:
                failed.append(report)
                _tell(console, [report])
    pace = seeds / (time.monotonic() - begun)
    console.print(f"{seeds:,} seeds, {len(failed)} of them failed, {pace:.1f} a second")
    if failed:
        raise typer.Exit(1)


def _tell(console: Console, reports: Iterable[Any]) -> None:
    for report in reports:
        for finding in report.findings:
            console.print(f"seed {report.seed}: {finding}", highlight=False, markup=False)
        if report.findings:
            console.print(f"again: punctual simulate --seed {report.seed}", highlight=False, markup=False)


def _run(checkout: Path, seed: str) -> Any:
    _reach(checkout)
    return importlib.import_module("tests.simulation.runs").simulate(seed)


def _reach(checkout: Path) -> None:
    if str(checkout) not in sys.path:
        sys.path.insert(0, str(checkout))


def _checkout() -> Path:
    """Where the scenario is: it belongs to the tests, and is in no package."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / SCENARIO).exists():
            return folder
    raise typer.BadParameter("the scenario is in the source tree: run this in a checkout of Punctual")


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(simulate)
