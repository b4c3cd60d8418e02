"""The questions asked of surveys."""

LIST = """
SELECT * FROM surveys
WHERE ($1::uuid[] IS NULL OR ticket_id = ANY ($1))
  AND ($2::timestamptz IS NULL OR (issued_at, survey_id) < ($2, $3::uuid))
ORDER BY issued_at DESC, survey_id DESC LIMIT $4
"""

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
