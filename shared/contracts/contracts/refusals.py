"""The exception with which a core refuses a command. A subclass's docstring is its message."""

from typing import ClassVar


class Refusal(Exception):
    """This can't be done now."""

    status: ClassVar[int] = 409
    """The HTTP status of the answer."""
    slug: ClassVar[str] = "refused"
    """The last part of the problem's `type`."""

    def __init__(self, detail: str = "", *, field: str | None = None) -> None:
        """`detail`: what the caller can do about it; `field`: the field of the request that is at fault."""
        super().__init__(detail or self.title())
        self.detail = detail
        self.field = field

    @classmethod
    def title(cls) -> str:
        """The message: the first line of the docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0]
