"""Answers requests while a service is starting, instead of refusing the connection."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from kit.http.probes import PROBES
from kit.http.problems import answer, starting


class UntilStarted:
    """Middleware that answers 503 until the service has started. Probes pass."""

    def __init__(self, app: ASGIApp, *, started: Callable[[], bool]) -> None:
        self._app, self._started = app, started

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if self._started() or scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
        else:
            await answer(starting())(scope, receive, send)
