"""Statements on the service whose data these are, the clock by which they are recorded, and the server's clock."""

SAME_CLOCK = """
INSERT INTO clock (speed, epoch, since) VALUES ($1, $2, $3)
ON CONFLICT (only_row) DO NOTHING
"""

READ_CLOCK = "SELECT speed, epoch, since FROM clock"

SAME_SERVICE = "INSERT INTO service (name) VALUES ($1) ON CONFLICT (only_row) DO NOTHING"

READ_SERVICE = "SELECT name FROM service"

WALL_CLOCK = "SELECT clock_timestamp(), current_setting('transaction_read_only')::boolean"
"""The server's time, and whether it takes no writes."""
