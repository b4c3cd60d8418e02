"""What the core is asked to do, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from contracts.envelope import Fact, Meta
from contracts.refusals import Refusal
from kit.store.values import Held, Undone


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A command for a stream. `answer` is what will be remembered as the answer, with the stream's version, and with
    what `told` says of the state that the command leaves.

    `if_version`: refuse unless the stream is still at this version. `creates`: the stream's name follows from the
    command id, so there is nothing to read before: if there is, the append says so and it is decided again. `is_new`:
    the caller knows that it was not carried out before, so that need not be looked up.
    """

    command_id: UUID
    stream: str
    command: Any
    meta: Meta
    request_hash: bytes = b""
    answer: dict[str, Any] = {}
    told: Callable[[Any], dict[str, Any]] | None = None
    if_version: int | None = None
    creates: bool = False
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """Carried out, now or (`replayed`) by an earlier try; then `facts` is empty."""

    answer: dict[str, Any]
    facts: tuple[Fact, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The core will not."""

    error: Refusal


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Another command changed the stream first: decide again."""


@dataclass(frozen=True, slots=True)
class Reused:
    """The command id was used before, for something else."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The core or the codec raised what it should not: a bug, or a value that can't be stored."""

    error: Exception


Result = Done | Refused | Overtaken | Reused | Failed | Held
Together = Result | Undone
"""What came of one of several commands that stand or fall together: either all are Done, or some say why none was."""


class ChangedMeanwhile(Refusal):
    """It has changed since you read it."""

    status = 412
    slug = "changed-meanwhile"
