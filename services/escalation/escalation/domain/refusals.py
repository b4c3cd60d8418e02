"""Why an escalation refuses a command. A docstring is the message."""

from typing import ClassVar

from contracts.refusals import Refusal


class NoOpenEscalation(Refusal):
    """Nobody is being called for this ticket."""

    slug: ClassVar[str] = "no-open-escalation"


class NotStaff(Refusal):
    """Only staff can acknowledge an escalation."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "not-staff"
