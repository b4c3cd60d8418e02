"""A mail that a provider posts: what the body must say, and whether its signature is right (Standard Webhooks)."""

from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from kit.http.bodies import Body
from kit.http.problems import FieldError, Trouble, misunderstood

SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
"""The headers of a signature."""
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


def opened(body: bytearray, headers: Mapping[str, str], secrets: Sequence[str]) -> Mail:
    """The mail in a body, which is emptied. Raises Trouble for a wrong signature, RequestValidationError for another
    shape. The library wants text, and copies it twice: this is for a thread, and for few bodies at once."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise unsigned("The body is no UTF-8.") from None
    body.clear()
    _verify(text, headers, secrets)
    try:
        posted = PostedMail.model_validate_json(text)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from None
    del text
    try:
        return Mail(posted.sender, posted.recipients, _decoded(posted.raw))
    except ValueError:
        fault = FieldError(field="raw", detail="is no base64; write the mail's bytes in base64, without line breaks")
        raise misunderstood("Correct the fields named in errors, and send it again.", fault) from None


def _decoded(text: str) -> bytearray:
    """The bytes of base64. Slice by slice: while the library works on one, no other thread runs. Raises ValueError."""
    content = bytearray()
    for at in range(0, len(text), SLICE_CHARACTERS):
        if len(content) * 4 != at * 3:
            raise ValueError("it is padded before its end")
        content += a2b_base64(text[at : at + SLICE_CHARACTERS], strict_mode=True)
    return content


def _verify(text: str, headers: Mapping[str, str], secrets: Sequence[str]) -> None:
    why = "No secret is set."
    for secret in secrets:
        try:
            Webhook(secret).verify(text, dict(headers), json_parse=False)
        except WebhookVerificationError as error:
            why = f"{error}."
        except ValueError:  # the library stumbles over odd headers
            why = "The signature can't be read."
        else:
            return
    raise unsigned(why)


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
