"""A request to the core to carry out a command, and its possible results."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from contracts.envelope import Fact, Meta
from contracts.refusals import Refusal
from kit.store.values import Held, Undone


class CommandRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A command for a stream.

    The answer that is stored, and given again to every retry, is `answer`, with what `answer_from_state` makes of the
    state after the command, and with the stream's version.
    """

    command_id: UUID
    stream: str
    command: Any
    meta: Meta
    request_hash: bytes = b""
    """Tells a retry from another request under the same command id."""
    answer: dict[str, Any] = {}
    answer_from_state: Callable[[Any], dict[str, Any]] | None = None
    if_version: int | None = None
    """Refuse unless the stream is still at this version."""
    creates: bool = False
    """The stream's id derives from the command's, so nothing is loaded; if the stream exists, the append conflicts and
    we decide again."""
    is_new: bool = False
    """The caller knows that the command was never carried out, so nobody looks it up."""


@dataclass(frozen=True, slots=True)
class Done:
    """Carried out: now, or by an earlier try (`replayed`, without `facts`)."""

    answer: dict[str, Any]
    facts: tuple[Fact, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The core refused the command."""

    error: Refusal


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Another command changed the stream first: decide again."""


@dataclass(frozen=True, slots=True)
class Reused:
    """The command id was used before, for another request."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The core or the codec raised an error that is no refusal: a bug, or a value that can't be stored."""

    error: Exception


Result = Done | Refused | Overtaken | Reused | Failed | Held
Together = Result | Undone
"""The result of one of several commands that stand or fall together: all are Done, or some say why none is."""


class ChangedMeanwhile(Refusal):
    """It has changed since you read it."""

    status = 412
    slug = "changed-meanwhile"
