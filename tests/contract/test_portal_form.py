"""The documents that portals are written by: what the policy asks for has its place at the door, and is described."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

import pytest
from fastapi import FastAPI
from tests.unit.sla_timer.story import DEFAULT, published

from kit.http.openapi import document
from sla_timer.http.policy_view import policy_view

PATHS = ("/v1/policy", "/v1/calendars", "/v1/calendars/{name}")


def openapi(service: str) -> dict[str, Any]:
    [point] = entry_points(group="punctual.services", name=service)
    routers, app = point.load().routers, FastAPI()
    for router in routers:
        app.include_router(router)
    document(app, routers)
    return app.openapi()


def resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return dict(whole["components"]["schemas"][name]) if name else schema


def answered(path: str, whole: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = whole["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return resolved(schema, whole)


def fields(schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All that an answer has, however deep."""
    for name, field in schema.get("properties", {}).items():
        yield f"{schema['title']}.{name}", field
        yield from fields(resolved(field, whole), whole)
        yield from fields(resolved(field.get("items", {}), whole), whole)


@pytest.mark.parametrize("path", PATHS)
def test_every_field_of_the_policy_and_its_calendars_is_described(path: str) -> None:
    whole = openapi("sla-timer")
    found = dict(fields(answered(path, whole), whole))
    assert len(found) >= 9
    assert [name for name, field in found.items() if not field.get("description") and name not in PLAIN] == []


PLAIN = {
    "PolicyInForce.name",
    "Calendars.items",
    "SeverityView.targets",
    "TierView.tier",
    "Special.date",
}
"""Their types say it all."""


def test_what_a_policy_requires_has_its_place_in_an_opening() -> None:
    intake = openapi("intake")
    body = intake["paths"]["/v1/tickets"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    for asked in policy_view(published(DEFAULT), None).required:
        schema = resolved(body, intake)
        for name in asked.field.split("."):
            assert name in schema["properties"], asked.field
            schema = resolved(schema["properties"][name], intake)
