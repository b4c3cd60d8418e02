"""A mail's words for a ticket or for feedback: never empty and never too long, for a mail can't be sent back for it."""

from dataclasses import dataclass

from contracts.texts import LINE_BYTES, NO_SUBJECT, NO_TEXT, is_blank
from intake.domain.ticket.labels import Labelled, labelled
from intake.mail.parse import Mail
from intake.mail.reply import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`body`: the text as it came. `description`: its words without the labelled lines; empty if there are none."""

    title: str
    body: str
    description: str
    labelled: Labelled


def opening_words(mail: Mail) -> Words:
    """For a mail that opens a ticket: its whole text counts, also forwarded text."""
    told = labelled(mail.text)
    return _words(mail, told, "" if is_blank(told.rest) else mail.text)


def message_words(mail: Mail) -> Words:
    """For a mail on an existing ticket: only what its writer added counts, not the quotation."""
    told = labelled(visible(mail.text))
    return _words(mail, told, "" if is_blank(told.rest) else told.rest)


def feedback_words(mail: Mail, *, answer: bool) -> tuple[str, str]:
    """The subject, and what is said; of an `answer`, only what its writer added to the quotation."""
    text = visible(mail.text) if answer else mail.text
    return _title(mail), NO_TEXT if is_blank(text) else text


def _title(mail: Mail) -> str:
    title = mail.subject.encode()[:LINE_BYTES].decode("utf-8", "ignore")
    return NO_SUBJECT if is_blank(title) else title


def _words(mail: Mail, told: Labelled, description: str) -> Words:
    return Words(
        title=_title(mail),
        body=NO_TEXT if is_blank(mail.text) else mail.text,
        description=description,
        labelled=told,
    )
