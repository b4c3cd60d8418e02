"""Homes of desks that a test brought up."""

import shutil

from punctual.local.places import Home


def discard(home: Home) -> None:
    """Remove what `storage` made for a home that is not needed any more; its server must be stopped."""
    if home.postgres.is_symlink():
        shutil.rmtree(home.postgres.readlink(), ignore_errors=True)
