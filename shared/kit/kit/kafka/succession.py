"""Taking the place of a dead predecessor in a consumer group.

The broker keeps a killed member's partitions for it until its session is over: half a minute in which nobody rings a
timer. Whoever is started again under the same name knows that the one before it is gone, and says so.
"""

import asyncio
from contextlib import suppress

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, UnknownMemberIdError, for_code
from aiokafka.protocol.group import LeaveGroupRequest

PATIENCE = 5.0
"""Seconds for all of it: without it the session ends by itself."""
AGAIN = 0.2
"""Seconds until a broker that has just begun is asked again who coordinates a group."""

log = structlog.get_logger("kafka")


async def succeed(servers: str, group: str, replica: str) -> None:
    """Let the members of a group that have this replica's name leave it.

    One that was alive after all joins again: that costs a rebalance and nothing else. What goes wrong is only logged.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, client_id=replica)
    failure: Exception | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            await admin.start()
            while True:
                try:
                    await _let_leave(admin, group, replica)
                    break
                except KafkaError as error:
                    failure = error
                await asyncio.sleep(AGAIN)
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("the place of the one before ends with its session", group=group, error=repr(failure or error))
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await admin.close()


async def _let_leave(admin: AIOKafkaAdminClient, group: str, replica: str) -> None:
    coordinator = await admin.find_coordinator(group)
    for answer in await admin.describe_consumer_groups([group], coordinator):
        for error, _, _, _, _, members, *_ in answer.groups:
            _check(error, group)
            for member in (member for member, client, *_ in members if client == replica):
                # The library leaves a group only for itself.
                left = await admin._send_request(LeaveGroupRequest(group, member), coordinator)
                if left.error_code != UnknownMemberIdError.errno:
                    _check(left.error_code, group)
                log.info("took the place of the one before", group=group, member=member)


def _check(code: int, group: str) -> None:
    if code:
        raise for_code(code)(group)
