"""Who sends a command over HTTP, and under which id: read from the request, the same for every route."""

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from fastapi import Depends, Request

from contracts.causes import REQUEST, Cause
from contracts.ids import uuid5
from kit.http import problems
from kit.http.auth import Caller, Verifier
from kit.http.problems import FieldError, Trouble

COMMAND_ID_NAMESPACE = UUID("1f9f7d0e-2c1a-5d7b-9a55-64c1f0a8e6b3")
MAX_KEY_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class CommandOrigin:
    """The HTTP request from which a command comes: its sender, the command's id, and a hash of what is asked.

    A retry with the same Idempotency-Key has the same command id, so it gets the same answer. `part_of`: the request's
    own id, if the request leads to several commands.
    """

    caller: Caller
    command_id: UUID
    request_hash: bytes
    if_version: int | None = None
    part_of: UUID | None = None

    @property
    def cause(self) -> Cause:
        """The request, as the cause of its events."""
        return Cause(REQUEST, str(self.part_of or self.command_id))

    def part(self, name: str) -> "CommandOrigin":
        """The origin of one of several commands of this request."""
        return replace(self, command_id=self.new_id(name), part_of=self.part_of or self.command_id)

    def new_id(self, name: str) -> UUID:
        """The id of something that this request creates, the same on every try."""
        return uuid5(self.command_id, name)


# Dependencies take the request and nothing else, and are async: FastAPI resolves each nested one, and each header that
# it validates, anew for every request (0.4 ms of 0.6 here), and hands a plain function to a thread.
async def authenticated(request: Request) -> Caller:
    """The sender of a request. Raises NotAuthenticated."""
    verifier: Verifier = request.app.state.verifier
    return verifier.caller(request.headers.get("authorization"))


Who = Annotated[Caller, Depends(authenticated)]


async def origin_of(request: Request) -> CommandOrigin:
    """The origin of a request's command. Raises NotAuthenticated, or Trouble for a header or body that is wrong."""
    caller = await authenticated(request)
    key, if_match = _header(request, "Idempotency-Key"), _header(request, "If-Match")
    if key is not None and not 0 < len(key) <= MAX_KEY_CHARACTERS:
        raise _misused("Idempotency-Key", f"must have 1 to {MAX_KEY_CHARACTERS} characters")
    route = f"{request.method} {request.scope['path']}"
    # Two people with the same subject are still two if account, role or email differ.
    owner = [caller.account, caller.role, caller.subject, (caller.email or "").lower()]
    command_id = uuid5(COMMAND_ID_NAMESPACE, msgspec.json.encode([*owner, route, key]).decode()) if key else uuid4()
    body = await request.body()
    if body and request.scope["route"].body_field is None and body.strip() != b"{}":
        raise problems.misunderstood("Leave the body out.", FieldError(field="body", detail="none is taken here"))
    content = b"\n".join((route.encode(), request.scope["query_string"], body))
    return CommandOrigin(caller, command_id, blake2b(content, digest_size=16).digest(), _version(if_match))


Origin = Annotated[CommandOrigin, Depends(origin_of)]


async def origin_of_new(request: Request, origin: Origin) -> CommandOrigin:
    """The origin of a command that creates something. Raises Trouble for an If-Match, too."""
    if "if-match" in request.headers:
        raise _misused("If-Match", "makes no sense here: what is to be made has no version yet; leave it out")
    return origin


OriginOfNew = Annotated[CommandOrigin, Depends(origin_of_new)]


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
