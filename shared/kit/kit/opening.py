"""Before a service has started its door is open all the same: it says so, instead of refusing the connection."""

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from kit.health import PROBES
from kit.problems import answer, starting

if TYPE_CHECKING:
    from kit.running import Running


class Opening:
    """Stands around an app, and answers 503 in its stead until the service has started. Probes pass."""

    def __init__(self, app: ASGIApp, running: "Running") -> None:
        self._app, self._running = app, running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if self._running.started or scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
        else:
            await answer(starting())(scope, receive, send)
