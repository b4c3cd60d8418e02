"""Statements about time: the clock by which a service's data were recorded, and the server's own."""

SAME_CLOCK = """
INSERT INTO clock (speed, epoch, since) VALUES ($1, $2, $3)
ON CONFLICT (only_row) DO NOTHING
"""

READ_CLOCK = "SELECT speed, epoch, since FROM clock"

WALL_CLOCK = "SELECT clock_timestamp()"
