"""After a restore: tables that are no read models, and yet follow from the events that the log takes up again.

Mails are not in the log. A mail stored after the backup is lost with its row; the events that it led to are not.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from contracts.base import ERASED
from contracts.envelope import Fact
from intake import queries
from intake.directory import NOBODY, Directory
from intake.domain.events import (
    AccountRegistered,
    FeedbackMailReceived,
    InitialResponseGiven,
    IntakeEvent,
    MessagePosted,
    ParticipantAdded,
    TicketOpened,
)
from intake.numbers import TICKET_NUMBERS
from intake.people import enter
from kit.process.host import Host
from kit.recovery.adoption import AfterAdoption, BeforeAdoption
from kit.store.sql import SqlTx


def answer(fact: Fact) -> dict[str, Any]:
    """The answer that the doors gave to the command whose first event this is."""
    event = fact.event
    match event:
        case AccountRegistered() | TicketOpened():
            names = {AccountRegistered: ("account_id",), TicketOpened: ("ticket_id", "number", "missing")}[type(event)]
        case FeedbackMailReceived():
            names = ("feedback_id",)
        case _ if isinstance(event, IntakeEvent):
            names = tuple(
                name for name in ("ticket_id", "message_id", "feedback_id", "notice_id") if getattr(event, name, None)
            ) or ("account_id",)
        case _:
            names = ()
    return {name: value if isinstance(value := getattr(event, name), str | tuple) else str(value) for name in names}


def ahead(host: Host) -> BeforeAdoption:
    """Skips the numbers that may have been given out: in the broker's facts, in tickets, in processes' blocks."""

    async def go_on(facts: AsyncIterator[Fact]) -> None:
        highest = 0
        async for fact in facts:
            if isinstance(fact.event, TicketOpened):
                highest = max(highest, TICKET_NUMBERS.read(fact.event.number))
        async with host.store.statement() as tx:
            await tx.connection.fetch(TICKET_NUMBERS.skip_ahead, highest)

    return go_on


def adopted(host: Host) -> AfterAdoption:
    """Restores which subject has an address, and to which ticket or feedback a mail belongs."""
    directory = Directory(host.common.master_key)

    async def complete(tx: SqlTx, facts: Sequence[Fact]) -> None:
        for fact in facts:
            match fact.event:
                case TicketOpened(email=email) | ParticipantAdded(email=email) as told if email != ERASED:
                    account_id = NOBODY if isinstance(told, ParticipantAdded) and told.outside else told.account_id
                    # Whether a mail's writer was of the account was said before, or their domain says so.
                    member = not (isinstance(told, TicketOpened) and told.channel == "email")
                    await enter(tx, account_id, directory.digest(email), told.subject_id, member=member)
            match fact.event:
                case (
                    TicketOpened(thread=str() as thread)
                    | MessagePosted(thread=str() as thread)
                    | InitialResponseGiven(thread=str() as thread)
                ) if thread != ERASED:
                    digest = directory.digest_of_message(thread)
                    await tx.connection.execute(queries.STORE_MAIL_IDS, [digest], fact.event.ticket_id, [True], None)
                case FeedbackMailReceived() as mail if mail.email != ERASED:
                    digest = directory.digest(mail.email)
                    await enter(tx, mail.account_id or NOBODY, digest, mail.subject_id, member=False)
                    if mail.thread:
                        digest = directory.digest_of_feedback_mail(mail.thread)
                        await tx.connection.execute(queries.STORE_MAIL_IDS, [digest], mail.feedback_id, [True], None)

    return complete
