"""Why sla-timer will not. A docstring is the message, `status` the HTTP status the shell answers."""

from typing import ClassVar

from contracts.refusals import Refusal as Refusal


class UnknownCalendar(Refusal):
    """The policy has no such calendar."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "unknown-calendar"


class UnknownPolicy(Refusal):
    """No such version of the policy has been published."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "unknown-policy"


class OtherPromise(Refusal):
    """The new policy promises something of another kind, which a running clock can't become."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "other-promise"


class NoClockYet(Refusal):
    """The ticket waits for information: no clock runs that could follow another policy."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "no-clock-yet"
