"""The end of the demo: the summary for people, and the same as JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from punctual.demo.checks import Check
from punctual.demo.environment import Environment
from punctual.demo.figures import Figures

_FIGURES = (
    ("tickets", "tickets", ("open", "closed")),
    ("answered in time", "answered_in_time", ("warned", "objectives_met")),
    ("breached", "breached", ("clocks_running", "clocks_cancelled")),
    ("escalated", "escalated", ("acknowledged", "exhausted")),
    ("mails", "mails", ("mails_overtaken", "mails_failed")),
    ("ratings", "ratings", ("surveys", "average_rating")),
)


def as_json(
    environment: Environment,
    figures: Figures | None,
    checks: Sequence[Check],
    seconds: Mapping[str, float],
    late_s: float,
    latest: str,
) -> dict[str, Any]:
    """What `.punctual/demo.json` has."""
    return {
        "ok": bool(checks) and all(check.held for check in checks),
        "stack": environment.stack,
        "played_on": environment.kind,
        "broker": environment.kafka is not None,
        "clock": {"speed": environment.clock.speed, "epoch": environment.clock.epoch.isoformat()},
        "summary": figures.as_json() if figures else None,
        "checks": [{"name": check.name, "held": check.held, "found": check.found} for check in checks],
        "latest_act": {"what": latest, "s": round(late_s, 3)},
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "urls": environment.urls | {"mail catcher": environment.catcher.url},
    }


def write(path: Path, said: Mapping[str, Any]) -> None:
    """Replace the file, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)


def show(
    console: Console,
    figures: Figures | None,
    checks: Sequence[Check],
    seconds: Mapping[str, float],
    environment: Environment,
) -> None:
    """Figures, checks, and where it was played."""
    console.print()
    if figures:
        console.print(_table(figures))
        console.print()
    for check in checks:
        mark = "[green]✓[/]" if check.held else "[red]✗[/]"
        console.print(f"{mark} {check.name} [dim]({check.found})[/]", soft_wrap=True)
    console.print()
    times = ", ".join(f"{name} {value:.1f}" for name, value in seconds.items())
    console.print(f"[dim]Played on: {environment.kind}. Seconds: {times}[/]", soft_wrap=True)


def _table(figures: Figures) -> Table:
    known = figures.as_json()
    table = Table(box=None, show_header=False, pad_edge=False)
    for label, name, others in _FIGURES:
        aside = ", ".join(f"{known[other]} {other.replace('_', ' ')}" for other in others)
        table.add_row(f"[bold]{label}[/]", f"[bold]{known[name]}[/]", f"[dim]{aside}[/]")
    return table


def show_urls(console: Console, environment: Environment) -> None:
    """Where to look around."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, url in environment.urls.items():
        table.add_row(f"[bold]{name}[/]", f"{url}/docs")
    table.add_row("[bold]mails it sent[/]", environment.catcher.url)
    table.add_row("[bold]mail to the desk[/]", f"smtp://127.0.0.1:{environment.smtp} ({environment.mailbox})")
    console.print(table)
