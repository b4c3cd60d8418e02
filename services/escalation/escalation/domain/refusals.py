"""Why an escalation refuses a command. A docstring is the message."""

from typing import ClassVar

from contracts.refusals import Refusal


class NoOpenEscalation(Refusal):
    """Nobody is being called about this."""

    slug: ClassVar[str] = "no-open-escalation"


class NotStaff(Refusal):
    """Only staff can acknowledge an escalation."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "not-staff"


class NotCalled(Refusal):
    """Somebody else is called about this complaint."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "not-called"


class CallUnknown(Refusal):
    """This call is not known here."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "call-unknown"
