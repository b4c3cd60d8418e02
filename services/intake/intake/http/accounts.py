"""Accounts: who is entitled to support, and to how much of it."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from intake import queries
from intake.domain.commands import Agreed, ChangeAccount, Reads, RegisterAccount
from intake.domain.refusals import AccountUnknown
from intake.domain.rights import LIST_ACCOUNTS
from intake.domain.state import Locale
from intake.http.bodies import AccountChangeIn, AccountIn
from intake.http.context import TheContext
from intake.http.views import rfc3339
from kit.http import paging
from kit.http.command_origin import Origin, OriginOfNew, Who
from kit.http.desk import ERRORS, TheDesk, receipt

router = APIRouter(prefix="/v1/accounts", tags=["accounts"], responses=ERRORS)


@router.post("", status_code=201)
async def register(body: AccountIn, origin: OriginOfNew, desk: TheDesk, context: TheContext) -> JSONResponse:
    """Register a customer; by licensing staff."""
    account_id = body.account_id or origin.new_id("account")
    command = RegisterAccount(
        account_id=account_id,
        by=origin.caller.role,
        name=body.name,
        tier=body.tier,
        calendar=body.calendar,
        domains=body.domains,
        locale=Locale(body.language, body.zone),
        policy=context.policy,
    )
    done = await desk.perform(origin, f"account-{account_id}", command, {"account_id": str(account_id)})
    return receipt(done, 201, f"/v1/accounts/{done.answer['account_id']}")


@router.get("")
async def listed(
    caller: Who,
    desk: TheDesk,
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """The accounts by name; for staff."""
    LIST_ACCOUNTS.demand(caller.role)
    rows = await desk.store.query(queries.ACCOUNTS, *paging.after(cursor, str, UUID), limit + 1)
    return {"items": [_account(row) for row in paging.page(rows, limit, request, response, "name", "account_id")]}


@router.get("/{account_id}")
async def one(account_id: Annotated[UUID, Path()], caller: Who, desk: TheDesk) -> JSONResponse:
    """An account; a customer sees only its own."""
    rows = await desk.store.query(queries.ACCOUNT, account_id)
    if not rows or (caller.is_customer and caller.account != account_id):
        raise AccountUnknown("Look at the id again.")
    return JSONResponse(_account(rows[0]), headers={"ETag": f'"{rows[0]["version"]}"'})


@router.patch("/{account_id}")
async def change(
    account_id: UUID, body: AccountChangeIn, origin: Origin, desk: TheDesk, context: TheContext
) -> JSONResponse:
    """Change tier, agreed calendar, language or time zone; its open tickets follow. What is left out stays."""
    said = body.model_fields_set
    command = ChangeAccount(
        account_id=account_id,
        by=origin.caller.role,
        tier=body.tier,
        agreed=Agreed(body.calendar) if "calendar" in said else None,
        language=Reads(body.language) if "language" in said else None,
        zone=Reads(body.zone) if "zone" in said else None,
        policy=context.policy,
    )
    return receipt(await desk.perform(origin, f"account-{account_id}", command, {"account_id": str(account_id)}))


def _account(row: Any) -> dict[str, Any]:
    return {
        "account_id": str(row["account_id"]),
        "name": row["name"],
        "tier": row["tier"],
        "calendar": row["calendar"],
        "language": row["language"],
        "zone": row["zone"],
        "domains": json.loads(row["domains"]),
        "registered_at": rfc3339(row["registered_at"]),
        "version": row["version"],
    }
