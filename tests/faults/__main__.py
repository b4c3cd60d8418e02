"""`make faults`: kill at random moments, while tickets are opened and answered; then read the logs.

Then lose one of three replicas of each service, again and again, while another comes under a new name.
"""

import argparse
import asyncio
import random
import sys

from tests.faults.killing import rounds
from tests.faults.losing import losses
from tests.faults.verdicts import Told, faults_in

from punctual.local.places import Home, find_checkout


async def main(count: int, lost: int, seed: int) -> int:
    home = Home((find_checkout() or Home.default().path.parent) / ".punctual" / "faults")
    print(f"· {count} rounds and {lost} lost replicas from seed {seed}", flush=True)
    wrong = False
    if count:
        told = await rounds(home, count, random.Random(seed), say=_say)
        wrong |= _judge(f"{count} rounds", told, [])
    if lost:
        told, noticed = await losses(home, lost, random.Random(seed), say=_say)
        wrong |= _judge(f"{lost} lost replicas", told, noticed)
    return int(wrong)


def _say(text: str) -> None:
    print(f"· {text}", flush=True)


def _judge(what: str, told: Told, noticed: list[str]) -> bool:
    """Say what was found; whether anything is wrong, or nothing was tried."""
    found = [*noticed, *faults_in(told)]
    for fault in found:
        print(f"✗ {fault}")
    print(
        f"{what}; {len(told.tickets)} tickets, {told.count('ticket.initial-response-given')} answered, "
        f"{told.count('sla.breached')} breaches announced, {told.count('sla.breach-retracted')} of them retracted; "
        f"{len(found)} faults"
    )
    return bool(found) or not told.count("sla.breached")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make faults", epilog="for example: make faults ROUNDS=50 ARGS='--seed 7'")
    parser.add_argument("--rounds", type=int, default=50, help="how many kills")
    parser.add_argument("--lost", type=int, default=10, help="how many replicas")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="which, and when")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.rounds, given.lost, given.seed)))
