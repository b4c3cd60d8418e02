"""Commands that stand or fall together: outside group commit, in a transaction of their own, tried until it is so."""

import asyncio
from collections.abc import Sequence

from kit.clock import Clock
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Failed, Overtaken, Together
from kit.store import BadValue, ClockWrong, Store, Unavailable
from kit.store.values import Held, Undone

MAX_TRIES = 10
"""How often they are decided while others keep changing their streams."""
PAUSE_PER_TRY_SECONDS = 0.02
"""Seconds before the second try, and so much longer before each one after it."""
COMPARISON_WAIT_SECONDS = 1.0
"""Seconds that a command waits while its shard is compared with the broker: seldom does it take longer."""
RETRY_SECONDS = 0.1
"""Seconds until it is tried again."""


class _OnlyTried(Exception):
    """Nothing of it is to stay."""


async def carry_out(
    store: Store, core: Core, clock: Clock, requests: Sequence[CommandRequest], patience: float
) -> list[Together]:
    """What came of each: all are Done, or some say why none was carried out now, and the rest is Undone.

    Those that an earlier try had carried out already are Done in any case. Overtaken: others changed the streams at
    each try. Raises Unavailable if after `patience` seconds the outcome is unknown, ClockWrong at once.
    """
    if len({request.command_id for request in requests}) < len(requests):
        raise ValueError("each command needs an id of its own")
    begun, tries = clock.elapsed(), 1
    while True:
        try:
            results = await _attempt(store, core, clock, requests)
        except BadValue as error:
            return await _blamed(store, core, clock, requests, error)
        except ClockWrong:
            raise
        except Unavailable:
            # Whether it was written is unknown; the command ids make a second try safe.
            if clock.elapsed() - begun >= patience:
                raise
            await asyncio.sleep(RETRY_SECONDS)
            continue
        reasons = [one for one in results if not isinstance(one, Done | Undone)]
        if all(isinstance(one, Done) for one in results):
            return results
        if reasons and all(one == Held() for one in reasons) and clock.elapsed() - begun < COMPARISON_WAIT_SECONDS:
            await asyncio.sleep(RETRY_SECONDS)
        elif all(isinstance(one, Overtaken) for one in reasons) and tries < MAX_TRIES:
            await asyncio.sleep(PAUSE_PER_TRY_SECONDS * tries)
            tries += 1
        else:
            return results


async def _attempt(store: Store, core: Core, clock: Clock, requests: Sequence[CommandRequest]) -> list[Together]:
    async with store.transaction() as tx:
        return await core.perform_together(tx, requests, clock.now())


async def _blamed(
    store: Store, core: Core, clock: Clock, requests: Sequence[CommandRequest], error: BadValue
) -> list[Together]:
    """Whose value the database refuses: that of the first without which the ones before it could be stored."""
    for guilty in range(len(requests)):
        try:
            async with store.transaction() as tx:
                await core.perform_together(tx, requests[: guilty + 1], clock.now())
                raise _OnlyTried
        except _OnlyTried:
            continue
        except BadValue as why:
            return [Failed(why) if n == guilty else Undone() for n in range(len(requests))]
    return [Failed(error) for _ in requests]
