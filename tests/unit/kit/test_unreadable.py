"""What no route can be asked, since it isn't HTTP that can be read, gets a problem too."""

import asyncio
import json
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from kit.http.unreadable import HttpProtocol


async def nobody(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("nothing was to be asked")


async def answer(said: bytes) -> bytes:
    config = uvicorn.Config(nobody, log_config=None, lifespan="off")
    config.load()

    def protocol() -> HttpProtocol:
        return HttpProtocol(config=config, server_state=ServerState(), app_state={})

    async with await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(said)
        answered = await reader.read()  # until it is closed
        writer.close()
        return answered


@pytest.mark.parametrize(
    "said",
    [
        b"BREW /v1/tickets HTTP/1.1\r\nHost: desk\r\n\r\n",
        b"Good morning\r\n\r\n",
        b"GET /readyz HTTP/1.1\r\nHost desk\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
    ],
    ids=["unknown method", "no HTTP", "no header", "TLS"],
)
async def test_what_is_not_http_gets_a_problem(said: bytes) -> None:
    head, _, body = (await answer(said)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    problem = json.loads(body)
    assert (problem["status"], problem["type"].rpartition("/")[2]) == (400, "not-http")
    assert "method" in problem["detail"]
