"""A client that costs little, so that the server is what is measured: keep-alive, one request at a time."""

import asyncio
import time
from collections.abc import Callable


class Connection:
    """HTTP/1.1 over a socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader, self._writer, self._host = reader, writer, host

    @classmethod
    async def open(cls, port: int) -> "Connection":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        return cls(reader, writer, f"127.0.0.1:{port}")

    async def post(self, path: str, body: bytes, headers: str = "") -> tuple[int, bytes]:
        """Status and body."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{headers}\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return int(answer[9:12]), await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


async def hammer(
    port: int, path: str, body: bytes, headers: Callable[[int], str], *, connections: int, seconds: float, expect: int
) -> tuple[float, list[float]]:
    """Requests a second, and each one's seconds, over so many connections. Raises RuntimeError for another status."""
    took: list[float] = []
    count = 0
    until = time.perf_counter() + seconds

    async def one() -> None:
        nonlocal count
        connection = await Connection.open(port)
        try:
            while (begun := time.perf_counter()) < until:
                count += 1
                status, answer = await connection.post(path, body, headers(count))
                if status != expect:
                    raise RuntimeError(f"{path} answered {status}: {answer[:500]!r}")
                took.append(time.perf_counter() - begun)
        finally:
            connection.close()

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return len(took) / (time.perf_counter() - begun), took
