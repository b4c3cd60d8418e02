"""A mail's words for a ticket or for feedback: never empty and never too long, for a mail can't be sent back for it."""

from dataclasses import dataclass

from contracts.texts import LINE_BYTES, NO_SUBJECT, NO_TEXT, is_blank
from intake.domain.commands import NO_DETAILS
from intake.domain.events import Details, Unread
from intake.domain.ticket.labels import Labelled, labelled
from intake.mail.attachments import PARTLY_ENCRYPTED, in_place_of_text, unread
from intake.mail.body import around_armour, is_armour
from intake.mail.form import filled_in
from intake.mail.parse import Mail
from intake.mail.reply import added


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`body`: what is posted. `description`: its words without the labelled lines; empty if there are none.

    `form`: what is filled in of our form in the quotation, where it was empty when it went out. `unread`: of the first
    part that can't be read, why.
    """

    title: str
    body: str
    description: str
    labelled: Labelled
    form: Details = NO_DETAILS
    unread: Unread | None = None


def opening_words(mail: Mail) -> Words:
    """For a mail that opens a ticket: its whole text counts, also forwarded text."""
    text = _readable(mail)
    read = labelled(text)
    body = in_place(mail) if is_blank(text) else text
    return Words(
        title=_title(mail),
        body=body,
        description="" if is_blank(read.rest) else text,
        labelled=read,
        unread=unread(mail.attachments, is_encrypted=is_armour(mail.text)),
    )


def message_words(mail: Mail) -> Words:
    """For a mail on an existing ticket: only what its writer added counts, and what they filled in.

    Without either, the whole text is posted: nobody's words are lost because they look like a quotation.
    """
    new, form = added_words(mail), filled_in(mail.text)
    is_partly = not is_blank(new) and is_armour(_added(mail, mail.text))
    # What is ours in the quotation tells nothing: neither a version nor what is wrong.
    read = labelled(own_words(mail, forwards=True))
    described = (text for text in (read.rest, form.description) if not is_blank(text))
    return Words(
        title=_title(mail),
        body=(f"{new}\n\n{PARTLY_ENCRYPTED}" if is_partly else new)
        or (form.text if not is_blank(form.text) else _whole(mail)),
        description="\n\n".join(dict.fromkeys(described)),
        labelled=read,
        form=form.details,
    )


def _whole(mail: Mail) -> str:
    """All of the mail's text, below what came with it; or what came instead."""
    text = _readable(mail)
    if is_blank(text):
        return in_place(mail)
    return f"{in_place(mail)}\n\n{text}" if mail.attachments else text


def _readable(mail: Mail) -> str:
    """The mail's text, but for what is encrypted."""
    return around_armour(mail.text) if is_armour(mail.text) else mail.text


def in_place(mail: Mail) -> str:
    """What the mail has instead of text, in words."""
    return in_place_of_text(mail.attachments, is_encrypted=is_armour(mail.text))


def feedback_words(mail: Mail, *, answer: bool) -> tuple[str, str]:
    """The subject, and what is said; of an `answer`, only what its writer added to the quotation."""
    text = added_words(mail) if answer else ""
    text = mail.text if is_blank(text) else text
    return _title(mail), NO_TEXT if is_blank(text) else text


def added_words(mail: Mail) -> str:
    """What its writer added to the quotation; empty if nothing."""
    return _added(mail, _readable(mail))


def own_words(mail: Mail, *, forwards: bool) -> str:
    """The same without quotations in which answers stand, for those have words of ours. `forwards`: with mails that the
    writer passes on."""
    return _added(mail, _readable(mail), within=False, forwards=forwards)


def _added(mail: Mail, text: str, *, within: bool = True, forwards: bool = True) -> str:
    return added(
        text,
        addressed=mail.recipients,
        writer=mail.name,
        subject=mail.subject,
        coloured=mail.coloured,
        within=within,
        forwards=forwards,
    )


def _title(mail: Mail) -> str:
    title = mail.subject.encode()[:LINE_BYTES].decode("utf-8", "ignore")
    return NO_SUBJECT if is_blank(title) else title
