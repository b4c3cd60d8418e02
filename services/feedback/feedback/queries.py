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

FEEDBACK = """
SELECT * FROM feedback
WHERE ($1::uuid[] IS NULL OR account_id = ANY ($1))
  AND ($2::text[] IS NULL OR coalesce(kind, 'unknown') = ANY ($2))
  AND ($3::text[] IS NULL OR stage = ANY ($3))
  AND ($4::text[] IS NULL OR channel = ANY ($4))
  AND ($5::boolean IS NULL OR (acknowledged_at IS NOT NULL) = $5)
  AND ($6::timestamptz IS NULL OR due_at < $6)
  AND ($7::boolean OR kind = 'complaint')
  AND ($11::text[] IS NULL OR about_number = ANY ($11))
  AND ($12::text[] IS NULL OR number = ANY ($12))
  AND ($13::text[] IS NULL OR (stage <> 'none' AND reviewer = ANY ($13)))
  AND ($14::boolean IS NULL OR coalesce(urgent, false) = $14)
  AND ($15::boolean IS NULL OR (ended_at IS NULL AND (stage <> 'none' OR due_at IS NOT NULL)) = $15)
  AND ($8::timestamptz IS NULL OR (received_at, feedback_id) < ($8, $9::uuid))
ORDER BY received_at DESC, feedback_id DESC LIMIT $10
"""

ONE = "SELECT * FROM feedback WHERE feedback_id = $1"

PROMISES = "SELECT * FROM feedback_promises WHERE feedback_id = $1 ORDER BY due_at, alarm"

CLOSED = """
SELECT min(coalesce(closed_at, issued_at)) AS first, max(coalesce(closed_at, issued_at)) AS last FROM surveys
WHERE ($1::timestamptz IS NULL OR coalesce(closed_at, issued_at) >= $1)
  AND ($2::timestamptz IS NULL OR coalesce(closed_at, issued_at) < $2)
  AND issued_at < $3::timestamptz
"""
"""When the first and the last of a period's closings were that were asked about, as known at an instant."""

CLOSINGS = """
SELECT ($4::timestamptz[])[width_bucket(closed_at, $4)] AS closed_at,
       severity, tier, engineer, delivered, rating, count(*) AS count
FROM (
    SELECT coalesce(s.closed_at, s.issued_at) AS closed_at, s.severity, s.tier, s.engineer,
           s.delivered_at < $3 IS TRUE AS delivered,
           CASE WHEN s.answered_at IS NULL OR s.answered_at < $3 THEN s.rating ELSE (
               SELECT a.rating FROM survey_answers a WHERE a.survey_id = s.survey_id AND a.recorded_at < $3
               ORDER BY a.version DESC LIMIT 1
           ) END AS rating
    FROM surveys s
    WHERE ($1::timestamptz IS NULL OR coalesce(s.closed_at, s.issued_at) >= $1)
      AND ($2::timestamptz IS NULL OR coalesce(s.closed_at, s.issued_at) < $2)
      AND s.issued_at < $3::timestamptz
) c
GROUP BY 1, 2, 3, 4, 5, 6
"""
"""These closings, counted by all that a report asks of them, as known then. $4: when the months begin."""

COMPLAINTS = """
SELECT f.received_at, s.stage, s.recorded_at AS since,
       (SELECT count(*) FROM feedback_updates u
        WHERE u.feedback_id = f.feedback_id AND u.renewed AND u.recorded_at < $3) AS renewals
FROM feedback f
CROSS JOIN LATERAL (
    SELECT stage, recorded_at FROM feedback_stages s WHERE s.feedback_id = f.feedback_id AND s.recorded_at < $3
    ORDER BY s.version DESC LIMIT 1
) s
WHERE s.stage <> 'none'
  AND ($1::timestamptz IS NULL OR f.received_at >= $1) AND ($2::timestamptz IS NULL OR f.received_at < $2)
  AND $3::timestamptz IS NOT NULL
"""
"""The complaints received in a period, as they stood at an instant."""

PROMISED = """
SELECT promise, outcome, count(*) AS promises FROM (
    SELECT promise, judged_at, made_at,
           CASE WHEN outcome IS NOT NULL AND recorded_at < $3 THEN outcome ELSE 'running' END AS outcome
    FROM feedback_promises WHERE made_at < $3::timestamptz
) p
WHERE ($1::timestamptz IS NULL OR outcome = 'running' OR judged_at >= $1)
  AND ($2::timestamptz IS NULL OR CASE WHEN outcome = 'running' THEN made_at ELSE judged_at END < $2)
GROUP BY promise, outcome
"""
"""What became of promises in a period, as known at an instant: by their verdict, or running if made before its end."""
