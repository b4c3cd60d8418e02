"""What every request leaves behind: a span that continues its caller's trace, and how long the answer took."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.metrics import Metrics
from kit.telemetry import span

PROBES = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})
"""Asked every few seconds by machines: no trace of these."""


class Observed:
    """Stands around an app."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

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

        method = scope["method"]
        parent = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)
        with span(method, parent) as current:
            try:
                await self._app(scope, receive, sending)
            finally:
                # Found while it was handled. A path that fits no route is anybody's invention: not a label.
                route = getattr(scope.get("route"), "path", "none")
                self._metrics.answered(method, route, status, time.perf_counter() - begun)
                if current.is_recording():
                    current.update_name(f"{method} {route}")
                    current.set_attributes({"http.route": route, "http.response.status_code": status})
