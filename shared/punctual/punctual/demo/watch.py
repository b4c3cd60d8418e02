"""Watching the desk from outside: all that its five topics say, as it comes."""

import asyncio
from collections import Counter
from collections.abc import Callable

from contracts import escalations, feedback, notifications, sla, tickets
from contracts.envelope import Fact
from contracts.names import TOPICS
from contracts.wire import recorded_from
from kit.bus import Bus

Seen = Callable[[Fact], None]

COUNTED = {
    tickets.TicketOpened: "tickets",
    sla.SlaMet: "in time",
    sla.SlaWarning: "warnings",
    sla.SlaBreached: "breaches",
    escalations.EscalationRaised: "calls",
    escalations.RoleCalled: "calls",
    escalations.EscalationAcknowledged: "taken on",
    tickets.Closed: "closed",
    notifications.NotificationSent: "mails",
    feedback.SurveyAnswered: "ratings",
}


class Watch:
    """Counts what it sees and hands it on. A relay may send a record twice; it is seen once."""

    def __init__(self, bus: Bus, seen: Seen) -> None:
        self._bus, self._seen = bus, seen
        self._ids: set[object] = set()
        self.counts: Counter[str] = Counter(dict.fromkeys(COUNTED.values(), 0))
        self.events = 0

    async def run(self) -> None:
        """Until cancelled. Start it before the services, so that nothing is missed."""
        async with asyncio.TaskGroup() as group:
            for topic in TOPICS:
                group.create_task(self._follow(topic))

    async def _follow(self, topic: str) -> None:
        async for message in self._bus.tail(topic):
            fact, _ = recorded_from(topic, message.partition, message.key, message.value, message.headers)
            if fact.event_id in self._ids:
                continue
            self._ids.add(fact.event_id)
            self.events += 1
            if name := COUNTED.get(type(fact.event)):
                self.counts[name] += 1
            self._seen(fact)
