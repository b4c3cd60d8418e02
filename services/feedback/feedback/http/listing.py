"""Lists of feedback and of complaints: their filters, and their pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from contracts.complaints import Reviewer
from contracts.rights import READ_WORDS
from feedback import queries
from feedback.http.bodies import Number
from kit.http.auth import Caller
from kit.http.desk import Desk
from kit.http.instants import Instant
from kit.http.paging import AnyOf, after
from kit.http.problems import FieldError, misunderstood


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filters:
    """What both lists can be asked for."""

    account_id: AnyOf[UUID] = None
    about: Annotated[list[Number] | None, Query(max_length=100, description="About the tickets with these numbers")] = (
        None
    )
    number: Annotated[list[Number] | None, Query(max_length=100, description="With these numbers")] = None
    reviewer: Annotated[
        list[Reviewer] | None, Query(max_length=100, description="Complaints that they review; for staff")
    ] = None
    urgent: Annotated[bool | None, Query(description="Urgent, and not answered yet")] = None
    open: Annotated[
        bool | None, Query(description="Something is still due, or the complaint has not ended; false: neither")
    ] = None
    due_before: Annotated[Instant | None, Query(description="With something due before this instant")] = None
    cursor: Annotated[str | None, Query(max_length=500)] = None
    limit: Annotated[int, Query(ge=1, le=500)] = 100


Filters = Annotated[_Filters, Depends()]


async def select(
    desk: Desk,
    who: Caller,
    wanted: _Filters,
    *,
    complaints: bool,
    kind: Sequence[str] | None = None,
    stage: Sequence[str] | None = None,
    channel: Sequence[str] | None = None,
    acknowledged: bool | None = None,
) -> Sequence[Any]:
    """A page of rows, and one more if there are more. A customer gets those of its account. Raises Trouble."""
    READ_WORDS.demand(who.role)
    if who.is_customer and wanted.reviewer:
        raise misunderstood("Leave reviewer out.", FieldError(field="reviewer", detail="is for staff; leave it out"))
    if who.is_customer and any(account != who.account for account in wanted.account_id or ()):
        detail = "is another's; you see what came from your own account: leave it out"
        raise misunderstood("Leave account_id out.", FieldError(field="account_id", detail=detail))
    return await desk.store.query(
        queries.FEEDBACK,
        [who.account] if who.is_customer else wanted.account_id,
        kind,
        stage,
        channel,
        acknowledged,
        wanted.due_before,
        not complaints,
        *after(wanted.cursor, datetime.fromisoformat, UUID),
        wanted.limit + 1,
        _numbers(wanted.about),
        _numbers(wanted.number),
        wanted.reviewer,
        wanted.urgent,
        wanted.open,
    )


def _numbers(given: Sequence[str] | None) -> list[str] | None:
    return None if given is None else [number.upper() for number in given]
