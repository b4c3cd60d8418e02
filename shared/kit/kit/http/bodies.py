"""Request bodies: a route takes each field as it was written, or refuses it by name."""

from collections import Counter
from collections.abc import Sequence
from json import JSONDecodeError, loads
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from starlette.datastructures import Headers

from kit.http.problems import FieldError, Trouble, misunderstood


class Body(BaseModel):
    """Base of request bodies: unknown fields are refused, and values are not converted between types."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _of_its_kind(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse conversions that pydantic would do, such as true to 1."""
        allowed = kinds(cls.model_fields[info.field_name or ""].annotation)
        if isinstance(value, bool) and bool not in allowed:
            raise ValueError("is true or false, which says nothing here; write a value")
        if bool in allowed and value is not None and not isinstance(value, bool):
            raise ValueError("must be true or false")
        if isinstance(value, float) and float not in allowed:
            raise ValueError("must have no decimals and no exponent")
        return value


def kinds(annotation: Any) -> set[Any]:
    """The types that an annotation allows."""
    return {annotation}.union(*map(kinds, get_args(annotation)))


def unreadable(headers: Headers) -> Trouble | None:
    """Why a body with these headers can't be read; None: it can."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))):
        fault = FieldError(field="Content-Type", detail=f"is {kind or 'missing'}; write application/json")
        return _unsupported(
            "Send JSON, with the header Content-Type: application/json.", fault, Accept="application/json"
        )
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        fault = FieldError(field="Content-Encoding", detail=f"is {coding}; leave it out")
        return _unsupported("Send the body as it is, not compressed.", fault, Accept_Encoding="identity")
    return None


def is_empty(headers: Headers) -> bool:
    """Whether the request has no body. The route then says which fields are missing."""
    return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers


def ambiguous(body: bytes) -> Trouble | None:
    """Why a body is ambiguous, because an object has a name twice; None: it isn't."""
    twice: list[str] = []

    def once(pairs: Sequence[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) < len(pairs):
            twice.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)

    try:
        loads(body, object_pairs_hook=once)
    except (JSONDecodeError, ValueError, RecursionError):
        return None  # the route says that it can't be read
    faults = [FieldError(field=name, detail="is given more than once; give it once") for name in dict.fromkeys(twice)]
    return misunderstood("Correct the fields named in errors, and send it again.", *faults) if faults else None


def _unsupported(detail: str, fault: FieldError, **headers: Any) -> Trouble:
    title = "The body is of a kind that is not taken here."
    return Trouble(415, "unsupported-media-type", title, detail, [fault], **headers)
