"""demo: a real day of a support desk, in about 40 seconds, checked at the end."""

import asyncio
import signal
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from punctual.demo.home import demo_home, emptied, remove
from punctual.local.errors import StackUnavailable
from punctual.local.places import Home
from punctual.local.supervise import alone

LABEL = "IN-MEMORY BUS: not the real broker"


class Broker(StrEnum):
    """Which message bus the story is played on."""

    auto = "auto"
    kafka = "kafka"
    memory = "memory"


class Stack(StrEnum):
    """What the desk runs on."""

    embedded = "embedded"
    compose = "compose"


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Stay up afterwards, to look around, until Ctrl-C.")] = False,
    bus: Annotated[
        Broker, typer.Option(help="auto: Kafka, or the bus in memory where Kafka can't be had.")
    ] = Broker.auto,
    stack: Annotated[
        Stack, typer.Option(help="embedded: processes on this machine; compose: containers of a second project.")
    ] = Stack.embedded,
) -> None:
    """Play a real day of a support desk on an accelerated clock, and check every figure by replay.

    Fresh data in `.punctual/demo`, ports of its own: a desk that runs is left alone. Exits 0 only if every check held.
    In containers: the images are built first, and the compose project `punctual-demo` is removed with its volumes.

    Example: `punctual demo --keep`
    """
    if stack is Stack.compose and bus is Broker.memory:
        raise typer.BadParameter("the bus in memory has no containers: leave --bus memory or --stack compose out")
    console = Console(highlight=False)
    home = Home.default().make()
    own = demo_home(home)
    (home.path / "demo.json").unlink(missing_ok=True)
    with alone(own):
        console.print(
            "[bold]A real day of a support desk in about 40 seconds.[/] Real opening times, priorities and states of "
            "an IT company's incidents, 2 March 2016 (Amaral, Fantinato, Peres; CC BY 4.0).",
            soft_wrap=True,
        )
        if stack is Stack.compose:
            code: int | None = _play(home, own, console, keep, "compose")
        else:
            code = None if bus is Broker.memory else _on_kafka(home, own, console, keep, bus is Broker.kafka)
        if code is None:
            console.rule(f"[bold red]{LABEL}[/]")
            code = _play(home, own, console, keep, "in_memory")
            console.rule(f"[bold red]{LABEL}[/]")
    raise typer.Exit(code)


def _on_kafka(home: Home, own: Home, console: Console, keep: bool, only: bool) -> int | None:
    """The exit code; None if Kafka can't be had here, which is said first."""
    try:
        return _play(home, own, console, keep, "embedded")
    except StackUnavailable as error:
        if only:
            raise
        console.print(f"{error}\nSo the same story is played without the broker.", style="bold yellow", markup=False)
        return None


def _play(home: Home, own: Home, console: Console, keep: bool, environment: str) -> int:
    old = emptied(own, lambda text: console.print(f"· {text}", markup=False))
    try:
        return asyncio.run(_until_stopped(home, own, console, keep, environment, old))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130


async def _until_stopped(home: Home, own: Home, console: Console, keep: bool, environment: str, old: list[Path]) -> int:
    """Stops all that it started, whichever way it is asked to end."""
    from punctual.demo.run import Demo  # here, so that help and the other commands start without it

    bring = getattr(import_module(f"punctual.demo.{environment}"), environment)
    playing = asyncio.current_task()
    assert playing
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    removing = asyncio.create_task(asyncio.to_thread(remove, old))
    try:
        return await Demo(own, bring, console, home.path / "demo.json", keep).run()
    finally:
        await asyncio.shield(removing)


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(demo)
