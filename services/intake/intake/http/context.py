"""What the routes share: ticket numbers, the directory, and who may see which ticket."""

import re
from dataclasses import dataclass
from typing import Annotated, NamedTuple
from uuid import UUID, uuid4

from fastapi import Depends, Path, Request

from intake import queries
from intake.directory import Directory
from intake.domain.commands import OnTicket, TicketRequest
from intake.domain.policy import Policy
from intake.domain.refusals import TicketUnknown
from intake.domain.rights import READ_WORDS
from intake.enrich import Addressed
from intake.mail_seal import Safe
from intake.numbers import Numbers
from kit.http.asking import Who
from kit.http.auth import Caller
from kit.policy_book import PolicyBook
from kit.process.process import Process
from kit.store.sql import SqlStore

_NUMBER = re.compile(r"P-[1-9]\d{0,18}|[A-Z]{2,8}\d{1,18}", re.ASCII | re.IGNORECASE)
"""Ours, or that of a ticket brought in from elsewhere, which keeps the one that people know it by."""


class Place(NamedTuple):
    """Where a ticket is found."""

    ticket_id: UUID
    account_id: UUID

    @property
    def stream(self) -> str:
        """The ticket's stream."""
        return f"ticket-{self.ticket_id}"


@dataclass(frozen=True)
class Office:
    """Beside the desk: what only intake needs."""

    store: SqlStore
    numbers: Numbers
    directory: Directory
    safe: Safe
    book: PolicyBook

    @property
    def policy(self) -> Policy:
        """The one in force, as far as it has been heard of."""
        known: Policy = self.book.current
        return known

    async def place(self, number: str, caller: Caller) -> Place:
        """Where that ticket is. Raises TicketUnknown: also for a customer of another account."""
        rows = await self.store.query(queries.PLACE, number.upper()) if _NUMBER.fullmatch(number) else []
        if not rows or (caller.is_customer and rows[0]["account_id"] != caller.account):
            raise TicketUnknown("Look at the number again: a ticket's is like P-1000.")
        return Place(rows[0]["ticket_id"], rows[0]["account_id"])

    def addressed(self, command: TicketRequest | OnTicket, account_id: UUID, email: str) -> Addressed:
        """The command of whoever has this address."""
        return Addressed(command=command, account_id=account_id, digest=self.directory.digest(email), candidate=uuid4())


async def office_of(request: Request) -> Office:
    """What intake's routes share."""
    state = request.app.state
    if not hasattr(state, "office"):
        process: Process = state.process
        master = process.common.master_key
        state.office = Office(
            process.store, Numbers(process.store), Directory(master), Safe(master, process.vault), process.book
        )
    office: Office = state.office
    return office


TheOffice = Annotated[Office, Depends(office_of)]


async def _reader(caller: Who) -> Caller:
    READ_WORDS.demand(caller.role)
    return caller


Reader = Annotated[Caller, Depends(_reader)]
"""A caller who may read what persons said; a customer only within its account."""


async def _place(
    number: Annotated[str, Path(examples=["P-1000"], max_length=40)], caller: Reader, office: TheOffice
) -> Place:
    return await office.place(number, caller)


TheTicket = Annotated[Place, Depends(_place)]
