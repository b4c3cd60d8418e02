"""Bodies of requests: what a route takes is taken as it was written, or refused by name."""

from collections import Counter
from collections.abc import Sequence
from json import JSONDecodeError, loads
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from starlette.datastructures import Headers

from kit.http.problems import FieldError, Trouble, misunderstood


class Body(BaseModel):
    """A request: a field that we don't know is a mistake, not to be passed over, and true is no number."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _of_its_kind(cls, value: Any, info: ValidationInfo) -> Any:
        """What Python takes for another kind of value is one no more."""
        allowed = kinds(cls.model_fields[info.field_name or ""].annotation)
        if isinstance(value, bool) and bool not in allowed:
            raise ValueError("is true or false, which says nothing here; write a value")
        if bool in allowed and value is not None and not isinstance(value, bool):
            raise ValueError("must be true or false")
        if isinstance(value, float) and float not in allowed:
            raise ValueError("must have no decimals and no exponent")
        return value


def kinds(annotation: Any) -> set[Any]:
    """Of which types a field may be."""
    return {annotation}.union(*map(kinds, get_args(annotation)))


def unreadable(headers: Headers) -> Trouble | None:
    """Why a body is none that can be read."""
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
    """Whether there is no body: which fields are missing is said by the route."""
    return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers


def ambiguous(body: bytes) -> Trouble | None:
    """Why the body says two things at once: a name that an object has twice."""
    twice: list[str] = []

    def once(pairs: Sequence[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) < len(pairs):
            twice.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)

    try:
        loads(body, object_pairs_hook=once)
    except (JSONDecodeError, ValueError, RecursionError):
        return None  # that it can't be read is said by the route
    faults = [FieldError(field=name, detail="is given more than once; give it once") for name in dict.fromkeys(twice)]
    return misunderstood("Correct the fields named in errors, and send it again.", *faults) if faults else None


def _unsupported(detail: str, fault: FieldError, **headers: Any) -> Trouble:
    title = "The body is of a kind that is not taken here."
    return Trouble(415, "unsupported-media-type", title, detail, [fault], **headers)
