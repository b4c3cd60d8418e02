"""Commands that stand or fall together: tried in a transaction of their own, outside group commit."""

import asyncio
from collections.abc import Sequence

from kit.clock import Clock
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Failed, Overtaken, Together
from kit.store import BadValue, ClockWrong, Store, Unavailable
from kit.store.values import Held, Undone

MAX_TRIES = 10
"""Tries while other commands keep changing the streams."""
PAUSE_PER_TRY_SECONDS = 0.02
"""Seconds before the second try, twice as many before the third, and so on."""
COMPARISON_WAIT_SECONDS = 1.0
"""Seconds that a command waits while its shard is compared with the broker, which seldom takes longer."""
RETRY_SECONDS = 0.1
"""Seconds until a command is tried again whose shard was held, or whose outcome is unknown."""


class _OnlyTried(Exception):
    """Rolls a trial transaction back."""


async def carry_out(
    store: Store, core: Core, clock: Clock, requests: Sequence[CommandRequest], timeout_seconds: float
) -> list[Together]:
    """The result of each: all are Done; or some say why none was carried out now, and the others are Undone.

    Those that an earlier call carried out are Done in any case. Overtaken: others changed the streams at each try.
    Raises Unavailable if the outcome is still unknown after `timeout_seconds`, and ClockWrong at once.
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
            if clock.elapsed() - begun >= timeout_seconds:
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
    """Find the command whose value the database refuses, by storing ever more of them: it is the first that fails."""
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
