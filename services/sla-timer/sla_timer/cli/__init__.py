"""What `punctual` learns from sla-timer: calendar, due and policy, found by entry point."""
