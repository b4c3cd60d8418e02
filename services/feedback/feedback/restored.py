"""After a restore: the numbers go on beyond those that may have been given out."""

from collections.abc import AsyncIterator

from contracts.envelope import Fact
from contracts.feedback import FeedbackReceived
from feedback.numbers import FEEDBACK_NUMBERS
from kit.process.host import Host
from kit.recovery.adoption import BeforeAdoption


def ahead(host: Host) -> BeforeAdoption:
    """Skips the numbers in the broker's facts, in the database, and in processes' blocks."""

    async def go_on(facts: AsyncIterator[Fact]) -> None:
        highest = 0
        async for fact in facts:
            if isinstance(fact.event, FeedbackReceived):
                highest = max(highest, FEEDBACK_NUMBERS.read(fact.event.number))
        async with host.store.statement() as tx:
            await tx.connection.fetch(FEEDBACK_NUMBERS.skip_ahead, highest)

    return go_on
