"""Why a command is refused. The docstring is what the caller reads; `detail` says what would help."""

from typing import ClassVar


class Refusal(Exception):
    """This can't be done."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "refused"

    def __init__(self, detail: str = "", *, field: str | None = None) -> None:
        super().__init__(detail or self.__doc__)
        self.detail = detail
        self.field = field


class UnknownCalendar(Refusal):
    """The policy has no such calendar."""

    status = 422
    slug = "unknown-calendar"


class UnknownPolicy(Refusal):
    """No such version of the policy has been published."""

    status = 422
    slug = "unknown-policy"
