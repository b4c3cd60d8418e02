"""The read model of notifications, which is also the outbox: a row with status `requested` waits to be sent.

Mails of a lane, that is to one recipient about one ticket, leave in the order in which they were requested; reminders
of surveys have a lane for each person, and one of them carries the others. Leases and retries run on the database's own
clock and are not in the log. While the log may be incomplete, no mail is taken in hand: one that seems to wait may have
been sent after the backup.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from notifier.domain.next_instant import Known

LIST = """
SELECT * FROM notifications
WHERE ($1::uuid[] IS NULL OR ticket_id = ANY ($1)) AND ($2::text[] IS NULL OR status = ANY ($2))
  AND ($3::timestamptz IS NULL OR (requested_at, notification_id) < ($3, $4::uuid))
ORDER BY requested_at DESC, notification_id DESC LIMIT $5
"""

ONE = "SELECT * FROM notifications WHERE notification_id = $1"

LEASE = timedelta(seconds=15)
"""How long a mail stays in the hand of a process that no longer renews its lease."""

CLAIM = """
UPDATE notifications SET leased_by = $1, leased_until = clock_timestamp() + $2::interval, attempts = attempts + 1
WHERE notification_id = (
    SELECT o.notification_id FROM notifications o
    WHERE o.status = 'requested'
      AND (o.next_try_at IS NULL OR o.next_try_at <= clock_timestamp())
      AND (o.leased_until IS NULL OR o.leased_until <= clock_timestamp())
      AND NOT EXISTS (
          SELECT FROM notifications e
          WHERE e.status = 'requested' AND e.lane = o.lane
            AND (e.shard_seq, e.notification_id) < (o.shard_seq, o.notification_id)
      )
      AND NOT EXISTS (SELECT FROM closed_shards c WHERE c.unsure)
    ORDER BY o.requested_at, o.shard_seq LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING notification_id, ticket_id, template, automatic, subject_id, requested_at, attempts, in_terms
"""

KEEP = """
UPDATE notifications SET leased_by = $1, leased_until = clock_timestamp() + $2::interval
WHERE notification_id = ANY($3::uuid[]) AND (leased_by = $1 OR leased_by IS NULL) AND status = 'requested'
"""
"""Also renews leases that a restored database no longer knows."""

HOLD = """
UPDATE notifications SET leased_by = NULL, leased_until = clock_timestamp() + $1::interval
WHERE status = 'requested' AND ($2::uuid[] IS NULL OR notification_id = ANY($2))
"""

DEFER = """
UPDATE notifications
SET leased_by = NULL, leased_until = NULL, reason = $3, next_try_at = clock_timestamp() + $4::interval,
    in_terms = in_terms AND $5
WHERE notification_id = $1 AND leased_by = $2 AND status = 'requested'
"""

GIVE_BACK = """
UPDATE notifications
SET leased_by = NULL, leased_until = NULL, attempts = attempts - 1, next_try_at = clock_timestamp() + $3::interval,
    in_terms = in_terms AND $4
WHERE notification_id = $1 AND leased_by = $2 AND status = 'requested'
"""

NEXT_INSTANT = "SELECT next_at, says FROM next_calls WHERE ticket_id = $1 AND set_by = $2"


def known_from(row: Mapping[str, Any]) -> Known:
    """What such a row says to the mail that waits for it."""
    return Known(row["next_at"], msgspec.json.decode(row["says"], type=dict[str, str]) if row["says"] else {})


LEAVE_IN_TERMS = "UPDATE notifications SET in_terms = true WHERE notification_id = $1"
"""Set before the mail is offered: if this process dies, the next try must send the same words, for the server may
have taken them."""

JOINABLE = """
SELECT o.notification_id, o.ticket_id, o.template, o.automatic, o.subject_id, o.requested_at, o.attempts, o.in_terms
FROM notifications o JOIN notifications c ON c.notification_id = $1 AND o.lane = c.lane
WHERE o.status = 'requested' AND o.notification_id <> $1
  AND CASE WHEN c.joined_with = $1 THEN o.joined_with = $1
           ELSE o.leased_until IS NULL OR o.leased_until <= clock_timestamp() END
ORDER BY o.requested_at, o.notification_id LIMIT $2
"""
"""What a mail may carry, beside its own words: others of its lane that nobody has in hand; or, after the first try,
those that were in it then, for the server may have taken it."""

JOIN = """
UPDATE notifications SET joined_with = CASE WHEN notification_id = ANY($2::uuid[]) THEN $1::uuid END
WHERE status = 'requested' AND (notification_id = ANY($2::uuid[]) OR joined_with = $1)
"""

CARRIED_BY = """
SELECT c.message_id FROM notifications o JOIN notifications c ON c.notification_id = o.joined_with
WHERE o.notification_id = $1 AND c.notification_id <> $1 AND c.status = 'sent'
"""
"""The mail that carried it."""

WAS_SENT = "SELECT status = 'sent' AS sent FROM notifications WHERE notification_id = $1"

IS_UNDELIVERABLE = """
SELECT EXISTS (SELECT FROM undeliverable_addresses WHERE subject_id = $1 AND cleared_at IS NULL) AS undeliverable
"""

UNDELIVERABLE = """
SELECT * FROM undeliverable_addresses
WHERE cleared_at IS NULL AND ($1::timestamptz IS NULL OR (marked_at, subject_id) < ($1, $2::uuid))
ORDER BY marked_at DESC, subject_id DESC LIMIT $3
"""

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 7075))"
"""Until the end of the transaction no other process decides about this person's replies."""

REPLIES = """
SELECT count(*) AS replies FROM notifications
WHERE automatic = 'replied' AND subject_id = $1 AND notification_id <> $3
  AND (admitted OR status IN ('sent', 'failed', 'bounced')) AND status <> 'suppressed'
  AND requested_at > $2::timestamptz - interval '1 hour' AND requested_at < $2::timestamptz + interval '1 hour'
"""
"""Also replies that were requested within the hour after this one: shards are not heard in order of time, and two
requests may have the same time."""

ADMITTED = "SELECT admitted FROM notifications WHERE notification_id = $1"

ADMIT = "UPDATE notifications SET admitted = true WHERE notification_id = $1"

MAY_HAVE_LEFT = """
SELECT EXISTS (
    SELECT FROM notifications
    WHERE notification_id = ANY($1::uuid[]) AND NOT (status = 'suppressed' AND attempts <= 1)
) AS left
"""
