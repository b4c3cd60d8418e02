"""What a policy doesn't have. A docstring is the message, `status` the HTTP status of the answer."""

from typing import ClassVar

from contracts.refusals import Refusal


class UnknownCalendar(Refusal):
    """The policy has no such calendar."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "unknown-calendar"


class UnknownPolicy(Refusal):
    """No such version of the policy has been published."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "unknown-policy"
