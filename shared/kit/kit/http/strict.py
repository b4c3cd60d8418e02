"""Checks every request against what its route declares.

If a parameter or body were ignored, its sender would believe that it had an effect.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.http.bodies import ambiguous, is_empty, unreadable
from kit.http.command_origin import authenticated, origin_of
from kit.http.etags import ETagSender
from kit.http.problems import FieldError, Trouble, misunderstood


def add_routes(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Add the routers' routes to the app, each with the checks of StrictRoute."""
    for router in routers:
        for route in router.routes:
            # The same routes may serve several apps of one process.
            if isinstance(route, APIRoute) and not isinstance(route.app, StrictRoute) and not _is_page(route):
                route.app = StrictRoute(route)
        # Not `include_router`: it matches each request twice, which takes a quarter of the request's time.
        app.router.routes.extend(router.routes)


def _is_page(route: APIRoute) -> bool:
    """Whether people open this route by a link: mail systems add parameters to links."""
    return route.response_class is HTMLResponse


def dependants(dependant: Dependant) -> Iterator[Dependant]:
    """A route's dependencies, with those of each."""
    yield dependant
    for inner in dependant.dependencies:
        yield from dependants(inner)


class StrictRoute:
    """Wraps a route, and refuses what the route would ignore."""

    def __init__(self, route: APIRoute) -> None:
        self._app: ASGIApp = route.app
        every = list(dependants(route.dependant))
        fields = {field.alias: field.field_info for one in every for field in one.query_params}
        self._known = frozenset(fields)
        self._once = frozenset(name for name, info in fields.items() if not _is_list(info.annotation))
        self._takes_json = route.body_field is not None
        self._takes_version = "GET" in (route.methods or ()) or any(one.call is origin_of for one in every)
        self._is_tagged = "GET" in (route.methods or ()) and route.include_in_schema
        self._needs_token = any(one.call in (authenticated, origin_of) for one in every)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Raises NotAuthenticated or else Trouble."""
        headers = Headers(scope=scope)
        wrong = self._misasked(scope, headers)
        if wrong is None and self._takes_json and not is_empty(headers):
            wrong = unreadable(headers)
            if wrong is None:
                body, receive = await _read(receive)
                wrong = ambiguous(body)
        if wrong is not None:
            if self._needs_token:
                scope["app"].state.verifier.caller(headers.get("authorization"))
            raise wrong
        await self._app(scope, receive, ETagSender(scope, send) if self._is_tagged else send)

    def _misasked(self, scope: Scope, headers: Headers) -> Trouble | None:
        """What is wrong with path, query and headers; None: nothing."""
        faults = [
            FieldError(field=name, detail="has a NUL character in it; leave that out")
            for name, value in scope.get("path_params", {}).items()
            if "\0" in str(value)
        ]
        if scope["query_string"]:
            faults += self._query(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        if not self._takes_version and "if-match" in headers:
            faults.append(FieldError(field="If-Match", detail="is not heeded here; leave it out"))
        return misunderstood("Correct what is named in errors, and ask again.", *faults) if faults else None

    def _query(self, given: Sequence[tuple[str, str]]) -> Iterator[FieldError]:
        counts = Counter(name for name, _ in given)
        for name, count in counts.items():
            if name not in self._known:
                yield FieldError(field=name, detail=self._unknown())
            elif name in self._once and count > 1:
                yield FieldError(field=name, detail="is given more than once; give it once")
        for name in sorted({name for name, value in given if "\0" in value and name in self._known}):
            yield FieldError(field=name, detail="has a NUL character in it; leave that out")

    def _unknown(self) -> str:
        if not self._known:
            return "is no query parameter here; leave it out, there are none"
        return f"is no query parameter here; there are any of {', '.join(sorted(self._known))}"


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """The body, and a `receive` with which the route reads it again."""
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return b"".join(message.get("body", b"") for message in messages), again


def _is_list(annotation: Any) -> bool:
    return any(get_origin(one) is list for one in (annotation, *get_args(annotation)))
