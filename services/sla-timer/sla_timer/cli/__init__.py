"""sla-timer's commands of `punctual`: calendar, due, explain, policy and what-if, found by entry points."""
