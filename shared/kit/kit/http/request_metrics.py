"""Measures each request, and continues its trace. (FastAPI itself makes spans: see `kit.http.app.app_for`.)"""

import time
from collections.abc import Callable
from contextlib import nullcontext

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.http.probes import PROBES
from kit.telemetry import carried

Answered = Callable[[str, str, int, float], None]
"""(method, route, status, seconds)"""


class RequestMetrics:
    """Middleware that calls `answered` for each answer. `traced`: the app makes a span for each request."""

    def __init__(self, app: ASGIApp, answered: Answered, *, traced: bool) -> None:
        self._app, self._answered, self._traced = app, answered, traced

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with nullcontext() if self._traced else carried(scope["headers"]):
                await self._app(scope, receive, sending)
        finally:
            # The route was found meanwhile. Without one, don't use the path as a label: anybody can invent paths.
            route = getattr(scope.get("route"), "path", "none")
            self._answered(scope["method"], route, status, time.perf_counter() - begun)
