"""ETags: they change whenever the bytes of an answer do, and a client that has the bytes gets a 304."""

from collections.abc import Iterable
from hashlib import blake2b

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

DIGEST_BYTES = 8
"""Bytes of the hash in a tag: it only has to tell apart versions of one resource."""


class ETagSender:
    """An ASGI `send` that adds an ETag. If the route has set one (a version, for If-Match), the tag begins with it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._has = Headers(scope=scope).getlist("if-none-match")
        self._send = send
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message on; the head of an answer waits for its body."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            if start["status"] == 200 and not message.get("more_body", False):
                start, message = _tagged(start, message, _tags(self._has))
            await self._send(start)
        await self._send(message)


def _tagged(start: Message, body: Message, has: set[str]) -> tuple[Message, Message]:
    headers = MutableHeaders(raw=[*start["headers"]])
    digest = blake2b(body.get("body", b""), digest_size=DIGEST_BYTES).hexdigest()
    version = headers.get("etag", "").strip('"')
    tag = f'"{version}-{digest}"' if version else f'"{digest}"'
    headers["ETag"] = tag
    if not has & {tag, "*"}:
        return {**start, "headers": headers.raw}, body
    for name in ("content-length", "content-type"):
        del headers[name]
    return {**start, "status": 304, "headers": headers.raw}, {**body, "body": b""}


def _tags(headers: Iterable[str]) -> set[str]:
    """The tags that a client has. Weak ones count: compressing proxies make ours weak."""
    return {tag.strip().removeprefix("W/") for header in headers for tag in header.split(",")}
