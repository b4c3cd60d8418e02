"""A mail that a provider posts: what the body must say, and whether its signature is right (Standard Webhooks)."""

from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Annotated, NamedTuple

from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from intake.mailroom.signature import SIGNED, fault
from kit.http.bodies import Body
from kit.http.problems import FieldError, Trouble, misunderstood

MAX_RECIPIENTS = 100
SLICE_CHARACTERS = 256 * 1024
"""Of base64, decoded at a time; a multiple of four."""
_Address = Annotated[str, Field(max_length=1_000)]


class PostedMail(Body):
    """A mail, with its envelope."""

    sender: str | None = Field(
        None,
        max_length=1_000,
        description="Of the envelope (MAIL FROM); empty for a null one.",
        examples=["ann@b.example"],
    )
    recipients: list[_Address] = Field(
        min_length=1,
        max_length=MAX_RECIPIENTS,
        description="Of the envelope (RCPT TO); one at least is a mailbox of the desk.",
        examples=[["support@punctual.local"]],
    )
    raw: str = Field(min_length=1, description="The mail as it came (RFC 5322), in base64.", examples=["RnJvbTog…"])


class Mail(NamedTuple):
    """What was posted. `content`: the mail's bytes, not yet read."""

    sender: str | None
    recipients: list[str]
    content: bytearray


def opened(body: BytesIO, headers: Mapping[str, str], secrets: Sequence[str], now: float) -> Mail:
    """The mail in a body, which is closed. `now`: seconds since 1970. Raises Trouble for a wrong signature,
    RequestValidationError for another shape. This is for a thread, and for few bodies at once."""
    text = body.getvalue()  # not copied; nor does the library copy bytes, as it does a bytearray
    if why := fault(text, headers, secrets, now):
        raise unsigned(why)
    try:
        posted = PostedMail.model_validate_json(text)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in faults]) from None
    del text
    body.close()
    try:
        return Mail(posted.sender, posted.recipients, _decoded(posted.raw))
    except ValueError:
        wrong = FieldError(field="raw", detail="is no base64; write the mail's bytes in base64, without line breaks")
        raise misunderstood("Correct the fields named in errors, and send it again.", wrong) from None


def _decoded(text: str) -> bytearray:
    """The bytes of base64. Slice by slice: while the library works on one, no other thread runs. Raises ValueError."""
    content = bytearray()
    for at in range(0, len(text), SLICE_CHARACTERS):
        if len(content) * 4 != at * 3:
            raise ValueError("it is padded before its end")
        content += a2b_base64(text[at : at + SLICE_CHARACTERS], strict_mode=True)
    return content


def unsigned(why: str) -> Trouble:
    """A request that nobody we know signed, or not lately."""
    return Trouble(
        401,
        "not-authenticated",
        "Who is sending this?",
        f"{why} Sign each request anew by Standard Webhooks, with the secret that was agreed.",
        [FieldError(field=name, detail="signs the body, as Standard Webhooks has it") for name in SIGNED],
        WWW_Authenticate="StandardWebhooks",
    )
