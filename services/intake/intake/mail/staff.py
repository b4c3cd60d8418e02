"""What staff write by mail: who they are, and what their labelled lines say."""

import re
from dataclasses import dataclass
from typing import Literal

from contracts.addresses import canonical
from contracts.roles import STAFF, Role
from contracts.texts import is_blank
from intake.domain.ticket.labels import COLONS
from intake.mail.parse import Mail
from intake.mail.words import in_place, own_words

_LINE = re.compile(rf"[-*•_\s]*(states|public)[\s*_]*[{COLONS}][\s*_]*(.*)", re.IGNORECASE)
_STATES = re.compile(r"(?:an?\s+|the\s+)?(plan|resolution)\b.*", re.IGNORECASE)
_YES = re.compile(r"(?:yes|true)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StaffWords:
    """What is posted: without the labelled lines, and without what was quoted; empty if that is all.

    `states`: it is the initial response, if that is still owed. `public`: the requester reads it.
    """

    body: str
    states: Literal["resolution", "plan"] | None = None
    public: bool = True


def is_staff(address: str, domain: str) -> bool:
    """Whether it is a mailbox of the staff's domain."""
    return canonical(address).rpartition("@")[2] == canonical(domain)


def name_of(address: str) -> str:
    """By which name the log knows a member of the staff: as the mailbox is called, whatever stands after a `+`."""
    return canonical(address).rpartition("@")[0].partition("+")[0]


def role_of(address: str) -> Role:
    """The role that has this mailbox (`vp@…`); any other belongs to an engineer."""
    return next((role for role in sorted(STAFF) if role == name_of(address)), "engineer")


def staff_words(mail: Mail) -> StaffWords:
    """Only what was added to the quotation.

    Of a customer's mail a line that may be quoted is kept, and so is what they pass on; here it may be of a mail to
    staff, which no customer reads.
    """
    found: dict[str, str] = {}
    rest = []
    for line in own_words(mail, forwards=False).split("\n"):
        if line.lstrip().startswith(">"):
            continue
        label = _LINE.fullmatch(line.rstrip("\r"))
        if label is None or (label[1].lower() == "states" and not _STATES.fullmatch(label[2].strip())):
            rest.append(line)
        else:
            found.setdefault(label[1].lower(), label[2].strip().lower())
    body = "\n".join(rest).strip()
    states = _STATES.fullmatch(found.get("states", ""))
    return StaffWords(
        body=in_place(mail) if is_blank(body) and mail.attachments else body,
        states=None if states is None else "plan" if states[1] == "plan" else "resolution",
        public=_YES.fullmatch(found.get("public", "yes")) is not None,
    )
