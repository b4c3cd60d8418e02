"""Streams, shards and topics: where an event is stored, and in which partition it travels.

A stream is named `<category>-<uuid>` or `<category>-<uuid>-<suffix>`; its shard is that of the UUID, so that all
that belongs to a ticket shares one shard, in every service and topic. The policy's streams are `policy-<shard>`.
"""

from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

SHARDS = 64
"""Fixed for ever: a change would move tickets between partitions and break their order."""

TICKETS = "punctual.tickets.v1"
SLA = "punctual.sla.v1"
ESCALATIONS = "punctual.escalations.v1"
NOTIFICATIONS = "punctual.notifications.v1"
FEEDBACK = "punctual.feedback.v1"
SETTLED = "punctual.settled.v1"
KEYS = "punctual.keys.v1"

TOPIC_OF = {
    "intake": TICKETS,
    "sla-timer": SLA,
    "escalation": ESCALATIONS,
    "notifier": NOTIFICATIONS,
    "feedback": FEEDBACK,
}
"""The topic of each service's events. This is the only hand-written list of services; all others derive from it."""

SERVICES = tuple(TOPIC_OF)
"""The services, in the order in which they are started. An image has one of them, and must know the others' names."""

TOPICS = tuple(TOPIC_OF.values())
"""The topics that carry events, one of each service."""


def shard_of(identity: UUID) -> int:
    """The shard, Kafka partition and timer shard of a ticket or account."""
    return int.from_bytes(blake2b(identity.bytes).digest()[:8], "big") % SHARDS


@lru_cache(maxsize=8192)
def shard_of_stream(stream: str) -> int:
    """The shard of a stream. Raises ValueError if it is not the name of a stream."""
    category, _, rest = stream.partition("-")
    if category == "policy":
        return int(rest)
    return shard_of(UUID(rest[:36]))


def category_of(stream: str) -> str:
    """`ticket` for `ticket-9f…`."""
    return stream.partition("-")[0]
