"""A certificate that was renewed is presented from then on."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.certificates import write_certificate
from tests.desk import eventually

from intake.mailroom import certificate
from intake.mailroom.certificate import Certificate


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    made = tmp_path / "a.pem", tmp_path / "a.key"
    write_certificate(*made)
    return made


@pytest.fixture
async def port(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """That of a server with the certificate, which looks for a new one all the time."""
    monkeypatch.setattr(certificate, "LOOK_SECONDS", 0.01)
    made = Certificate(*files)
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=made.context)
    following = asyncio.create_task(made.follow())
    yield server.sockets[0].getsockname()[1]
    following.cancel()
    server.close()


async def presented(port: int) -> str:
    return await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", port), timeout=5)


async def test_a_renewed_certificate_is_presented_and_a_broken_one_is_not(port: int, files: tuple[Path, Path]) -> None:
    def read() -> str:
        return files[0].read_text().strip()

    first = read()
    assert (await presented(port)).strip() == first
    files[1].write_text("no key")
    await asyncio.sleep(0.1)
    assert (await presented(port)).strip() == first
    files[1].unlink()
    await asyncio.sleep(0.1)
    assert (await presented(port)).strip() == first
    write_certificate(*files)

    async def new() -> bool:
        return (await presented(port)).strip() == read() != first

    await eventually(new, 5)
