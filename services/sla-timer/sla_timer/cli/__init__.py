"""What `punctual` learns from sla-timer: calendar, due, policy and what-if, found by entry point."""
