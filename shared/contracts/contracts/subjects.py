"""Subjects of mails about tickets, agreed between the service that writes them and the one that reads the answers.

All mails to customers about a ticket have one subject, `Re: <theirs> [P-1042]`, so that mail programs keep them
together and an answer names the ticket.
"""

import re
import unicodedata

from contracts.texts import NO_SUBJECT, is_blank

REPLIES = r"re|aw|antw|antwort|sv|vs|rv|tr|ref|rif|odp|ynt|res|отв|回复|回覆|答复|返信|답장|回信"
"""The words before the subject of what is answered, as mail programs write them in many languages."""
REPLY = re.compile(rf"\s*(?:{REPLIES})\s*(?:[\[(]\d+[\])])?\s*[:\uff1a]", re.IGNORECASE)
"""How the subject of a reply begins."""
TICKET_NUMBER = re.compile(r"\[\s*P-(\d{1,18})\s*\]", re.IGNORECASE | re.ASCII)
"""The number of a ticket, as our subjects have it."""
THEIRS_CHARACTERS = 120
"""What is kept of a subject of theirs: mail programs show less."""

_NUMBER = re.compile(r"\[\s*[PF]-\d{1,18}\s*\]", re.IGNORECASE | re.ASCII)
"""Also that of feedback."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
"""Control characters. Those that turn the direction of writing would turn the number, too."""
_JOINERS = "\u200c\u200d\ufe0e\ufe0f"
_WORD_CHARACTERS = 40
"""A word that is longer is cut itself."""


def reply_subject(theirs: str, number: str) -> str:
    """`Re: <theirs> [P-1042]`, on one line.

    `theirs` is the subject of a person's mail or the title of their ticket, however long or odd. Its own marks of a
    reply and numbers of ours are left out, since they would be there twice. Where nothing is left, it says
    `(no subject)`, as other desks do.
    """
    subject, before = " ".join(_UNSEEN.sub(" ", theirs).split()), None
    while subject != before:
        before = subject
        subject = " ".join(
            _NUMBER.sub(" ", REPLY.sub("", subject, count=1) if REPLY.match(subject) else subject).split()
        )
    return f"Re: {NO_SUBJECT if is_blank(subject) else _cut(subject)} [{number}]"


def _cut(text: str) -> str:
    """The text, cut after a word if it is too long, and never within a character as people see it."""
    if len(text) <= THEIRS_CHARACTERS:
        return text
    end = THEIRS_CHARACTERS - 1
    space = text.rfind(" ", end - _WORD_CHARACTERS, end + 1)
    if space > 0:
        end = space
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in _JOINERS or text[end - 1] in _JOINERS):
        end -= 1
    return text[:end].rstrip() + "…"
