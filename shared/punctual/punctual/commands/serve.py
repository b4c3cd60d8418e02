"""serve: one service, or all of them in one process."""

from importlib.metadata import entry_points
from typing import Annotated

import typer

GROUP = "punctual.services"


def serve(
    name: Annotated[str, typer.Argument(help="A service, or `all` for every one in this process.")],
) -> None:
    """Run a service until SIGTERM, with its settings from the environment.

    Example: `punctual serve sla-timer`
    """
    published = {point.name: point for point in entry_points(group=GROUP)}
    if name != "all" and name not in published:
        raise typer.BadParameter(f"there is no service {name!r}; there are: {', '.join(sorted(published))}, all")
    chosen = published.values() if name == "all" else [published[name]]
    from kit.process.run import run  # here, so that the other commands start without it

    run([point.load() for point in chosen])


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(serve)
