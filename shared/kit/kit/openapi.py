"""What the OpenAPI document says beside the routes' own words: the bearer token, and the headers of every command."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from kit.http import KEY_LENGTH, asked, authenticated

BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
HEADERS = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH},
        "description": "Draw one per request and send it again with every retry: it is carried out once.",
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": 'The ETag last read, as in "3": refused with 412 if it has changed since.',
    },
]


def document(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Let the app's OpenAPI document tell of what `kit.http` reads from the request itself."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            schema.setdefault("components", {}).setdefault("securitySchemes", {})["bearer"] = BEARER
            for path, method, route in _operations(routers):
                _complete(schema["paths"][path][method], set(_calls(route.dependant)))
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(operation: dict[str, Any], calls: set[Callable[..., Any] | None]) -> None:
    if calls & {authenticated, asked}:
        operation["security"] = [{"bearer": []}]
    if asked in calls:
        operation.setdefault("parameters", []).extend(HEADERS)


def _operations(routers: Sequence[APIRouter]) -> Iterator[tuple[str, str, APIRoute]]:
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                for method in route.methods or ():
                    yield route.path, method.lower(), route


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)
