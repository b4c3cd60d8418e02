"""`make faults`: bad days on the real desk, while tickets are opened and answered; then its logs are read.

Kills at random moments, replicas that are lost while others come, and the days of `tests.faults.days`.
"""

import argparse
import asyncio
import logging
import random
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from functools import partial

from tests.faults.days import DAYS, LeftOut, play
from tests.faults.killing import rounds
from tests.faults.losing import losses
from tests.faults.verdicts import Told, faults_in

from punctual.local.places import Home, find_checkout

Play = Callable[[Home, random.Random, Callable[[str], None]], Awaitable[tuple[Told, list[str]]]]


async def main(plays: dict[str, Play], seed: int) -> int:
    """Play one after the other, each on a desk of its own; 1 if anything was wrong."""
    home = Home((find_checkout() or Home.default().path.parent) / ".punctual" / "faults")
    print(f"· from seed {seed}: {', '.join(plays)}", flush=True)
    verdicts = [await _judged(name, play, home, random.Random(seed)) for name, play in plays.items()]
    if len(verdicts) > 1:
        print("\n".join(["", *(line for line, _ in verdicts)]))
    return int(any(wrong for _, wrong in verdicts))


async def _judged(name: str, play: Play, home: Home, chance: random.Random) -> tuple[str, bool]:
    """Play it and say what was found: in a line, and whether anything is wrong."""
    print(f"\n· {name}", flush=True)
    begun = time.monotonic()
    try:
        told, noticed = await play(home, chance, _say)
    except LeftOut as reason:
        line, wrong = f"- {name}: left out, {reason}", False
    except Exception:
        traceback.print_exc()
        line, wrong = f"✗ {name}: ended by an error after {_minutes(begun)}", True
    else:
        found = [*noticed, *faults_in(told)]
        if not told.count("sla.breached"):
            found.append("no promise was broken, so that little was tried")
        for fault in found:
            print(f"✗ {fault}")
        wrong = bool(found)
        line = f"{'✗' if wrong else '✓'} {name}: {_figures(told)}, {len(found)} faults, {_minutes(begun)}"
    print(line, flush=True)
    return line, wrong


def _minutes(begun: float) -> str:
    return "{}:{:02} min".format(*divmod(round(time.monotonic() - begun), 60))


def _figures(told: Told) -> str:
    answered, breaches = told.count("ticket.initial-response-given"), told.count("sla.breached")
    retracted = told.count("sla.breach-retracted")
    mails = f", {len(told.mails)} mails" if told.mails is not None else ""
    return (
        f"{len(told.tickets)} tickets, {answered} answered, {breaches} breaches announced, {retracted} of them "
        f"retracted{mails}"
    )


def _say(text: str) -> None:
    print(f"· {text}", flush=True)


def asked(given: argparse.Namespace) -> dict[str, Play]:
    """What is to be played; all of it if nothing is named."""
    kills, lost, days = given.rounds, given.lost, given.days
    if kills is None and lost is None and days is None:
        kills, lost, days = 50, 10, []
    found: dict[str, Play] = {}
    if kills:
        found[f"{kills} kills"] = partial(_killing, kills)
    if lost:
        found[f"{lost} lost replicas"] = partial(_losing, lost)
    named = [] if days is None else days or DAYS
    return found | {day: partial(play, day) for day in named}


async def _killing(count: int, home: Home, chance: random.Random, say: Callable[[str], None]) -> tuple[Told, list[str]]:
    return await rounds(home, count, chance, say), []


async def _losing(count: int, home: Home, chance: random.Random, say: Callable[[str], None]) -> tuple[Told, list[str]]:
    return await losses(home, count, chance, say)


def parser() -> argparse.ArgumentParser:
    """What may be asked for."""
    made = argparse.ArgumentParser(
        prog="make faults",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Bad days on the real desk, under load. Without any option: all of them, for about half an hour.",
        epilog="days:\n"
        + "\n".join(f"  {name:<18} {day.__doc__}" for name, day in DAYS.items())
        + "\n\nfor example:\n  make faults ROUNDS=20\n  make faults ARGS='--lost 10 --seed 7'"
        "\n  make faults ARGS='--days restored-database mail-away'",
    )
    made.add_argument("--rounds", type=int, metavar="N", help="so many kills of the timer service, database or broker")
    made.add_argument("--lost", type=int, metavar="N", help="so many replicas lost, of three of each service")
    made.add_argument("--days", nargs="*", choices=DAYS, metavar="DAY", help="these days; all if none is named")
    made.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="which, and when")
    return made


if __name__ == "__main__":
    given = parser().parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what goes wrong here is meant to
    sys.exit(asyncio.run(main(asked(given), given.seed)))
