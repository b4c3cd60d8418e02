"""Errors about records and events that can't be read. The docstring of each is its message."""

import re

_PLACE = re.compile(r"^(?P<detail>.*?) - at `\$\.?(?P<field>.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<field>[^`]+)`")


class UnknownEvent(Exception):
    """This reader has no such event type or version: it is older than the writer, or the topic isn't ours."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"no event {name} v{version} is known here")
        self.name = name
        self.version = version


class MalformedEvent(Exception):
    """The event's JSON doesn't fit its class. `field` is the path of the culprit, None if it is all of it."""

    def __init__(self, name: str, version: int, field: str | None, detail: str) -> None:
        super().__init__(f"{name} v{version}: {field or 'the value'}: {detail}")
        self.name = name
        self.version = version
        self.field = field
        self.detail = detail

    @classmethod
    def from_msgspec(cls, name: str, version: int, error: Exception) -> "MalformedEvent":
        """From msgspec's message, which ends in the path of the field."""
        text = str(error)
        place = _PLACE.match(text)
        path, detail = (place["field"], place["detail"]) if place else ("", text)
        missing = _MISSING.match(detail)
        if missing:
            path, detail = ".".join(filter(None, (path, missing["field"]))), "is missing"
        return cls(name, version, path or None, detail)


class MalformedRecord(Exception):
    """A Kafka record isn't one of ours, or is damaged. `part` names the header or the part of the record."""

    def __init__(self, part: str, detail: str) -> None:
        super().__init__(f"{part}: {detail}")
        self.part = part
        self.detail = detail


class SealBroken(Exception):
    """A sealed text doesn't authenticate: another key, another place in the log, or altered bytes."""
