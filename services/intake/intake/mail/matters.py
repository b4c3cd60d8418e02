"""To which feedback a mail belongs, by clues in a fixed order; and whether it is feedback though it came to the desk.

Intake knows only the feedback that mails began. Of what a letter's answer names, it can't say whether the sender takes
part: that is for the feedback to judge.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from contracts.command_ids import MAILS
from contracts.ids import uuid5
from contracts.message_ids import feedback_of, ticket_of
from intake.mail.parse import Mail
from intake.mail.subjects import is_reply
from intake.mail.threads import Begins, Belongs, By, Clue
from kit.signed.reply_address import ticket_named

FEEDBACK_TARGETS = ("feedback", "answer", "addition")
"""What a stored mail to feedback is: it begins one; it answers a letter, or names a number; it follows a mail that
began one."""
NUMBERS_READ = 5
"""Numbers in a subject of which what they name is looked for."""
_IN_BRACKETS = re.compile(r"\[F-\d{1,18}\]", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Begun:
    """Who began a feedback by mail."""

    account_id: UUID | None
    subject_id: UUID


class Answers(NamedTuple):
    """The mail answers this feedback; None: one whose number is in its subject. `follows`: a mail of its sender's side
    began it."""

    feedback_id: UUID | None
    by: By
    follows: bool = False


def mailbox_of(address: str, mailboxes: Collection[str]) -> str | None:
    """Which of these mailboxes, in lower case, an address belongs to: `feedback@…` also has `feedback+…@…`."""
    local, _, domain = address.lower().rpartition("@")
    mine = (one for one in mailboxes if _has(one, local, domain))
    return max(mine, key=len, default=None)


def _has(mailbox: str, local: str, domain: str) -> bool:
    name, _, at = mailbox.rpartition("@")
    return domain == at and (local == name or local.startswith(f"{name}+"))


def id_of_feedback_mail(key: str) -> UUID:
    """The id of the words in a mail to feedback, and of the feedback if it begins one. `key`: the mail's."""
    return uuid5(MAILS, f"{key}/feedback")


def feedback_clues(mail: Mail, mailbox: str, keys: Sequence[bytes]) -> tuple[Clue, ...]:
    """In order: the signed reply address of feedback's mailbox, In-Reply-To, References from nearest to root."""
    return tuple(dict.fromkeys(_clues(mail, mailbox, keys)))


def _clues(mail: Mail, mailbox: str, keys: Sequence[bytes]) -> Iterator[Clue]:
    signed = ticket_named((one for one in mail.recipients if mailbox_of(one, [mailbox])), keys)
    if signed is not None:
        yield Clue("reply-address", signed)
    yield from (Clue("in-reply-to", message_id) for message_id in mail.in_reply_to)
    yield from (Clue("references", message_id) for message_id in reversed(mail.references))


def answered(
    in_order: Sequence[Clue],
    named: Mapping[Clue, UUID],
    begun: Mapping[UUID, Begun],
    *,
    account_id: UUID | None,
    subjects: Collection[UUID],
    numbers: Sequence[str] = (),
) -> Answers | None:
    """The first feedback that may be meant; None: it is a new matter.

    `named`: of each clue that leads to some. `begun`: of feedback that mails began, by whom; a stranger's mail doesn't
    belong there. `account_id`, `subjects`: the sender's. `numbers`: of feedback, in the subject.
    """
    for clue in in_order:
        if (feedback_id := named.get(clue)) is None:
            continue
        if (first := begun.get(feedback_id)) is None:
            return Answers(feedback_id, clue.by)
        if first.subject_id in subjects or (account_id is not None and first.account_id == account_id):
            return Answers(feedback_id, clue.by, follows=True)
    return Answers(None, "subject") if numbers else None


def answers_letter(mail: Mail, found: Belongs | Begins) -> bool:
    """Whether a mail to the desk's own mailbox answers a letter about feedback, and so opens no ticket.

    `found`: where it belongs as far as tickets go. It takes a letter's Message-ID, or in a reply the number in
    brackets, as our letters have it; a mail that answers one on a ticket is none, nor is one that answers a mail to
    staff.
    """
    if isinstance(found, Belongs) and found.by != "subject":
        return False
    referred = (*mail.in_reply_to, *mail.references)
    if any(feedback_of(message_id) for message_id in referred):
        return True
    if any(ticket_of(message_id) for message_id in referred):
        return False
    return isinstance(found, Begins) and is_reply(mail) and _IN_BRACKETS.search(mail.subject) is not None
