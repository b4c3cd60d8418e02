"""Where deadlines live: clocks, alarms, the policy."""
