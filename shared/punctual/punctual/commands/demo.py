"""demo: a real day of a support desk, in half a minute, checked at the end."""

import asyncio
import signal
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from punctual.demo.embedded import embedded
from punctual.demo.home import demo_home, emptied
from punctual.demo.in_memory import in_memory
from punctual.demo.run import Demo
from punctual.local.errors import StackUnavailable
from punctual.local.places import Home
from punctual.local.supervise import alone

LABEL = "IN-MEMORY BUS: not the real broker"


class Broker(StrEnum):
    """Which message bus the story is played on."""

    auto = "auto"
    kafka = "kafka"
    memory = "memory"


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Stay up afterwards, to look around, until Ctrl-C.")] = False,
    bus: Annotated[
        Broker, typer.Option(help="auto: Kafka, or the bus in memory where Kafka can't be had.")
    ] = Broker.auto,
) -> None:
    """Play a real day of a support desk on an accelerated clock, and check every figure by replay.

    Fresh data in `.punctual/demo`, ports of its own: a desk that runs is left alone. Exits 0 only if every check held.

    Example: `punctual demo --keep`
    """
    console = Console(highlight=False)
    home = Home.default()
    own = demo_home(home.make())
    result = home.path / "demo.json"
    result.unlink(missing_ok=True)
    with alone(own):
        emptied(own, lambda text: console.print(f"· {text}", markup=False))
        console.print(
            "[bold]A real day of a support desk in half a minute.[/] Real opening times, priorities and states of an "
            "IT company's incidents, 2 March 2016 (Amaral, Fantinato, Peres; CC BY 4.0).",
            soft_wrap=True,
        )
        code = None
        if bus is not Broker.memory:
            try:
                code = _run(Demo(own, embedded, console, result, keep))
            except StackUnavailable as error:
                if bus is Broker.kafka:
                    raise
                console.print(f"[bold yellow]{error}[/]\n[bold yellow]So the same story is played without it.[/]")
                emptied(own, lambda text: None)
        if code is None:
            console.rule(f"[bold red]{LABEL}[/]")
            code = _run(Demo(own, in_memory, console, result, keep))
            console.rule(f"[bold red]{LABEL}[/]")
    raise typer.Exit(code)


def _run(one: Demo) -> int:
    try:
        return asyncio.run(_until_stopped(one))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130


async def _until_stopped(one: Demo) -> int:
    """Stops all that it started, whichever way it is asked to end."""
    playing = asyncio.current_task()
    assert playing
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    return await one.run()


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(demo)
