"""Durations in words."""

from datetime import timedelta


def duration(span: timedelta) -> str:
    """`1h30m`, as policy files write it."""
    seconds = int(span.total_seconds())
    parts = (seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"
