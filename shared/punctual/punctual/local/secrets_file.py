"""Passwords and keys of the local stack: drawn once, and kept beside the data."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from punctual.local.errors import StackUnavailable
from punctual.local.places import Home

POSTGRES = "PUNCTUAL_LOCAL_POSTGRES_PASSWORD"

_DRAW: dict[str, Callable[[], str]] = {
    POSTGRES: lambda: secrets.token_hex(16),
    "PUNCTUAL_MASTER_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "PUNCTUAL_TOKEN_SECRET": lambda: secrets.token_urlsafe(32),
    "PUNCTUAL_SURVEY_SECRET": lambda: secrets.token_urlsafe(32),
}


def draw() -> dict[str, str]:
    """A new set of secrets, by variable name."""
    return {name: one() for name, one in _DRAW.items()}


def load_secrets(home: Home) -> dict[str, str]:
    """The secrets by variable name; drawn and written (mode 0600) where they are missing."""
    known = _read(home.secrets)
    missing = {name: draw() for name, draw in _DRAW.items() if name not in known}
    if missing:
        text = "".join(f"{name}={value}\n" for name, value in (known | missing).items())
        draft = home.secrets.with_suffix(".new")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(text)
            draft.replace(home.secrets)
        except OSError as error:
            raise StackUnavailable(f"{home.secrets} cannot be written: {error.strerror}.") from error
    return known | missing


def _read(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}
