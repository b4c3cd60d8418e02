"""What the OpenAPI documents of all five services promise to the frontend team."""

import re
from importlib.metadata import entry_points
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kit.http.app import app_for
from kit.http.openapi import document

SERVICES = {point.name: point for point in entry_points(group="punctual.services")}
OPEN = {"/f", "/s/{token}", "/c/{token}", "/v1/surveys/answers", "/v1/incoming-mails"}
"""Signed links: whoever holds one may answer; the page for anybody; and bodies that are signed."""
OPENINGS = {"/v1/tickets", "/v1/feedback", "/v1/accounts", "/v1/policies", "/v1/policy-migrations"}
"""What is made there has no version yet."""
QUESTIONS = {"/v1/what-if"}
"""Asked with a body, and nothing comes of them: there is nothing to carry out once."""


@pytest.mark.parametrize("name", SERVICES)
def test_every_route_but_signed_links_asks_for_a_token_and_every_command_tells_of_its_headers(name: str) -> None:
    service = SERVICES[name].load()
    app = FastAPI()
    for router in service.routers:
        app.include_router(router)
    document(app, service.routers)
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            if path in OPEN:
                continue
            assert operation.get("security") == [{"bearer": []}], (method, path)
            if method in ("post", "patch", "put", "delete") and path not in QUESTIONS:
                headers = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
                expected = {"Idempotency-Key"} if path in OPENINGS else {"Idempotency-Key", "If-Match"}
                assert headers == (expected if method == "post" else {"Idempotency-Key", "If-Match"}), (method, path)


def test_the_pages_of_the_api_fetch_nothing_from_elsewhere() -> None:
    service = SERVICES["intake"].load()
    client = TestClient(app_for("intake", cast(Any, None), cast(Any, None), service.summary))
    for page in ("/docs", "/redoc"):
        html = client.get(page).text
        assert "static-offline-docs" in html
        assert "https://cdn" not in html
        for script in re.findall(r'src="(/static[^"]+)"', html):
            assert client.get(script).status_code == 200
