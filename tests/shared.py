"""Real data that lies outside the repository; tests that read it are skipped where it isn't there."""

import os
from pathlib import Path

VARIABLE = "PUNCTUAL_SHARED"
"""Names the folder in which `data/` is. It is `shared` beside the checkout where the environment doesn't say."""
DATA = Path(os.environ.get(VARIABLE) or Path(__file__).parents[2] / "shared") / "data"


def none(what: str) -> str:
    """Why a test is skipped."""
    return f"no {what} in {DATA} ({VARIABLE} names the folder above)"
