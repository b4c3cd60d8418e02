"""What intake's routes share: ticket numbers, the directory, and who may see which ticket."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple
from uuid import UUID, uuid4

from fastapi import Depends, Path, Request

from contracts.rights import READ_WORDS
from intake import queries
from intake.directory import Directory
from intake.domain.commands import OnTicket, TicketRequest
from intake.domain.policy import Policy
from intake.domain.refusals import TicketUnknown
from intake.enrich import Addressed
from intake.mail_seal import MailSeal
from intake.numbers import TICKET_NUMBERS
from kit.http.auth import Caller
from kit.http.command_origin import Who
from kit.log.numbers import Numbers
from kit.policy_book import PolicyBook
from kit.process.process import Process
from kit.store.sql import SqlStore

MAILS_READ_AT_ONCE = 2
"""Whole mails that are in memory for readers at one time: each may be of the greatest size."""
_NUMBER = re.compile(r"P-[1-9]\d{0,18}|[A-Z]{2,8}\d{1,18}", re.ASCII | re.IGNORECASE)
"""A number of ours, or one from elsewhere: an imported ticket keeps the number that people know."""


class FoundTicket(NamedTuple):
    """A ticket that the caller may see."""

    ticket_id: UUID
    account_id: UUID

    @property
    def stream(self) -> str:
        """The ticket's stream."""
        return f"ticket-{self.ticket_id}"


@dataclass(frozen=True)
class Context:
    """What only intake's routes need, beside kit's Desk."""

    store: SqlStore
    numbers: Numbers
    directory: Directory
    mail_seal: MailSeal
    book: PolicyBook
    staff_domain: str
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAILS_READ_AT_ONCE))
    """Held by whoever reads a whole mail."""

    @property
    def policy(self) -> Policy:
        """The policy in force, as far as this process has heard."""
        known: Policy = self.book.current
        return known

    async def find(self, number: str, caller: Caller) -> FoundTicket:
        """The ticket of that number. Raises TicketUnknown, also to a customer of another account."""
        rows = await self.store.query(queries.TICKET_BY_NUMBER, number.upper()) if _NUMBER.fullmatch(number) else []
        if not rows or (caller.is_customer and rows[0]["account_id"] != caller.account):
            raise TicketUnknown("Look at the number again: a ticket's is like P-1000.")
        return FoundTicket(rows[0]["ticket_id"], rows[0]["account_id"])

    def addressed(
        self, command: Callable[[UUID], TicketRequest | OnTicket], account_id: UUID, email: str, *, opens: bool = False
    ) -> Addressed:
        """The command that this makes for the person with this address; `opens`: a ticket."""
        return Addressed(
            command=command,
            opens=opens,
            account_id=account_id,
            digest=self.directory.digest(email),
            candidate=uuid4(),
        )


async def context_of(request: Request) -> Context:
    """What intake's routes share."""
    state = request.app.state
    if not hasattr(state, "context"):
        process: Process = state.process
        master = process.common.master_key
        state.context = Context(
            process.store,
            Numbers(process.store, TICKET_NUMBERS),
            Directory(master),
            MailSeal(master, process.vault),
            process.book,
            process.common.staff_domain,
        )
    context: Context = state.context
    return context


TheContext = Annotated[Context, Depends(context_of)]


async def _reader(caller: Who) -> Caller:
    READ_WORDS.demand(caller.role)
    return caller


Reader = Annotated[Caller, Depends(_reader)]
"""A caller who may read what persons said; a customer only within its account."""


async def _ticket(
    number: Annotated[str, Path(examples=["P-1000"], max_length=40)], caller: Reader, context: TheContext
) -> FoundTicket:
    return await context.find(number, caller)


TheTicket = Annotated[FoundTicket, Depends(_ticket)]
