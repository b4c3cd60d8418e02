"""Reading what is sealed in the logs, as tests do."""

from uuid import UUID

from contracts.envelope import Fact
from contracts.errors import SealBroken
from kit.personal.vault import opened


def as_far_as_it_opens(fact: Fact, keys: dict[UUID, bytes]) -> Fact:
    """The fact in the clear, or as it is written where a key is another than its own."""
    try:
        return opened(fact, keys)
    except SealBroken:
        return fact
