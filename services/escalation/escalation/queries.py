"""The questions asked of escalations."""

LIST = """
SELECT * FROM escalations
WHERE ($1::text[] IS NULL OR status = ANY ($1))
  AND ($2::timestamptz IS NULL OR (raised_at, ticket_id, escalation) < ($2, $3::uuid, $4::text))
ORDER BY raised_at DESC, ticket_id DESC, escalation DESC LIMIT $5
"""

NAMES = "SELECT escalation, status FROM escalations WHERE ticket_id = $1 ORDER BY escalation"
OF_TICKET = "SELECT * FROM escalations WHERE ticket_id = $1 AND escalation = $2"
