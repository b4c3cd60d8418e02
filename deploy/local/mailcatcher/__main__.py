"""`python -m mailcatcher --smtp 8113 --http 8114 [--keep FOLDER]`."""

import argparse
import asyncio
import tempfile
from pathlib import Path

import uvicorn

from mailcatcher.http import make_app
from mailcatcher.mails import Mails
from mailcatcher.smtp import listen


async def run(smtp: int, http: int, folder: Path, host: str = "127.0.0.1") -> None:
    """Serve both ports until SIGTERM or SIGINT."""
    mails = Mails(folder)
    listener = await listen(mails, host, smtp)
    settings = uvicorn.Config(make_app(mails), host, http, log_level="warning", timeout_graceful_shutdown=2)
    async with listener:
        await uvicorn.Server(settings).serve()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="mailcatcher", description=__doc__)
    parser.add_argument("--smtp", type=int, required=True, help="where mails are taken")
    parser.add_argument("--http", type=int, required=True, help="where they are shown")
    parser.add_argument("--keep", type=Path, help="folder in which they stay across restarts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailcatcher-") as passing:
        asyncio.run(run(options.smtp, options.http, options.keep or Path(passing)))


if __name__ == "__main__":
    main()
