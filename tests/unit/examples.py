"""How many histories a property over them tries, and whether they are the same ones in every run."""

import os

from hypothesis import settings

HISTORIES = "PUNCTUAL_TEST_HISTORIES"
"""The variable of the environment that says how many, where the usual few are not enough."""


def histories(few: int) -> int:
    """A few in every run; as many as the environment says for whoever looks harder."""
    return int(os.environ.get(HISTORIES, few))


def same_in_every_run() -> None:
    """A change is judged by the same examples wherever it is tried. Whoever looks harder is dealt new ones."""
    settings.register_profile("punctual", derandomize=HISTORIES not in os.environ)
    settings.load_profile("punctual")
