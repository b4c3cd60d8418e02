"""The histories of all clocks, read from sla-timer's own log, shard by shard."""

from collections.abc import Callable
from datetime import datetime

from contracts.tickets import Tier
from kit.postgres import PostgresStore
from sla_timer.domain.instants import instant
from sla_timer.domain.policies import Policies
from sla_timer.what_if.gathered import Gathered
from sla_timer.what_if.heard import NAMES, Heard, heard
from sla_timer.what_if.history import Agreed, History, history_of

HEADS = "SELECT shard, seq FROM heads WHERE seq > 0 ORDER BY shard"
PIECE = """
SELECT stream_id, type, schema_version, recorded_at, data FROM events
WHERE shard = $1 AND shard_seq BETWEEN $2 AND $3 AND type = ANY ($4) AND stream_id LIKE 'clock-%-response'
ORDER BY shard_seq
"""
AT_ONCE = 5_000
"""Events of a piece: a statement is over long before anybody's patience is."""


async def gather(
    store: PostgresStore,
    policies: Policies,
    since: datetime | None,
    before: datetime | None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Gathered:
    """All histories of tickets that were received (completely, or if not, at all) in [since, before).

    `policies`: all versions that clocks were started with. `tell`: events read, and how many there are. Raises
    Unavailable.
    """
    gathered = Gathered()
    heads = {row[0]: row[1] for row in await store.query(HEADS)}
    agreed, done, total = agreed_by(policies), 0, sum(heads.values())
    for shard, last in heads.items():
        streams: dict[str, list[tuple[datetime, str, Heard]]] = {}
        for first in range(1, last + 1, AT_ONCE):
            for stream, name, version, recorded_at, data in await store.query(
                PIECE, shard, first, min(first + AT_ONCE - 1, last), list(NAMES)
            ):
                streams.setdefault(stream, []).append((recorded_at, name, heard(name, version, data)))
            done += min(AT_ONCE, last - first + 1)
            tell(done, total)
        for events in streams.values():
            history = history_of(events, agreed)
            if history and _within(history, since, before):
                gathered.add(history)
    return gathered


def agreed_by(policies: Policies) -> Agreed:
    """Whether a calendar was agreed with the account, by what the policy of then gave to the tier."""

    def agreed(policy: str, tier: Tier, calendar: str) -> str | None:
        return None if policies[policy].tiers[tier] == calendar else calendar

    return agreed


def _within(history: History, since: datetime | None, before: datetime | None) -> bool:
    at = history.begun
    return (since is None or instant(since) <= at) and (before is None or at < instant(before))
