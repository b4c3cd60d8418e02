"""Which ticket or feedback a Message-ID belongs to, so that answers to the mail find it."""

from uuid import UUID

from intake import queries
from intake.directory import Directory
from intake.mail import Mail, referred
from kit.store.sql import SqlTx


async def remember(
    tx: SqlTx,
    directory: Directory,
    mail: Mail,
    ticket_id: UUID,
    *,
    of_feedback: bool = False,
    instead_of: UUID | None = None,
) -> None:
    """That the mail belongs to this ticket or feedback, and those to which it refers, unless they belong elsewhere.

    `instead_of`: the ticket to which the mail belonged before.
    """
    of = directory.digest_of_feedback_mail if of_feedback else directory.digest_of_message
    came = dict.fromkeys(map(of, referred(mail)), False)
    if mail.message_id:
        came[of(mail.message_id)] = True
    if came:
        await tx.connection.execute(queries.STORE_MAIL_IDS, list(came), ticket_id, list(came.values()), instead_of)
