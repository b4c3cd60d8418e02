"""The broker is away when the services start."""

from tests.faults.days.day import Day
from tests.faults.place import kill
from tests.faults.verdicts import Told

START_LIMIT_SECONDS = 30.0
"""Seconds for a service to start, and say whom it misses."""


async def away(day: Day) -> Told:
    """The doors open, tickets are taken, the others say whom they miss; all is made good when it comes."""
    broker = day.place.desk.stack.kafka
    assert broker
    await kill(broker.child)
    day.say("the broker is killed, and all five services are started")
    for name in day.place.names:
        day.place.start(name)
    await day.each(("intake", "feedback"), "is ready", day.ready, START_LIMIT_SECONDS)
    day.spare("intake", "feedback")
    await day.open_door()
    await day.opens(20)
    day.say(f"{len(day.load.tickets)} tickets are taken")
    await day.each(
        ("sla-timer", "escalation", "notifier"),
        "is not ready, and names the broker",
        lambda name: day.says(name, f"the broker at {broker.bootstrap}", unready=True),
        START_LIMIT_SECONDS,
    )
    await day.place.broker()
    day.say("the broker is there")
    await day.opens(20)
    return await day.ends()
