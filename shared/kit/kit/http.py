"""What routes may ask for, and how commands are answered over HTTP."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.telemetry import TelemetryConfig
from fastapi_offline import FastAPIOffline

from contracts.causes import REQUEST, Cause
from contracts.envelope import Fact, Meta
from contracts.errors import UnknownEvent
from contracts.ids import uuid5
from kit import problems
from kit.auth import Caller, Verifier
from kit.bounded import Bounded
from kit.clock import Clock
from kit.heads import Heads
from kit.health import PROBES
from kit.perform import Core
from kit.postgres import PostgresStore
from kit.problems import FieldError, Problem, Trouble
from kit.store import ShardClosed
from kit.stored import Held, Undone
from kit.telemetry import traceparent
from kit.work import Done, Failed, Overtaken, Refused, Reused, Work
from kit.writer import Writer

KEYS = UUID("1f9f7d0e-2c1a-5d7b-9a55-64c1f0a8e6b3")
KEY_LENGTH = 255
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
TELEMETRY: TelemetryConfig = {
    "operation_spans": False,  # four more of each request, dearer than what they would tell of
    "metrics": False,  # Prometheus asks at /metrics
    "logs": False,  # structlog's are there
    "exclude": lambda scope: scope["path"] in PROBES,
}
"""One span per request, by FastAPI itself, which continues its caller's trace, where somebody collects them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which id, and a hash of what: asking again with the same key gets the same answer.

    `part_of`: the request's own id, where one request gives several commands.
    """

    caller: Caller
    command_id: UUID
    request_hash: bytes
    if_version: int | None = None
    part_of: UUID | None = None

    @property
    def cause(self) -> Cause:
        """The request, as what its events come of."""
        return Cause(REQUEST, str(self.part_of or self.command_id))

    def part(self, name: str) -> "Asked":
        """One of several commands of this request."""
        return replace(self, command_id=self.new_id(name), part_of=self.part_of or self.command_id)

    def new_id(self, name: str) -> UUID:
        """The id of something that this request creates: the same on every try."""
        return uuid5(self.command_id, name)


@dataclass(frozen=True, slots=True)
class Step:
    """One of several commands that stand or fall together. `name`: unique in its request, the same on every try.

    `answer`, `told`: as of a single command.
    """

    name: str
    stream: str
    command: Any
    answer: dict[str, Any] | None = None
    told: Callable[[Any], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Desk:
    """A service as its routes see it."""

    store: PostgresStore
    core: Core
    writer: Writer
    clock: Clock
    verifier: Verifier

    async def perform(
        self,
        asked: Asked,
        stream: str,
        command: Any,
        answer: dict[str, Any] | None = None,
        *,
        told: Callable[[Any], dict[str, Any]] | None = None,
        creates: bool = False,
    ) -> Done:
        """Carry out a command for who asks; `creates`: on a stream named by `asked.new_id`.

        `told`: what the answer says of the state that the command leaves.

        Raises Trouble, or the core's Refusal.
        """
        result = await self.writer.perform(_work(asked, stream, command, answer, told, creates=creates))
        if isinstance(result, Done):
            return result
        raise _why(result)

    async def perform_together(self, asked: Asked, steps: Sequence[Step]) -> list[Done]:
        """Carry out all commands of one request, or none of them; what came of each.

        The first is for the stream that the route is about, whatever the body says: by it another request under the
        same key is known, and to its version If-Match applies. Raises Trouble, or the Refusal of one that is refused.
        """
        works = [
            _work(
                replace(asked.part(step.name), if_version=None if n else asked.if_version),
                step.stream,
                step.command,
                step.answer,
                step.told,
            )
            for n, step in enumerate(steps)
        ]
        results = await self.writer.perform_together(works)
        done = [result for result in results if isinstance(result, Done)]
        if len(done) == len(results):
            return done
        reasons = [result for result in results if not isinstance(result, Done | Undone)]
        raise _why(min(reasons, key=lambda one: isinstance(one, Held | Overtaken), default=Overtaken()))

    async def whole(self) -> bool:
        """Whether the log has all that it ever had, or some of it has to be compared with the broker first."""
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


def _work(
    asked: Asked,
    stream: str,
    command: Any,
    answer: dict[str, Any] | None,
    told: Callable[[Any], dict[str, Any]] | None,
    *,
    creates: bool = False,
) -> Work:
    caller = asked.caller
    return Work(
        command_id=asked.command_id,
        stream=stream,
        command=command,
        meta=Meta(actor=caller.actor, role=caller.role, traceparent=traceparent(), cause=asked.cause),
        request_hash=asked.request_hash,
        answer=answer or {},
        told=told,
        if_version=asked.if_version,
        creates=creates,
    )


def _why(result: Refused | Reused | Held | Overtaken | Failed) -> Exception:
    """What tells the caller that a command was not carried out."""
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


# Dependencies take the request and nothing else, and are async: FastAPI resolves each nested one, and each header that
# it validates, anew for every request (0.4 ms of 0.6 here), and hands a plain function to a thread.
async def desk_of(request: Request) -> Desk:
    """The desk that the request came to."""
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(desk_of)]


async def authenticated(request: Request) -> Caller:
    """Who sends this. Raises NotAuthenticated."""
    desk: Desk = request.app.state.desk
    return desk.verifier.caller(request.headers.get("authorization"))


Who = Annotated[Caller, Depends(authenticated)]


async def asked(request: Request) -> Asked:
    """Who asks, under which id, for what. Raises NotAuthenticated, or Trouble for what makes no sense."""
    caller = await authenticated(request)
    key, if_match = _header(request, "Idempotency-Key"), _header(request, "If-Match")
    if key is not None and not 0 < len(key) <= KEY_LENGTH:
        raise _misused("Idempotency-Key", f"must have 1 to {KEY_LENGTH} characters")
    route = f"{request.method} {request.scope['path']}"
    # Two people whose issuer gives them one subject are still two, and so are two accounts.
    owner = [caller.account, caller.role, caller.subject, (caller.email or "").lower()]
    command_id = uuid5(KEYS, msgspec.json.encode([*owner, route, key]).decode()) if key else uuid4()
    body = await request.body()
    if body and request.scope["route"].body_field is None and body.strip() != b"{}":
        raise problems.misunderstood("Leave the body out.", FieldError(field="body", detail="none is taken here"))
    content = b"\n".join((route.encode(), request.scope["query_string"], body))
    return Asked(caller, command_id, blake2b(content, digest_size=16).digest(), _version(if_match))


Ask = Annotated[Asked, Depends(asked)]


async def asked_anew(request: Request, asked: Ask) -> Asked:
    """Who asks for something that is not there yet. Raises Trouble for an If-Match, too."""
    if "if-match" in request.headers:
        raise _misused("If-Match", "makes no sense here: what is to be made has no version yet; leave it out")
    return asked


AskAnew = Annotated[Asked, Depends(asked_anew)]


def _header(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise _misused(name, "is given more than once; give it once")
    return values[0] if values else None


def _version(if_match: str | None) -> int | None:
    """The version in an ETag, as in "3" or "3-5f1c09ab"."""
    if if_match is None or if_match.strip() == "*":
        return None
    version, _, _ = if_match.strip().removeprefix("W/").strip('"').partition("-")
    if version.isdecimal() and len(version) < 10:
        return int(version)
    raise _misused("If-Match", 'must be one ETag that we gave, as in "3"')


def _misused(header: str, detail: str) -> Trouble:
    return problems.misunderstood(f"{header} {detail}.", FieldError(field=header, detail=detail))


def receipt(done: Done, status: int = 200, location: str | None = None) -> JSONResponse:
    """The answer to a command, made from what is stored; the stream's version is its ETag, and does for If-Match."""
    headers = {"ETag": f'"{done.answer["version"]}"'}
    if location:
        headers["Location"] = location
    if done.replayed:
        headers["Idempotent-Replayed"] = "true"
    return JSONResponse(done.answer, status, headers)


def app_for(name: str, desk: Desk, summary: str, *, traced: bool = False) -> FastAPI:
    """An app whose errors are all problems. `traced`: it makes a span of each request."""
    # The pages at /docs and /redoc come from files of ours: nothing is fetched from elsewhere.
    app = FastAPIOffline(
        title=f"Punctual: {name}",
        summary=summary,
        version="1",
        responses=ERRORS,
        telemetry=TELEMETRY | {"tracing": traced},
    )
    app.state.desk = desk
    app.add_middleware(Heads)
    app.add_middleware(Bounded, identify=lambda token: desk.verifier.caller(token))
    problems.install(app, lambda: desk.whole())
    return app
