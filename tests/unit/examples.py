"""How many histories a property over them tries."""

import os

HISTORIES = "PUNCTUAL_TEST_HISTORIES"
"""The variable of the environment that says how many, where the usual few are not enough."""


def histories(few: int) -> int:
    """A few in every run; as many as the environment says for whoever looks harder."""
    return int(os.environ.get(HISTORIES, few))
