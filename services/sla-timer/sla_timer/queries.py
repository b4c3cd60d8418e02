"""SQL that reads clocks, the facts of tickets, and policies."""

from sla_timer.facts.row import CitedRow

OF_TICKET = "SELECT * FROM clocks WHERE ticket_id = $1 ORDER BY metric"

OF_NUMBER = "SELECT * FROM clocks WHERE number = $1 ORDER BY metric"

FACTS_OF_TICKET = f"SELECT {', '.join(CitedRow._fields)} FROM ticket_facts WHERE ticket_id = $1 ORDER BY seq"  # noqa: S608

RUNNING = """
SELECT * FROM clocks
WHERE state = 'running' AND ($1::timestamptz IS NULL OR due_at < $1)
  AND ($2::timestamptz IS NULL OR (due_at, ticket_id, metric) > ($2, $3::uuid, $4::text))
ORDER BY due_at, ticket_id, metric LIMIT $5
"""

FOLLOWING_ANOTHER = """
SELECT DISTINCT ticket_id FROM clocks WHERE state IN ('running', 'paused') AND policy <> $1 ORDER BY ticket_id
"""

WITH_CLOCKS = "SELECT DISTINCT ticket_id FROM clocks WHERE ticket_id = ANY($1::uuid[])"

PUBLISHED_LAST = "SELECT version, published_at FROM policies ORDER BY ordinal DESC LIMIT 1"
