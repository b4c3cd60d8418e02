"""Automatic replies without a header that says so: told by the subject that a program gives them, and a second sign.

A subject alone is a person's, who may well write about replies that aren't sent.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts.subjects import REPLY
from intake.mail.absences import (
    ABOUT_A_MAIL,
    BY_ITSELF,
    COURTEOUS,
    DATES,
    DECLARES,
    MATTER,
    NOTICE,
    QUOTES_A_MAIL,
    SAYS_AWAY,
    SUBJECT,
    SUPPOSED,
    UNTIL_WHEN,
)
from intake.mail.asking import has_matter
from intake.mail.reply import visible

_EVIDENCE_CHARACTERS = 4_096
"""How much of the text is searched for signs."""
_SUBJECT_CHARACTERS = 300
AT_ONCE = timedelta(seconds=30)
"""Within which a program answers: our mail has to leave, to arrive, and to be answered."""


def named_so(subject: str) -> bool:
    """Whether a program gave the mail this subject: no other mail has it, or it is about no more than a mail."""
    found = SUBJECT.match(subject[:_SUBJECT_CHARACTERS])
    return found is not None and (found["automatic"] is not None or _names_no_matter(found["rest"]))


def at_once(subject: str, changed: Iterable[datetime | None], now: datetime) -> bool:
    """Whether a mail with such a subject comes `now`, seconds after something happened to a ticket that it is about.

    Then it answers the mail that told of that: no person reads and writes so fast. `changed`: when it happened.
    """
    found = SUBJECT.match(subject[:_SUBJECT_CHARACTERS])
    if found is None or not (_names_a_mail(found) or _names_no_matter(found["rest"])):
        return False
    return any(one and timedelta() <= now - one <= AT_ONCE for one in changed)


def is_reply(subject: str, text: str, *, answers: bool, attached: bool, generated: bool = False) -> bool:
    """Whether the mail is an automatic reply by its subject and a second sign.

    `answers`: it refers to another mail. `attached`: it has more than text, which may be all that a person sends.
    `generated`: a program calls it so, as it may other mails, too.
    """
    found = SUBJECT.match(subject[:_SUBJECT_CHARACTERS])
    new = _new(text[:_EVIDENCE_CHARACTERS])
    if found is None:
        by_itself = generated and BY_ITSELF.match(subject) is not None
        return by_itself and not has_matter(new, strictly=True) and _says(SAYS_AWAY, new)
    if not new:
        return not attached
    by_a_program, rest = found["automatic"] is not None, found["rest"]
    names_a_mail, names_no_matter = _names_a_mail(found), _names_no_matter(rest) or NOTICE.fullmatch(rest) is not None
    if _says(DECLARES, new):
        return True
    if REPLY.match(subject):
        return False  # to a program's mail, as a person writes it
    quotes = QUOTES_A_MAIL.match(rest) is not None
    names_a_mail = names_a_mail or quotes
    if has_matter(new, strictly=not names_a_mail and not answers, quotes=quotes) or (
        not names_a_mail and MATTER.match(rest)
    ):
        return False
    if _says(SAYS_AWAY, new) or (names_a_mail and COURTEOUS.search(new)):
        return True
    return (answers or by_a_program or names_no_matter) and DATES.search(new) is not None


def _names_a_mail(found: re.Match[str]) -> bool:
    """Whether it is a program's word, with nothing behind it but the subject of what is answered."""
    rest = found["rest"]
    is_closed = ABOUT_A_MAIL.match(rest) is not None or rest.lstrip()[:1] in tuple(":：])】」")
    return found["automatic"] is not None and is_closed


def _names_no_matter(rest: str) -> bool:
    return ABOUT_A_MAIL.match(rest) is not None or UNTIL_WHEN.fullmatch(rest) is not None


def _new(text: str) -> str:
    """What is not quoted; empty if all is."""
    words = visible(text)
    lines = [line for line in words.split("\n") if line.strip()]
    own = [line for line in lines if not line.lstrip().startswith(">")]
    # Where nothing else would be left, all is there: an attribution and what is quoted below it.
    only_attribution = len(own) < len(lines) and len(own) <= 2 and (not own or own[-1].rstrip().endswith((":", "：")))
    return "" if only_attribution else "\n".join(own)


def _says(wording: re.Pattern[str], text: str) -> bool:
    return any(not SUPPOSED.search(text[max(0, at.start() - 40) : at.start()]) for at in wording.finditer(text))
