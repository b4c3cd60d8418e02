"""The HTTP side: pages for people, JSON for programs."""

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from mailcatcher import pages
from mailcatcher.mails import Envelope, Mails, details

_PAGE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; script-src 'self'"
}
# A mail's own HTML is shown, but runs nothing and fetches nothing.
_MAIL = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:"}


def make_app(mails: Mails) -> FastAPI:
    """The application over these mails."""
    app = FastAPI(title="Mail catcher", docs_url=None, redoc_url=None)

    def found(number: int) -> Envelope:
        if (envelope := mails.get(number)) is None:
            raise HTTPException(404, f"There is no mail {number}.")
        return envelope

    @app.get("/", response_class=HTMLResponse)
    async def index() -> HTMLResponse:
        return HTMLResponse(pages.index(list(mails)), headers=_PAGE)

    @app.get("/messages/{number}", response_class=HTMLResponse)
    async def page(number: int) -> HTMLResponse:
        return HTMLResponse(pages.one(details(found(number), mails.raw(number))), headers=_PAGE)

    @app.get("/messages/{number}/html", response_class=HTMLResponse)
    async def html(number: int) -> HTMLResponse:
        return HTMLResponse(details(found(number), mails.raw(number))["html"], headers=_MAIL)

    @app.get("/api/messages")
    async def search(
        to: Annotated[str | None, Query(description="only those to this address")] = None,
    ) -> list[Envelope]:
        return [e for e in mails if to is None or to in e.rcpt_to]

    @app.delete("/api/messages")
    async def clear() -> dict[str, int]:
        return {"removed": mails.clear()}

    @app.get("/api/messages/{number}")
    async def one(number: int) -> dict[str, Any]:
        return details(found(number), mails.raw(number))

    @app.get("/api/messages/{number}/raw")
    async def raw(number: int) -> Response:
        found(number)
        return PlainTextResponse(mails.raw(number), headers={"X-Content-Type-Options": "nosniff"})

    return app
