"""Limits the length of request bodies: a body is read as a whole, and parsed while everything else waits."""

from collections.abc import Callable, Collection

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.http.auth import NotAuthenticated

ANONYMOUS_MAX_BYTES = 256 * 1024
"""Bytes of a body without a valid token, such as the form of a survey."""
MAX_BYTES = 2 * 1024 * 1024
"""Bytes of a body with a valid token."""


class BodyLimit:
    """Middleware that refuses a body as soon as it turns out to be too long."""

    def __init__(self, app: ASGIApp, identify: Callable[[str], object], but: Collection[str] = ()) -> None:
        """`identify`: checks an Authorization header; raises NotAuthenticated. `but`: paths with their own limit."""
        self._app, self._identify, self._but = app, identify, frozenset(but)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        headers = dict(scope.get("headers", ())) if scope["type"] == "http" else {}
        has_body = headers.keys() & {b"content-length", b"transfer-encoding"}
        if not has_body or scope["path"] in self._but:
            await self._app(scope, receive, send)
            return
        length = headers.get(b"content-length", b"")
        announced, read = int(length) if length.isdigit() else 0, 0

        async def receiving() -> Message:
            nonlocal read
            if announced > ANONYMOUS_MAX_BYTES:
                self._check(headers, announced)
            message = await receive()
            read += len(message.get("body", b""))
            if read > ANONYMOUS_MAX_BYTES:
                self._check(headers, read)
            return message

        await self._app(scope, receiving, send)

    def _check(self, headers: dict[bytes, bytes], length: int) -> None:
        if length > MAX_BYTES:
            raise HTTPException(413, f"The body may have {MAX_BYTES:,} bytes. Send less, or in several requests.")
        try:
            self._identify(headers.get(b"authorization", b"").decode("latin-1"))
        except NotAuthenticated as error:
            raise HTTPException(401, str(error), {"WWW-Authenticate": "Bearer"}) from error
