"""The mails that came in, for staff: what became of each, and each as it came. No received mail is hidden."""

from asyncio import to_thread
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Path, Query, Request, Response

from intake import queries
from intake.by_hand import ByHand, Made
from intake.domain.refusals import AccountUnknown, MailUnknown
from intake.domain.rights import READ_MAILS, SORT_MAILS
from intake.domain.waiting import MailState
from intake.http.bodies import DiscardingIn, MailMessageIn, MailTicketIn
from intake.http.context import Context, TheContext
from intake.http.views import rfc3339
from intake.mail import FEEDBACK_TARGETS, from_head, id_of_feedback_mail
from intake.mail_seal import Erased, opened_head, unseal
from kit.http import paging
from kit.http.command_origin import Origin, Who
from kit.http.desk import ERRORS, TheDesk
from kit.http.paging import AnyOf
from kit.http.problems import Trouble

router = APIRouter(prefix="/v1/mails", tags=["mails"], responses=ERRORS)
Key = Annotated[str, Path(description="As the list has it", max_length=64)]


@router.get("")
async def listed(
    caller: Who,
    desk: TheDesk,
    context: TheContext,
    request: Request,
    response: Response,
    state: AnyOf[MailState] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """Mails, the newest first. `unmatched`: from people we don't know; `ignored`: from machines; `failed`: see why. Of
    these staff say what is to come of them: a ticket, a message, or nothing (`discarded`).

    `writer`: in whose name it is performed; that is not `from` if a no-reply address or a web form sent it (`by_form`).
    `answers_to`: where answers go. `feedback_id`: the feedback that a mail begins, goes on with or answers. An answer
    of somebody not on its side begins one of its own, `own_feedback_id`.
    """
    READ_MAILS.demand(caller.role)
    found = await desk.store.query(queries.MAILS, *paging.after(cursor, int), state, limit + 1)
    rows = paging.page(found, limit, request, response, "ordinal")
    return {"items": [_summary(row) | await _head(row, desk, context) for row in rows]}


@router.get("/counts")
async def counts(caller: Who, desk: TheDesk) -> dict[str, int]:
    """How many mails are in each state."""
    READ_MAILS.demand(caller.role)
    found = {row["state"]: row["mails"] for row in await desk.store.query(queries.MAILS_BY_STATE)}
    return {state: found.get(state, 0) for state in get_args(MailState)}


@router.post("/{key}/ticket")
async def open_ticket(
    key: Key, body: MailTicketIn, origin: Origin, desk: TheDesk, context: TheContext
) -> dict[str, Any]:
    """Open a ticket from a mail that waits, in its writer's name. It is performed within a second or so."""
    SORT_MAILS.demand(origin.caller.role)
    if not await desk.store.query(queries.ACCOUNT, body.account_id):
        raise AccountUnknown("Look at the id again.", field="account_id")
    return _made(key, await _by_hand(context).open_ticket(key, body.account_id, origin.caller.actor))


@router.post("/{key}/message")
async def add_to(key: Key, body: MailMessageIn, origin: Origin, context: TheContext) -> dict[str, Any]:
    """Make a mail that waits a message of its writer on that ticket, whoever wrote it: you vouch for it."""
    SORT_MAILS.demand(origin.caller.role)
    ticket = await context.find(body.number, origin.caller)
    made = await _by_hand(context).add_to(key, ticket.ticket_id, ticket.account_id, origin.caller.actor)
    return _made(key, made)


@router.post("/{key}/discarding")
async def discard(key: Key, body: DiscardingIn, origin: Origin, context: TheContext) -> dict[str, Any]:
    """Say that nothing is to come of a mail, and why."""
    SORT_MAILS.demand(origin.caller.role)
    return _made(key, await _by_hand(context).discard(key, body.reason, origin.caller.actor))


def _by_hand(context: Context) -> ByHand:
    return ByHand(
        store=context.store,
        mail_seal=context.mail_seal,
        directory=context.directory,
        staff_domain=context.staff_domain,
    )


def _made(key: str, made: Made) -> dict[str, Any]:
    ticket_id = str(made.ticket_id) if made.ticket_id else None
    return {"key": key, "state": made.state, "target": made.target, "ticket_id": ticket_id}


@router.get("/{key}/raw", response_class=Response, responses={200: {"content": {"message/rfc822": {}}}})
async def raw(key: Key, caller: Who, desk: TheDesk, context: TheContext) -> Response:
    """A mail as it came, below the envelope as headers."""
    READ_MAILS.demand(caller.role)
    rows = await desk.store.query(queries.MAIL, key)
    if not rows:
        raise MailUnknown("Take the key from the list.")
    data = await as_it_came(rows[0], desk, context)
    name = {"Content-Disposition": f'attachment; filename="{key}.eml"', "X-Content-Type-Options": "nosniff"}
    return Response(data, headers=name, media_type="message/rfc822")


async def as_it_came(row: Any, desk: TheDesk, context: TheContext) -> bytes:
    """The bytes of a stored mail. Raises Trouble if its writer was erased."""
    try:
        sealing = await _key(row, desk, context)
    except Erased as error:
        raise Trouble(410, "erased", "Its writer was erased.", "Nobody can read it any more.") from error
    return bytes(await to_thread(unseal, sealing, row["raw"], f"{row['key']}/raw"))


async def _key(row: Any, desk: TheDesk, context: TheContext) -> bytes:
    async with desk.store.transaction() as tx:
        return await context.mail_seal.key(tx, row["sealed_for"])


async def _head(row: Any, desk: TheDesk, context: TheContext) -> dict[str, Any]:
    try:
        head = opened_head(await _key(row, desk, context), row["key"], row["head"])
    except Erased:
        head = {"from": "erased", "subject": "erased"}
    written = from_head(head)
    return {
        "from": head["from"],
        "subject": head["subject"],
        "writer": written.writer,
        "answers_to": written.answers_to,
        "by_form": written.by_form,
    }


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
        "handled_by": row["handled_by"],
    }
