"""The read model of notifications, which is also the outbox: a row with status `requested` waits to be sent.

Mails of a lane, that is to one recipient about one ticket, leave in the order in which they were requested; reminders
of surveys have a lane for each person, and so have automatic replies over the limit (`held_in`): there, one carries the
others. Leases and retries run on the database's own
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
          WHERE e.status = 'requested' AND COALESCE(e.held_in, e.lane) = COALESCE(o.held_in, o.lane)
            AND (e.shard_seq, e.notification_id) < (o.shard_seq, o.notification_id)
      )
      AND NOT EXISTS (
          SELECT FROM notifications c
          WHERE c.notification_id = o.joined_with AND c.notification_id <> o.notification_id AND c.status = 'requested'
      )
      AND NOT EXISTS (SELECT FROM closed_shards c WHERE c.unsure)
    ORDER BY o.requested_at, o.shard_seq LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING notification_id, ticket_id, template, automatic, subject_id, requested_at, attempts, in_terms, held_in,
    joined_with, lacks
"""
"""Not what a mail may carry that is itself still to be sent."""

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
    in_terms = in_terms AND $5, joined_with = CASE WHEN $6 THEN joined_with END
WHERE notification_id = $1 AND leased_by = $2 AND status = 'requested'
"""

GIVE_BACK = """
UPDATE notifications
SET leased_by = NULL, leased_until = NULL, attempts = attempts - 1, next_try_at = clock_timestamp() + $3::interval,
    in_terms = in_terms AND $4, joined_with = CASE WHEN $5 THEN joined_with END
WHERE notification_id = $1 AND leased_by = $2 AND status = 'requested'
"""

NEXT_INSTANT = "SELECT next_at, says FROM next_calls WHERE ticket_id = $1 AND set_by = $2"


def known_from(row: Mapping[str, Any]) -> Known:
    """What such a row says to the mail that waits for it."""
    return Known(row["next_at"], msgspec.json.decode(row["says"], type=dict[str, str]) if row["says"] else {})


LEAVE_IN_TERMS = "UPDATE notifications SET in_terms = true WHERE notification_id = $1"
"""Set before the mail is offered: if this process dies, the next try must send the same words, for the server may
have taken them."""

HOLD_BACK = """
UPDATE notifications
SET leased_by = NULL, leased_until = NULL, attempts = attempts - 1, next_try_at = clock_timestamp() + $3::interval,
    held_in = $4, reason = 'rate-limited'
WHERE notification_id = $1 AND leased_by = $2 AND status = 'requested'
"""

JOINABLE = """
SELECT o.notification_id, o.ticket_id, o.template, o.automatic, o.subject_id, o.requested_at, o.attempts, o.in_terms,
    o.held_in, o.joined_with, o.lacks
FROM notifications o JOIN notifications c ON c.notification_id = $1
WHERE o.status = 'requested' AND o.notification_id <> $1
  AND COALESCE(o.held_in, o.lane) = COALESCE(c.held_in, c.lane)
  AND CASE WHEN c.joined_with = $1 THEN o.joined_with = $1
           ELSE (o.leased_until IS NULL OR o.leased_until <= clock_timestamp())
                AND NOT EXISTS (
                    SELECT FROM notifications other
                    WHERE other.notification_id = o.joined_with AND other.notification_id NOT IN ($1, o.notification_id)
                      AND other.status IN ('requested', 'sent')
                ) END
ORDER BY o.requested_at, o.notification_id LIMIT $2
"""
"""What a mail may carry, beside its own words: others of its lane that nobody has in hand, and that no other mail
carries; or, if the server may have taken it, those that were in it then."""

JOIN = """
UPDATE notifications o
SET joined_with = CASE WHEN now_in.id IS NOT NULL THEN $1::uuid END, lacks = now_in.lacks,
    next_try_at = CASE WHEN o.notification_id = $1 THEN o.next_try_at END
FROM notifications before
LEFT JOIN unnest($2::uuid[], $3::text[]) AS now_in (id, lacks) ON now_in.id = before.notification_id
WHERE o.notification_id = before.notification_id
  AND before.status = 'requested' AND (now_in.id IS NOT NULL OR before.joined_with = $1)
"""

CARRIED_BY = """
SELECT c.message_id FROM notifications o JOIN notifications c ON c.notification_id = o.joined_with
WHERE o.notification_id = $1 AND c.notification_id <> $1 AND c.status = 'sent'
"""
"""The mail that carried it."""

MISSING = "SELECT missing FROM wanted_information WHERE ticket_id = $1"

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
SELECT max(COALESCE(admitted_at, sent_at, requested_at)) AS at FROM notifications
WHERE automatic = 'replied' AND subject_id = $1 AND notification_id <> $2
  AND (admitted OR status IN ('sent', 'failed', 'bounced')) AND status <> 'suppressed'
  AND COALESCE(admitted_at, sent_at, requested_at) > $3::timestamptz - interval '1 hour'
GROUP BY COALESCE(message_id, notification_id::text)
"""
"""When the person's other replies were sent, or are to be. Those that left in one mail are one, also after a restore:
that forgets what was admitted, but not what was sent."""

OTHERS_HELD = """
SELECT EXISTS (
    SELECT FROM notifications
    WHERE subject_id = $1 AND notification_id <> $2 AND held_in IS NOT NULL AND status = 'requested'
      AND joined_with IS NULL
) AS held
"""

ADMITTED = "SELECT admitted FROM notifications WHERE notification_id = $1"

ADMIT = "UPDATE notifications SET admitted = true, admitted_at = $2 WHERE notification_id = $1"

MAY_HAVE_LEFT = """
SELECT EXISTS (
    SELECT FROM notifications
    WHERE notification_id = ANY($1::uuid[]) AND NOT (status = 'suppressed' AND attempts <= 1)
) AS left
"""
