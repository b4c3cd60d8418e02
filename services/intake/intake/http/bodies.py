"""The bodies of requests, with their bounds. The core has the last word on lengths in bytes."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from contracts import texts
from contracts.addresses import check_address, check_domain
from contracts.languages import TAG_CHARACTERS, check_language
from hours.zones.names import check_zone
from intake.domain.events import Channel, Detail, Details, Kind, Priority, Severity, Tier
from kit.http.bodies import Body

Text = Annotated[str, Field(max_length=texts.BODY_BYTES)]
Line = Annotated[str, Field(max_length=texts.LINE_BYTES)]
Email = Annotated[str, AfterValidator(check_address), Field(max_length=320, examples=["ann@customer.example"])]
Domain = Annotated[str, AfterValidator(check_domain), Field(max_length=253, pattern=r"^[^@\s/]+\.[^@\s/]+$")]
Calendar = Annotated[
    str | None, Field(max_length=100, description="An agreed calendar of the policy (P14); null: the tier's.")
]
Language = Annotated[
    str,
    AfterValidator(check_language),
    Field(
        max_length=TAG_CHARACTERS,
        examples=["de"],
        description="In which we write to its people, as a tag of BCP 47 (`de-AT`); null: the vendor's. What we don't "
        "write comes in English.",
    ),
]
Zone = Annotated[
    str,
    AfterValidator(check_zone),
    Field(
        max_length=100,
        examples=["Europe/Berlin"],
        description="In which we name instants to its people, by IANA's name; null: the vendor's.",
    ),
]


class AccountIn(Body):
    """A customer that is entitled to support (P1)."""

    account_id: UUID | None = Field(None, description="Yours, if you have one; otherwise we draw it.")
    name: Line = Field(min_length=1, examples=["Example Ltd"])
    tier: Tier
    calendar: Calendar = None
    language: Language | None = None
    zone: Zone | None = None
    domains: list[Domain] = Field([], max_length=100, examples=[["customer.example"]])


class AccountChangeIn(Body):
    """Another tier, agreed calendar, language or time zone; what is left out stays."""

    tier: Tier | None = None
    calendar: Calendar = None
    language: Language | None = None
    zone: Zone | None = None


class DetailsIn(Body):
    """The required information of P8; what is left out will be asked for."""

    product: Line | None = Field(None, examples=["Aurora"])
    product_version: Line | None = Field(None, examples=["4.2"])
    product_build: Line | None = Field(None, examples=["4711"])
    os: Line | None = Field(None, examples=["Debian"])
    os_version: Line | None = Field(None, examples=["12"])
    os_build: Line | None = None

    def to_details(self) -> Details:
        """The details as the core takes them."""
        return Details(**self.model_dump())


class TicketIn(Body):
    """A request for help. A customer's account and address are those of the token; staff name them (P4, P8)."""

    severity: Severity
    priority: Priority
    title: Line = Field(examples=["The export fails"])
    description: Text = Field("", examples=["Since this morning every export ends with error 17."])
    details: DetailsIn = DetailsIn()
    channel: Channel = "portal"
    account_id: UUID | None = Field(None, description="Staff only: on whose behalf.")
    email: Email | None = Field(None, description="The requester's address, where it is not the token's.")


class InformationIn(Body):
    """Some or all of what was missing."""

    details: DetailsIn = DetailsIn()
    description: Text | None = None


class InformationRequestIn(Body):
    """What is missing, and why it is needed: the response clock waits for it (P12)."""

    missing: list[Detail] = Field(min_length=1, max_length=5)
    reason: Text


class MessageIn(Body):
    """A message to the other side, or (`public` false) a note among staff."""

    body: Text
    public: bool = True
    channel: Channel = "portal"
    awaits_reply: bool = Field(False, description="Staff only: the ticket waits for its requester's answer (P24).")


class ParticipantIn(Body):
    """Who is to take part."""

    email: Email


class MailTicketIn(Body):
    """For which account a mail opens a ticket."""

    account_id: UUID


class MailMessageIn(Body):
    """On which ticket a mail is a message."""

    number: Annotated[str, Field(max_length=40, examples=["P-1042"])]


class DiscardingIn(Body):
    """Why nothing comes of a mail."""

    reason: Line = Field(min_length=1, examples=["An advertisement."])


class MarkIn(Body):
    """That a message is feedback, and why."""

    kind: Kind | None = Field(None, description="What it is; null: the acknowledgement will say so")
    reason: Text = Field(
        description="For staff: what is new, or why it is feedback", examples=["She has waited for three days."]
    )


class ResponseIn(Body):
    """The initial response: it `states` a resolution or a plan of action (P13)."""

    states: Literal["resolution", "plan"] | None = None
    body: Text
    awaits_reply: bool = Field(False, description="The ticket waits for its requester's answer from now on (P24).")


class SeverityIn(Body):
    """The severity as assessed, and why (P6)."""

    severity: Severity
    reason: Text


class PriorityIn(Body):
    """The priority as assessed, and why (P6)."""

    priority: Priority
    reason: Text


class AssignmentIn(Body):
    """Who works on it."""

    engineer: Line = Field(examples=["eve"])


class ResolutionIn(Body):
    """How the matter was settled."""

    resolution: Text


class ClosingIn(Body):
    """`withdrawn`: only by its requester or the account's admin, who no longer need an answer."""

    cause: Literal["resolved", "withdrawn"] = "resolved"


class ReopeningIn(Body):
    """Why it is not the end after all."""

    reason: Text
