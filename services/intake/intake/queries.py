"""The questions asked of intake's tables."""

ACCOUNT = "SELECT * FROM accounts WHERE account_id = $1"

ACCOUNTS = """
SELECT * FROM accounts
WHERE $1::text IS NULL OR (name, account_id) > ($1, $2::uuid)
ORDER BY name, account_id LIMIT $3
"""

TICKET_BY_NUMBER = "SELECT ticket_id, account_id FROM tickets WHERE number = $1"
TICKETS = """
SELECT * FROM tickets
WHERE ($1::timestamptz IS NULL OR (opened_at, ticket_id) < ($1, $2::uuid))
  AND ($3::uuid[] IS NULL OR account_id = ANY ($3))
  AND ($4::text[] IS NULL OR status = ANY ($4))
  AND ($5::integer[] IS NULL OR severity = ANY ($5))
  AND ($6::text[] IS NULL OR assignee = ANY ($6))
ORDER BY opened_at DESC, ticket_id DESC LIMIT $7
"""
"""A page of tickets, the newest first. A filter that is NULL lets all pass."""

TICKETS_WAITING_FOR_MORE = """
SELECT ticket_id, version FROM tickets
WHERE closed_at IS NULL AND status = 'waiting-for-information' AND NOT missing::jsonb <@ $1::jsonb
"""
"""Tickets that wait for a detail which is not among these, each with its version."""

OWNERS_OF_DOMAINS = "SELECT domain, account_id FROM account_domains WHERE domain = ANY ($1::text[])"

KNOWN_BY_ADDRESS = "SELECT account_id, subject_id FROM subjects WHERE digest = ANY ($1::bytea[])"

MESSAGE_IDS = "SELECT digest, ticket_id, came FROM mail_ids WHERE digest = ANY ($1::bytea[])"

TICKETS_NAMED = """
SELECT ticket_id, number, account_id, subject_id, closed_at IS NOT NULL AS closed, updated_at FROM tickets
WHERE ticket_id = ANY ($1::uuid[]) OR number = ANY ($2::text[])
UNION ALL
SELECT ticket_id, NULL, account_id, subject_id, false, NULL FROM mails
WHERE ticket_id = ANY ($1::uuid[]) AND target = 'ticket' AND state = 'stored'
"""
"""Also tickets that a stored mail will open."""

LATEST_TICKET_OF = """
SELECT ticket_id FROM tickets
WHERE subject_id = ANY ($1::uuid[])
   OR ticket_id IN (SELECT ticket_id FROM participants WHERE subject_id = ANY ($1::uuid[]) AND takes_part)
ORDER BY opened_at DESC, ticket_id DESC LIMIT 1
"""
"""Of those that they opened, or in which they take part."""

PARTICIPATIONS = """
SELECT ticket_id, subject_id FROM participants
WHERE ticket_id = ANY ($1::uuid[]) AND subject_id = ANY ($2::uuid[]) AND takes_part
"""

FEEDBACK_BEGUN = """
SELECT feedback_id, account_id, subject_id FROM feedback_mails WHERE feedback_id = ANY ($1::uuid[])
UNION ALL
SELECT ticket_id, account_id, subject_id FROM mails
WHERE ticket_id = ANY ($1::uuid[]) AND target = 'feedback' AND state = 'stored'
"""
"""Who began these feedbacks by mail, or will once a stored mail is processed."""

MAIL_EXISTS = "SELECT 1 FROM mails WHERE key = ANY ($1::text[])"

STORE_MAIL = """
INSERT INTO mails (key, received_at, state, reason, target, ticket_id, account_id, subject_id, related,
                   sealed_for, head, raw)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (key) DO NOTHING
"""

STORE_MAIL_IDS = """
INSERT INTO mail_ids (digest, ticket_id, came)
SELECT digest, $2, came FROM unnest($1::bytea[], $3::boolean[]) AS named (digest, came) ORDER BY digest
ON CONFLICT (digest) DO UPDATE SET
    came = true, ticket_id = CASE mail_ids.ticket_id WHEN $4::uuid THEN EXCLUDED.ticket_id ELSE mail_ids.ticket_id END
WHERE EXCLUDED.came AND (NOT mail_ids.came OR mail_ids.ticket_id = $4::uuid)
"""
"""Each once; it stays with the ticket or feedback where it was first, but for a mail that has come and does not belong
to $4 any more. `came`: the mail itself has come, and is not only referred to. In the order of their keys, so that no
two mails deadlock."""

MAILS_TO_PROCESS = """
SELECT key, reason, target, ticket_id, account_id, subject_id, related, sealed_for, head FROM mails m
WHERE state = 'stored' AND NOT EXISTS (
    SELECT FROM mails e WHERE e.ticket_id = m.ticket_id AND e.ordinal < m.ordinal AND e.state = 'stored')
  AND m.ticket_id <> ALL ($2::uuid[])
ORDER BY ordinal LIMIT $1
"""

LOCKED_MAIL = """
SELECT key, state, target, ticket_id, account_id, sealed_for, head FROM mails WHERE key = $1 FOR UPDATE
"""

TAKE_UP_MAIL = """
UPDATE mails SET state = 'stored', reason = 'by-hand', target = $2, ticket_id = $3, account_id = $4, subject_id = $5,
                 sealed_for = $5, head = $6, raw = $7, handled_by = $8
WHERE key = $1
"""

DISCARD_MAIL = """
UPDATE mails SET state = 'discarded', reason = $2, handled_by = $3, target = NULL, ticket_id = NULL, account_id = NULL
WHERE key = $1
"""
"""It leads to no ticket any more: one that failed named a ticket that was never opened."""

WEAK_SIGNS = frozenset({"auto-response-suppress", "challenge", "failure-words", "vacation-subject"})
"""Reasons for which a mail was ignored that are no mark of a standard, or one that people's mail has, too."""

WAITING_MAILS = """
SELECT count(*) FILTER (WHERE state = 'unmatched') AS unmatched, count(*) FILTER (WHERE state = 'failed') AS failed,
       count(*) FILTER (WHERE state = 'ignored') AS ignored, min(received_at) AS since,
       (array_agg(key ORDER BY ordinal))[1] AS oldest
FROM mails
WHERE state IN ('unmatched', 'failed')
   OR (state = 'ignored' AND reason IN (WEAK_SIGNS))
""".replace("WEAK_SIGNS", ", ".join(f"'{reason}'" for reason in sorted(WEAK_SIGNS)))
"""Mails that wait for a person."""

LAST_NOTICE = "SELECT ordinal, noted_at FROM mail_notices ORDER BY ordinal DESC LIMIT 1"

MAILS_BY_STATE = "SELECT state, count(*) AS mails FROM mails GROUP BY state"

RAW_MAIL = "SELECT raw FROM mails WHERE key = $1"

RAW_MAIL_PIECE = "SELECT substring(raw FROM $2::integer FOR $3::integer) FROM mails WHERE key = $1"
"""The sealed bytes from the one at $2 on, counted from 1; at most $3."""

MAIL_IS_DONE = "UPDATE mails SET state = $2, reason = $3 WHERE key = $1 AND state = 'stored'"

MAILS = """
SELECT m.key, m.ordinal, m.received_at, m.state, m.reason, m.target, m.ticket_id, t.number, m.account_id,
       m.sealed_for, m.head, length(m.raw) - 28 AS size, m.handled_by
FROM mails m LEFT JOIN tickets t ON t.ticket_id = m.ticket_id
WHERE ($1::bigint IS NULL OR m.ordinal < $1) AND ($2::text[] IS NULL OR m.state = ANY ($2))
ORDER BY m.ordinal DESC LIMIT $3
"""

MAIL = "SELECT key, sealed_for, raw FROM mails WHERE key = $1"
