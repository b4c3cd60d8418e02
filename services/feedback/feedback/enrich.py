"""What only the database knows: it completes commands, numbers what begins, and says what a mail may belong to and how
its sender reads."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast
from uuid import UUID

from contracts.addresses import same_address
from contracts.envelope import Fact
from contracts.languages import DEFAULT
from contracts.notifications import NotificationSent
from contracts.replacing import replace
from contracts.tickets import FeedbackMailReceived, MessageMarked
from feedback.domain.commands import RemindOfSurvey
from feedback.domain.phrases import asks_urgently, proposed
from feedback.domain.policy import Policies
from feedback.domain.state import OPEN_STAGES, Feedback
from feedback.numbers import FEEDBACK_NUMBERS
from feedback.react import Correspondence, addressed, feedback_stream
from kit.consume.follow import LookUp
from kit.log.numbers import Numbers
from kit.log.perform import Core
from kit.process.host import Host
from kit.store import ShardClosed, Tx
from kit.store.sql import SqlTx


async def enrich(tx: Tx, commands: Sequence[Any]) -> Sequence[Any]:
    """Whether a complaint speaks against a reminder."""
    return [await _reminding(tx, command) if isinstance(command, RemindOfSurvey) else command for command in commands]


async def _reminding(tx: Tx, command: RemindOfSurvey) -> RemindOfSurvey:
    """A complaint about the ticket, or one that its requester made by mail or in a survey."""
    surveys = await tx.select("surveys", {"ticket_id": command.ticket_id, "closing": command.closing})
    complaints = [
        complaint
        for survey in surveys
        for stage in OPEN_STAGES
        for complaint in await tx.select("feedback", {"account_id": survey["account_id"], "stage": stage})
        if complaint["about"] == command.ticket_id or complaint["subject_id"] == survey["subject_id"]
    ]
    return replace(command, complaint_open=bool(complaints))


def look_up_of(host: Host) -> LookUp:
    """For a mail, what it may belong to; for marked words, their number; for a mail that was sent, the closing that it
    asks about; else the policies."""
    numbers = Numbers(host.store, FEEDBACK_NUMBERS)

    async def look_up(tx: Tx, fact: Fact, policies: Policies) -> Policies | Correspondence | int | None:
        """Raises ShardClosed while feedback may be missing: that of a database that went back in time."""
        mail = fact.event
        if isinstance(mail, NotificationSent):
            return await _closing(tx, mail)
        if not isinstance(mail, FeedbackMailReceived | MessageMarked):
            return policies
        if await tx.unsure():
            raise ShardClosed
        if isinstance(mail, MessageMarked):
            number = await numbers.next_within(cast(SqlTx, tx))
            policies = policies.in_shard(host.book.in_force_at(mail.received_at))
            return Correspondence(received_at=mail.received_at, policies=policies, number=number)
        named = tuple([state async for state in _named(host, tx, mail)]) if mail.threaded else ()
        begins = not named or addressed(mail, named) is None
        about = await _about(tx, mail) if begins else None
        if about and (complaint := await _same_matter(host, tx, about[0], mail)):
            named, begins = (complaint,), False
        return Correspondence(
            received_at=fact.happened_at,
            policies=policies,
            named=named,
            number=await numbers.next_within(cast(SqlTx, tx)) if begins else "",
            about=about,
            **(await locale_of(tx, mail.account_id) if begins else {}),
        )

    return look_up


async def _named(host: Host, tx: Tx, mail: FeedbackMailReceived) -> AsyncIterator[Feedback]:
    """The feedback that a mail names, in order: what it answers, then the numbers in its subject."""
    rows: list[Any] = [row for number in mail.numbers for row in await tx.select("feedback", {"number": number})]
    for feedback_id in dict.fromkeys([mail.feedback_id, *(row["feedback_id"] for row in rows)]):
        state, _ = await host.core.state(tx, feedback_stream(feedback_id))
        if isinstance(state, Feedback):
            yield state


async def _same_matter(host: Host, tx: Tx, ticket_id: UUID, mail: FeedbackMailReceived) -> Feedback | None:
    """The complaint about that ticket of which the mail is part, unless it says praise."""
    kind, urgent = proposed(mail.text), asks_urgently(mail.text)
    if kind == "praise" and not urgent:
        return None
    complains = kind in (None, "complaint") or urgent
    theirs = await complaints_of(tx, host.core, ticket_id, mail.email)
    return next((each for each in theirs if each.takes_in(complains=complains)), None)


async def complaints_of(tx: Tx, core: Core, ticket_id: UUID, email: str | None) -> list[Feedback]:
    """The complaints of one person about a ticket, also those that have ended, the latest first."""
    rows = [row for row in await tx.select("feedback", {"about": ticket_id}) if row["stage"] != "none"]
    latest = sorted(rows, key=lambda row: row["received_at"], reverse=True)
    states = [(await core.state(tx, feedback_stream(row["feedback_id"])))[0] for row in latest]
    return [each for each in states if isinstance(each, Feedback) and same_address(each.email, email)]


async def _about(tx: Tx, mail: FeedbackMailReceived) -> tuple[UUID, str] | None:
    """The first ticket of the sender's account whose number is in the subject."""
    for number in mail.tickets if mail.account_id else ():
        for row in await tx.select("tickets", {"number": number}):
            if row["account_id"] == mail.account_id:
                return row["ticket_id"], number
    return None


async def _closing(tx: Tx, sent: NotificationSent) -> int | None:
    """The closing that the mail asks about; None: it is no survey's."""
    rows = await tx.rows("survey_mails", [{"ticket_id": sent.ticket_id, "notification_id": sent.notification_id}])
    found: int | None = rows[0]["closing"] if rows else None
    return found


async def locale_of(tx: Tx, account_id: UUID | None) -> dict[str, Any]:
    """In which language and zone an account reads, as ReceiveFeedback has them; of nobody, the vendor's."""
    rows = await tx.rows("accounts", [{"account_id": account_id}]) if account_id else []
    return {"language": rows[0]["language"] or DEFAULT, "zone": rows[0]["zone"]} if rows else {}
