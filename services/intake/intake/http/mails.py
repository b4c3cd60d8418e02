"""The mails that came in, for staff: what became of each, and each as it came. No received mail is hidden."""

import json
from asyncio import to_thread
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from intake import queries
from intake.domain.rights import READ_MAILS
from intake.http.context import TheContext
from intake.http.views import rfc3339
from intake.mail import FEEDBACK_TARGETS, id_of_feedback_mail
from intake.mail_seal import Erased, unseal
from kit.http import paging
from kit.http.command_origin import Who
from kit.http.desk import ERRORS, TheDesk
from kit.http.paging import AnyOf
from kit.http.problems import Trouble

router = APIRouter(prefix="/v1/mails", tags=["mails"], responses=ERRORS)
State = Literal["stored", "performed", "ignored", "unmatched", "failed"]


@router.get("")
async def listed(
    caller: Who,
    desk: TheDesk,
    context: TheContext,
    request: Request,
    response: Response,
    state: AnyOf[State] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """Mails, the newest first. `unmatched`: from people we don't know; `ignored`: from machines; `failed`: see why.

    `feedback_id`: the feedback that a mail begins, goes on with or answers. An answer of somebody not on its side
    begins one of its own, `own_feedback_id`.
    """
    READ_MAILS.demand(caller.role)
    found = await desk.store.query(queries.MAILS, *paging.after(cursor, int), state, limit + 1)
    rows = paging.page(found, limit, request, response, "ordinal")
    return {"items": [_summary(row) | await _head(row, desk, context) for row in rows]}


@router.get("/{key}/raw", response_class=Response, responses={200: {"content": {"message/rfc822": {}}}})
async def raw(key: str, caller: Who, desk: TheDesk, context: TheContext) -> Response:
    """A mail as it came, below the envelope as headers."""
    READ_MAILS.demand(caller.role)
    rows = await desk.store.query(queries.MAIL, key[:64])
    if not rows:
        raise Trouble(404, "mail-unknown", "There is no such mail.", "Take the key from the list.")
    data = await as_it_came(rows[0], desk, context)
    name = {"Content-Disposition": f'attachment; filename="{key}.eml"', "X-Content-Type-Options": "nosniff"}
    return Response(data, headers=name, media_type="message/rfc822")


async def as_it_came(row: Any, desk: TheDesk, context: TheContext) -> bytes:
    """The bytes of a stored mail. Raises Trouble if its writer was erased."""
    try:
        sealing = await _key(row, desk, context)
    except Erased as error:
        raise Trouble(410, "erased", "Its writer was erased.", "Nobody can read it any more.") from error
    return await to_thread(unseal, sealing, row["raw"], f"{row['key']}/raw")


async def _key(row: Any, desk: TheDesk, context: TheContext) -> bytes:
    async with desk.store.transaction() as tx:
        return await context.mail_seal.key(tx, row["sealed_for"])


async def _head(row: Any, desk: TheDesk, context: TheContext) -> dict[str, Any]:
    try:
        head: dict[str, Any] = json.loads(unseal(await _key(row, desk, context), row["head"], f"{row['key']}/head"))
    except Erased:
        return {"from": "erased", "subject": "erased"}
    return head


def _summary(row: Any) -> dict[str, Any]:
    is_feedback = row["target"] in FEEDBACK_TARGETS
    return {
        "key": row["key"],
        "received_at": rfc3339(row["received_at"]),
        "state": row["state"],
        "reason": row["reason"],
        "target": row["target"],
        "ticket_id": str(row["ticket_id"]) if row["ticket_id"] and not is_feedback else None,
        "feedback_id": str(row["ticket_id"]) if is_feedback else None,
        "own_feedback_id": str(id_of_feedback_mail(row["key"])) if row["target"] == "answer" else None,
        "number": row["number"],
        "account_id": str(row["account_id"]) if row["account_id"] else None,
        "size": row["size"],
    }
