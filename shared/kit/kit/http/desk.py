"""What a service's routes work with: they perform commands, and read streams."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import JSONResponse

from contracts.envelope import Fact, Meta
from contracts.errors import UnknownEvent
from kit.clock import Clock
from kit.http import problems
from kit.http.command_origin import CommandOrigin
from kit.http.problems import FieldError, Problem, Trouble
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Failed, Overtaken, Refused, Reused
from kit.log.writer import Writer
from kit.store import ShardClosed
from kit.store.sql import SqlStore
from kit.store.values import Held, Undone
from kit.telemetry import traceparent

PROBLEM = {"model": Problem, "content": {"application/problem+json": {}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "No valid token", **PROBLEM},
    403: {"description": "Not with this role", **PROBLEM},
    404: {"description": "Not there, or not yours to see", **PROBLEM},
    409: {"description": "Not in this situation", **PROBLEM},
    412: {"description": "Changed meanwhile (If-Match)", **PROBLEM},
    413: {"description": "Too long", **PROBLEM},
    415: {"description": "No JSON", **PROBLEM},
    422: {"description": "Not understood", **PROBLEM},
    503: {"description": "Try again", **PROBLEM},
}
"""For `responses=` of routers: every error is a problem."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of several commands that stand or fall together. `name`: unique in its request, the same on every try.

    `answer`, `answer_from_state`: see `CommandRequest`.
    """

    name: str
    stream: str
    command: Any
    answer: dict[str, Any] | None = None
    answer_from_state: Callable[[Any], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Desk:
    """Performs commands of HTTP requests, and reads streams, for a service's routes."""

    store: SqlStore
    core: Core
    writer: Writer
    clock: Clock

    async def perform(
        self,
        origin: CommandOrigin,
        stream: str,
        command: Any,
        answer: dict[str, Any] | None = None,
        *,
        answer_from_state: Callable[[Any], dict[str, Any]] | None = None,
        creates: bool = False,
    ) -> Done:
        """Carry out a command for who asks; `creates`: on a stream named by `origin.new_id`.

        `answer_from_state`: makes further fields of the answer from the state after the command.

        Raises Trouble, or the core's Refusal.
        """
        result = await self.writer.perform(
            _request(origin, stream, command, answer, answer_from_state, creates=creates)
        )
        if isinstance(result, Done):
            return result
        raise _why(result)

    async def perform_together(self, origin: CommandOrigin, steps: Sequence[Step]) -> list[Done]:
        """Carry out all commands of one request, or none. Returns the result of each.

        The first is for the stream that the route names, whatever the body says: its version is checked against
        If-Match, and by it another request with the same key is recognised. Raises Trouble, or a command's Refusal.
        """
        requests = [
            _request(
                replace(origin.part(step.name), if_version=None if n else origin.if_version),
                step.stream,
                step.command,
                step.answer,
                step.answer_from_state,
            )
            for n, step in enumerate(steps)
        ]
        results = await self.writer.perform_together(requests)
        done = [result for result in results if isinstance(result, Done)]
        if len(done) == len(results):
            return done
        reasons = [result for result in results if not isinstance(result, Done | Undone)]
        raise _why(min(reasons, key=lambda one: isinstance(one, Held | Overtaken), default=Overtaken()))

    async def whole(self) -> bool:
        """Whether the log is known to be complete: no shard must be compared with the broker first."""
        async with self.store.transaction() as tx:
            return not await tx.unsure()

    async def state(self, stream: str) -> tuple[Any, int]:
        """A stream's state, personal fields in the clear, and its version; version 0: there is none."""
        async with self.store.transaction() as tx:
            return await self.core.state(tx, stream)

    async def facts(self, stream: str) -> list[Fact]:
        """A stream's facts, personal fields in the clear."""
        async with self.store.transaction() as tx:
            return await self.core.facts(tx, stream)


def _request(
    origin: CommandOrigin,
    stream: str,
    command: Any,
    answer: dict[str, Any] | None,
    answer_from_state: Callable[[Any], dict[str, Any]] | None,
    *,
    creates: bool = False,
) -> CommandRequest:
    caller = origin.caller
    return CommandRequest(
        command_id=origin.command_id,
        stream=stream,
        command=command,
        meta=Meta(actor=caller.actor, role=caller.role, traceparent=traceparent(), cause=origin.cause),
        request_hash=origin.request_hash,
        answer=answer or {},
        answer_from_state=answer_from_state,
        if_version=origin.if_version,
        creates=creates,
    )


def _why(result: Refused | Reused | Held | Overtaken | Failed) -> Exception:
    """The error for a command that was not carried out."""
    match result:
        case Refused(error):
            return error
        case Reused():
            return Trouble(
                422,
                "key-reused",
                "This Idempotency-Key was used for another request.",
                "Draw a new key for a new request.",
                [FieldError(field="Idempotency-Key", detail="stands for another request")],
            )
        case Held(reason):
            return ShardClosed(reason)
        case Overtaken():
            return problems.unavailable()
        case Failed(UnknownEvent()):
            return problems.of_newer_release()
        case Failed(error):
            return Trouble(422, "not-storable", "This can't be stored.", str(error))


async def desk_of(request: Request) -> Desk:
    """The desk of the app that the request came to."""
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(desk_of)]


def receipt(done: Done, status: int = 200, location: str | None = None) -> JSONResponse:
    """The response to a command, from its stored answer; the ETag is the stream's version, for If-Match."""
    headers = {"ETag": f'"{done.answer["version"]}"'}
    if location:
        headers["Location"] = location
    if done.replayed:
        headers["Idempotent-Replayed"] = "true"
    return JSONResponse(done.answer, status, headers)
