"""`make faults`: kill at random moments, while tickets are opened and answered; then read the logs."""

import argparse
import asyncio
import random
import sys

from tests.faults.killing import rounds
from tests.faults.verdicts import faults_in

from punctual.local.places import Home, find_checkout


async def main(count: int, seed: int) -> int:
    home = Home((find_checkout() or Home.default().path.parent) / ".punctual" / "faults")
    print(f"· {count} rounds from seed {seed}", flush=True)
    told = await rounds(home, count, random.Random(seed), say=lambda text: print(f"· {text}", flush=True))
    found = faults_in(told)
    for fault in found:
        print(f"✗ {fault}")
    print(
        f"{count} rounds; {len(told.tickets)} tickets, {told.count('ticket.initial-response-given')} answered, "
        f"{told.count('sla.breached')} breaches announced, {told.count('sla.breach-retracted')} of them retracted; "
        f"{len(found)} faults"
    )
    return 1 if found or not told.count("sla.breached") else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make faults", epilog="for example: make faults ROUNDS=50 ARGS='--seed 7'")
    parser.add_argument("--rounds", type=int, default=50, help="how many kills")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="which, and when")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.rounds, given.seed)))
