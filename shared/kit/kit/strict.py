"""A request held against what its route declares: once, around every route, so that none can forget it.

A parameter or a body that is passed over looks to its sender as if it had been obeyed.
"""

from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from kit.http import asked, authenticated
from kit.problems import FieldError, Trouble, misunderstood
from kit.tagging import Tagging


def add_routes(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Have the app answer at the routers' routes, strictly."""
    for router in routers:
        for route in router.routes:
            # The same routes may serve several apps of one process.
            if isinstance(route, APIRoute) and not isinstance(route.app, Strict) and not _is_page(route):
                route.app = Strict(route)
        # What `include_router` wraps around a router matches each request twice: a quarter of the time that one takes.
        app.router.routes.extend(router.routes)


def _is_page(route: APIRoute) -> bool:
    """Whether people come here by a link: on its way through mails it gathers parameters of others'."""
    return route.response_class is HTMLResponse


def dependants(dependant: Dependant) -> Iterator[Dependant]:
    """What a route asks for, and all that this asks for in turn."""
    yield dependant
    for inner in dependant.dependencies:
        yield from dependants(inner)


class Strict:
    """Stands around a route, and refuses what the route would pass over."""

    def __init__(self, route: APIRoute) -> None:
        self._app: ASGIApp = route.app
        every = list(dependants(route.dependant))
        fields = {field.alias: field.field_info for one in every for field in one.query_params}
        self._known = frozenset(fields)
        self._once = frozenset(name for name, info in fields.items() if not _is_list(info.annotation))
        self._takes_json = route.body_field is not None
        self._is_tagged = "GET" in (route.methods or ()) and route.include_in_schema
        self._needs_token = any(one.call in (authenticated, asked) for one in every)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Raises Trouble, or NotAuthenticated, which comes first."""
        wrong = self._misasked(scope) if scope["query_string"] else None
        if wrong is None and self._takes_json:
            wrong = _unreadable(Headers(scope=scope))
        if wrong is not None:
            if self._needs_token:
                scope["app"].state.desk.verifier.caller(Headers(scope=scope).get("authorization"))
            raise wrong
        await self._app(scope, receive, Tagging(scope, send) if self._is_tagged else send)

    def _misasked(self, scope: Scope) -> Trouble | None:
        """What is wrong with the query parameters, if anything is."""
        given = [name for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)]
        faults = []
        for name in dict.fromkeys(given):
            if name not in self._known:
                faults.append(FieldError(field=name, detail=self._unknown()))
            elif name in self._once and given.count(name) > 1:
                faults.append(FieldError(field=name, detail="is given more than once; give it once"))
        return (
            misunderstood("Correct the query parameters named in errors, and ask again.", *faults) if faults else None
        )

    def _unknown(self) -> str:
        if not self._known:
            return "is no query parameter here; leave it out, there are none"
        return f"is no query parameter here; there are any of {', '.join(sorted(self._known))}"


def _is_list(annotation: Any) -> bool:
    return any(get_origin(one) is list for one in (annotation, *get_args(annotation)))


def _unreadable(headers: Headers) -> Trouble | None:
    """Why the body, if there is any, is none that can be read."""
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return None  # which fields are missing is said by the route
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))):
        fault = FieldError(field="Content-Type", detail=f"is {kind or 'missing'}; write application/json")
        return _unsupported(
            "Send JSON, with the header Content-Type: application/json.", fault, Accept="application/json"
        )
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        fault = FieldError(field="Content-Encoding", detail=f"is {coding}; leave it out")
        return _unsupported("Send the body as it is, not compressed.", fault, Accept_Encoding="identity")
    return None


def _unsupported(detail: str, fault: FieldError, **headers: Any) -> Trouble:
    title = "The body is of a kind that is not taken here."
    return Trouble(415, "unsupported-media-type", title, detail, [fault], **headers)
