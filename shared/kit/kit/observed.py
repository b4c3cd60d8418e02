"""How long each answer took, and under which trace. (Spans are FastAPI's own: see `kit.http.app_for`.)"""

import time
from contextlib import nullcontext

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.health import PROBES
from kit.metrics import Metrics
from kit.telemetry import carried


class Observed:
    """Stands around an app. `traced`: the app makes spans of its requests itself."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, traced: bool) -> None:
        self._app, self._metrics, self._traced = app, metrics, traced

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
            # Found while it was handled. A path that fits no route is anybody's invention: not a label.
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.answered(scope["method"], route, status, time.perf_counter() - begun)
