"""What sla-timer refuses to do. A docstring is the message, `status` the HTTP status of the answer."""

from typing import ClassVar

from contracts.refusals import Refusal as Refusal


class OtherPromise(Refusal):
    """The new policy promises something of another kind, which a running clock can't become."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "other-promise"


class NoClockYet(Refusal):
    """The ticket waits for information: no clock runs that could follow another policy."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "no-clock-yet"
