"""A wire that can be cut: between the database's having committed and its saying so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Proxy:
    """`swallow` answers to COMMIT are lost with their connections."""

    dsn: str = ""
    swallow: int = 0
    swallowed: int = 0
    wires: set[asyncio.StreamWriter] = field(default_factory=set)
    refusing: bool = False
    """While true, nobody gets through: the database is away."""

    async def serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter, host: str, port: int) -> None:
        if self.refusing:
            back.close()
            return
        server, there = await asyncio.open_connection(host, port)
        self.wires |= {back, there}
        committing = asyncio.Event()

        async def up() -> None:
            while chunk := await client.read(65536):
                if b"COMMIT" in chunk and self.swallow:
                    self.swallow -= 1
                    committing.set()
                there.write(chunk)

        async def down() -> None:
            while chunk := await server.read(65536):
                if committing.is_set():
                    self.swallowed += 1
                    return
                back.write(chunk)

        tasks = [asyncio.create_task(up()), asyncio.create_task(down())]
        with suppress(OSError):
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.wires -= {back, there}
        back.close()
        there.close()

    def cut(self) -> None:
        """Cut every wire now."""
        for wire in list(self.wires):
            wire.close()


@asynccontextmanager
async def proxied(dsn: str) -> AsyncIterator[Proxy]:
    """The database behind a wire of ours; `.dsn` is its address there."""
    address = urlsplit(dsn)
    assert address.hostname
    host, port = address.hostname, address.port or 5432
    proxy = Proxy()
    server = await asyncio.start_server(lambda r, w: proxy.serve(r, w, host, port), "127.0.0.1", 0)
    where = server.sockets[0].getsockname()[1]
    proxy.dsn = address._replace(
        netloc=f"{address.netloc.rpartition('@')[0]}@127.0.0.1:{where}", query="sslmode=disable"
    ).geturl()
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
