"""The questions asked of surveys and of feedback."""

LIST = """
SELECT * FROM surveys
WHERE ($1::uuid[] IS NULL OR ticket_id = ANY ($1))
  AND ($2::timestamptz IS NULL OR (issued_at, survey_id) < ($2, $3::uuid))
ORDER BY issued_at DESC, survey_id DESC LIMIT $4
"""

OWN = """
SELECT * FROM surveys
WHERE account_id = $1 AND ($2::uuid[] IS NULL OR ticket_id = ANY ($2))
  AND (open_until IS NULL OR open_until > $3)
  AND ($4::timestamptz IS NULL OR (issued_at, survey_id) < ($4, $5::uuid))
ORDER BY issued_at DESC, survey_id DESC LIMIT $6
"""
"""Those of an account that take an answer, or a change of it."""

RATINGS = """
SELECT rating, count(*) AS answers FROM surveys
WHERE rating IS NOT NULL
  AND ($1::timestamptz IS NULL OR answered_at >= $1) AND ($2::timestamptz IS NULL OR answered_at < $2)
GROUP BY rating
"""

ISSUED = """
SELECT count(*) AS surveys FROM surveys
WHERE ($1::timestamptz IS NULL OR issued_at >= $1) AND ($2::timestamptz IS NULL OR issued_at < $2)
"""

BY_NUMBER = "SELECT feedback_id FROM feedback WHERE number = $1"

ABOUT = """
SELECT ticket_id, number, account_id FROM tickets WHERE number = $1
UNION SELECT ticket_id, number, account_id FROM surveys WHERE number = $1
LIMIT 1
"""
"""Of tickets opened before feedback remembered them, those that were closed at least once."""

LOCALE = "SELECT language, zone FROM accounts WHERE account_id = $1"

FEEDBACK = """
SELECT * FROM feedback
WHERE ($1::uuid[] IS NULL OR account_id = ANY ($1))
  AND ($2::text[] IS NULL OR coalesce(kind, 'unknown') = ANY ($2))
  AND ($3::text[] IS NULL OR stage = ANY ($3))
  AND ($4::text[] IS NULL OR channel = ANY ($4))
  AND ($5::boolean IS NULL OR (acknowledged_at IS NOT NULL) = $5)
  AND ($6::timestamptz IS NULL OR due_at < $6)
  AND ($7::boolean OR kind = 'complaint')
  AND ($8::timestamptz IS NULL OR (received_at, feedback_id) < ($8, $9::uuid))
ORDER BY received_at DESC, feedback_id DESC LIMIT $10
"""

ONE = "SELECT * FROM feedback WHERE feedback_id = $1"

PROMISES = "SELECT * FROM feedback_promises WHERE feedback_id = $1 ORDER BY due_at, alarm"
