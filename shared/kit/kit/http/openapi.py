"""Adds to the OpenAPI document what the routes don't declare: the bearer token, and the headers of commands."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from kit.http.command_origin import MAX_KEY_CHARACTERS, authenticated, origin_of, origin_of_new
from kit.http.strict import dependants

BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARACTERS},
    "description": "Draw one per request and send it again with every retry: it is carried out once. It is yours: of "
    "your account, your role and you.",
}
MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": 'The ETag last read, as in "3": refused with 412 if it has changed since.',
}
STRICT = (
    "A query parameter that is not declared is refused (422), and so is one that is given twice, unless it is a list: "
    "then any of its values counts. Bodies are JSON (415), and have no other fields than those declared (422)."
)


def document(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Let the app's OpenAPI document tell of what `kit.http.desk` reads from the request itself."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            schema["info"]["description"] = STRICT
            schema.setdefault("components", {}).setdefault("securitySchemes", {})["bearer"] = BEARER
            for path, method, route in _operations(routers):
                _complete(schema["paths"][path][method], {one.call for one in dependants(route.dependant)})
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(operation: dict[str, Any], calls: set[Callable[..., Any] | None]) -> None:
    if calls & {authenticated, origin_of}:
        operation["security"] = [{"bearer": []}]
    if origin_of in calls:
        headers = [KEY] if origin_of_new in calls else [KEY, MATCH]
        operation.setdefault("parameters", []).extend(headers)


def _operations(routers: Sequence[APIRouter]) -> Iterator[tuple[str, str, APIRoute]]:
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                for method in route.methods or ():
                    yield route.path, method.lower(), route
