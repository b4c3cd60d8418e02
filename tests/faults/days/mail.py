"""The mail server is away while tickets are answered."""

import asyncio
from datetime import UTC, datetime

from tests.faults.days.day import Day
from tests.faults.place import kill
from tests.faults.verdicts import Told, untrue

from punctual.local.mailcatcher import start_mailcatcher

OUTAGE_SECONDS = 15.0
"""Seconds: some times as long as an answer may take."""
HEARD_LIMIT_SECONDS = 60.0
"""Seconds for notifier to hear of all that happened."""


async def away(day: Day) -> Told:
    """Warnings and calls that wait for it, and that an answer makes untrue, don't go out when it is back."""
    await day.begin()
    day.spare(*day.place.names)
    stack = day.place.desk.stack
    assert stack.mail
    await day.opens(5)
    await kill(stack.mail.child)
    day.say("the mail server is killed")
    async with day.busy():
        await asyncio.sleep(OUTAGE_SECONDS)
    await day.until("notifier has heard of all", day.heard, HEARD_LIMIT_SECONDS)
    since = datetime.now(UTC)
    stack.mail = await start_mailcatcher(stack.home, smtp=stack.mail.smtp, http=stack.mail.http)
    day.say(f"the mail server is back, after {len(day.load.tickets)} tickets")
    told = await day.ends()
    spared = sum(mail.status == "suppressed" for mail in told.mails or ())
    day.say(f"{spared} mails were no longer true, and not sent")
    day.noticed += untrue(told, since) if spared else ["nothing became untrue while the mail server was away"]
    return told
