"""What a machine wrote is not replied to."""

from typing import Any

from contracts.notifications import SuppressedFor


def withheld(event: Any) -> SuppressedFor | None:
    """Why nothing is replied: a machine might reply again, and for ever. None: a person wrote."""
    return "machine" if event.machine else None
