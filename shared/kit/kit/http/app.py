"""The app of a service: every error is a problem, and HEAD works wherever GET does."""

from collections.abc import Collection

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from fastapi_offline import FastAPIOffline

from kit.http import problems
from kit.http.auth import Verifier
from kit.http.body_limit import BodyLimit
from kit.http.desk import ERRORS, Desk
from kit.http.head_requests import HeadAsGet
from kit.http.probes import PROBES

TELEMETRY: TelemetryConfig = {
    "operation_spans": False,  # four more per request, which cost more than they tell
    "metrics": False,  # Prometheus asks at /metrics
    "logs": False,  # structlog's are there
    "exclude": lambda scope: scope["path"] in PROBES,
}
"""FastAPI's own telemetry: one span per request, which continues the caller's trace; nothing else."""


def app_for(
    name: str,
    desk: Desk,
    verifier: Verifier,
    summary: str,
    *,
    traced: bool = False,
    long_bodies: Collection[str] = (),
) -> FastAPI:
    """An app whose errors are all problems. `traced`: it makes a span for each request; `long_bodies`: paths that limit
    the bodies which they read themselves."""
    # The pages at /docs and /redoc come from files of ours: nothing is fetched from elsewhere.
    app = FastAPIOffline(
        title=f"Punctual: {name}",
        summary=summary,
        version="1",
        responses=ERRORS,
        telemetry=TELEMETRY | {"tracing": traced},
    )
    app.state.desk, app.state.verifier = desk, verifier
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit, identify=lambda token: verifier.caller(token), but=long_bodies)
    problems.install(app, lambda: desk.whole())
    return app
