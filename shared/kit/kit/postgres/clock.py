"""Statements about whose data these are, by which clock they were recorded, and about the server's own clock."""

SAME_CLOCK = """
INSERT INTO clock (speed, epoch, since) VALUES ($1, $2, $3)
ON CONFLICT (only_row) DO NOTHING
"""

READ_CLOCK = "SELECT speed, epoch, since FROM clock"

SAME_SERVICE = "INSERT INTO service (name) VALUES ($1) ON CONFLICT (only_row) DO NOTHING"

READ_SERVICE = "SELECT name FROM service"

WALL_CLOCK = "SELECT clock_timestamp(), current_setting('transaction_read_only')::boolean"
"""And whether the server takes no writes."""
