"""Opening a ticket (P3-P5) and the information it needs before its clock runs (P8, P12)."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.intake.story import (
    ACCOUNT,
    ALL,
    ANN,
    ASKED,
    BOB,
    BY_ENGINEER,
    CLOSED,
    COMPLETED,
    NOON,
    OF_A_STRANGER,
    OF_ANN,
    OF_BOB,
    OPENED,
    RESOLVED,
    RESPONDED,
    TICKET,
    WAITING,
    WITHDRAWN,
    outcome,
    refusal,
    state_after,
)

from contracts.policy import DEFAULT_REQUIRED
from contracts.rights import NotAllowed
from contracts.sla import PolicyPublished
from contracts.tickets import Details, InformationCompleted, InformationReceived, InformationRequested, TicketOpened
from intake.domain.commands import (
    Entitlement,
    OpenTicket,
    ProvideInformation,
    RequestInformation,
    TicketRequest,
)
from intake.domain.policy import SHIPPED, Policy
from intake.domain.refusals import (
    AccountUnknown,
    AlreadyAnswered,
    Blank,
    NothingAsked,
    TicketClosed,
    TicketUnknown,
    TooLong,
)
from intake.domain.state import Open, Responded, WaitingForInformation, missing_information

REQUEST = TicketRequest(
    ticket_id=TICKET,
    by="requester",
    number="P-1042",
    account_id=ACCOUNT,
    subject_id=ANN,
    channel="portal",
    severity=2,
    priority="high",
    details=ALL,
    title="It stops",
    description="It stops after an hour.",
    email="ann@acme.example",
)
OPEN = OpenTicket(REQUEST, Entitlement(account_version=1, tier="enlist", calendar=None))
VERSIONS = Details(product_version="3.1", os_version="12")


def asking(**values: Any) -> OpenTicket:
    """The same request but for these values."""
    return replace(OPEN, request=replace(REQUEST, **values))


def test_p8_a_ticket_with_all_required_information_is_complete() -> None:
    assert outcome([], OPEN) == [OPENED]
    assert isinstance(state_after([OPENED]), Open)


def test_p8_what_is_missing_is_named_in_the_order_of_the_rule() -> None:
    [opened] = outcome([], asking(details=Details(os="Debian", product="  "), description=" \n\t"))
    assert opened.missing == ("product", "product_version", "os_version", "description")
    assert opened.details == Details(os="Debian")
    assert isinstance(state_after([opened]), WaitingForInformation)
    assert missing_information(state_after([opened])) == opened.missing
    assert missing_information(state_after([OPENED])) == ()


def test_an_account_that_is_not_registered_opens_no_ticket() -> None:
    refused = refusal([], replace(OPEN, entitlement=None))
    assert (type(refused), refused.field) == (AccountUnknown, "account_id")


def test_p8_builds_are_welcome_and_never_required() -> None:
    [opened] = outcome([], asking(details=replace(ALL, product_build=" 77 ", os_build="")))
    assert (opened.missing, opened.details) == ((), replace(ALL, product_build="77"))


def test_the_policy_may_require_less() -> None:
    modest = Policy(version="modest", required=("product",), calendars=())
    [opened] = outcome([], asking(details=Details(), description="", policy=modest))
    assert (opened.missing, opened.policy) == (("product",), "modest")
    [opened] = outcome([], asking(details=Details(), policy=replace(modest, required=())))
    assert opened.missing == ()


def test_before_any_policy_was_heard_of_the_shipped_one_says_what_is_required() -> None:
    [opened] = outcome([], asking(details=Details(), description=""))
    assert (opened.missing, opened.policy) == (DEFAULT_REQUIRED, None)


def test_another_policy_says_what_is_required_and_which_calendars_there_are() -> None:
    resolved = {"required": ["os"], "calendars": {}, "metrics": "of no concern here"}
    event = PolicyPublished(shard=0, version="v2", name="n", tzdata="t", holidays="h", resolved=resolved)
    assert SHIPPED.published(event) == Policy(version="v2", required=("os",), calendars=())
    with pytest.raises(ValueError, match="v2: required"):
        SHIPPED.published(replace(event, resolved=resolved | {"required": ["shoe_size"]}))


def test_a_mail_s_ticket_names_the_mail_its_thread_and_the_ticket_it_refers_to() -> None:
    [opened] = outcome(
        [],
        asking(channel="email", claimed_at=NOON, mail="sha256:1", thread="<1@acme.example>", related=BOB),
    )
    assert isinstance(opened, TicketOpened)
    assert (opened.channel, opened.claimed_at, opened.mail) == ("email", NOON, "sha256:1")
    assert (opened.thread, opened.related) == ("<1@acme.example>", BOB)


def test_opening_the_same_ticket_again_is_already_so_even_with_another_number_drawn() -> None:
    assert outcome([OPENED], asking(number="P-1043")) == []


@pytest.mark.parametrize("by", ["requester", "account-admin", "engineer", "account-manager", "support-manager"])
def test_customers_ask_for_help_and_staff_may_do_it_for_them(by: str) -> None:
    assert outcome([], asking(by=by)) == [OPENED]


@pytest.mark.parametrize("by", ["analyst", "admin", "vp", "ceo", "service"])
def test_others_open_no_tickets(by: str) -> None:
    refused = refusal([], asking(by=by))
    assert (type(refused), refused.status) == (NotAllowed, 403)
    assert by in refused.detail


def test_a_ticket_needs_a_title() -> None:
    refused = refusal([], asking(title="\u200b "))
    assert (type(refused), refused.status, refused.field) == (Blank, 422, "title")


def test_a_text_that_no_record_could_carry_is_refused_with_its_name() -> None:
    long = "é" * 200_000
    for field, command in {"title": asking(title=long), "description": asking(description=long)}.items():
        refused = refusal([], command)
        assert (type(refused), refused.status, refused.field) == (TooLong, 422, field)


def test_a_detail_is_one_line_not_a_book() -> None:
    assert refusal([], asking(details=replace(ALL, os="x" * 1_001))).field == "os"


def test_p12_what_completes_the_information_starts_the_clock_with_what_it_needs() -> None:
    provide = ProvideInformation(**OF_ANN, details=VERSIONS)
    assert outcome([WAITING], provide) == [replace(COMPLETED, details=VERSIONS)]


def test_p12_part_of_it_leaves_the_rest_wanted() -> None:
    provide = ProvideInformation(**OF_BOB, details=Details(os_version=" 12 "))
    received = InformationReceived(
        ticket_id=TICKET, subject_id=BOB, details=Details(os_version="12"), missing=("product_version",)
    )
    assert outcome([WAITING], provide) == [received]
    assert outcome([WAITING, received], ProvideInformation(**OF_ANN, details=Details(product_version="3.1"))) == [
        replace(COMPLETED, details=Details(product_version="3.1"))
    ]


def test_labelled_lines_of_a_description_tell_what_the_form_leaves_out() -> None:
    written = "Version: 3.1\nOS: NetBSD\nOS version: 12\n\nIt stops."
    [opened] = outcome([], asking(details=Details(product="Punctual", os="Debian"), description=written))
    assert (opened.details, opened.missing, opened.description) == (ALL, (), written)
    [completed] = outcome([WAITING], ProvideInformation(**OF_ANN, description=written))
    assert (completed.details, completed.description) == (replace(VERSIONS, os="NetBSD"), written)


def test_a_description_can_be_what_was_missing() -> None:
    nothing_said = replace(OPENED, missing=("description",), description="")
    [completed] = outcome([nothing_said], ProvideInformation(**OF_ANN, description="It stops."))
    assert completed == replace(COMPLETED, details=Details(), description="It stops.")


def test_an_engineer_may_note_what_the_requester_said_on_the_phone() -> None:
    [completed] = outcome([WAITING], ProvideInformation(**BY_ENGINEER, details=VERSIONS))
    assert (type(completed), completed.subject_id) == (InformationCompleted, ANN)


@pytest.mark.parametrize(
    "told", [Details(), Details(product="Punctual"), Details(product_version=" ")], ids=["nothing", "known", "blank"]
)
def test_what_is_no_news_changes_nothing(told: Details) -> None:
    assert outcome([WAITING], ProvideInformation(**OF_ANN, details=told, description=" ")) == []


def test_news_on_a_complete_ticket_is_kept_and_starts_nothing() -> None:
    provide = ProvideInformation(**OF_ANN, details=Details(os_build="19045", os="Debian"))
    received = InformationReceived(ticket_id=TICKET, subject_id=ANN, details=Details(os_build="19045"), missing=())
    for given in ([OPENED], [OPENED, RESPONDED], [OPENED, RESPONDED, RESOLVED]):
        assert outcome(given, provide) == [received]
    assert state_after([OPENED, received]).ticket.details == replace(ALL, os_build="19045")  # type: ignore[union-attr]


def test_a_closed_ticket_takes_no_information() -> None:
    refused = refusal([OPENED, WITHDRAWN], ProvideInformation(**OF_ANN, details=VERSIONS))
    assert (type(refused), refused.status) == (TicketClosed, 409)


def test_another_account_s_ticket_does_not_exist() -> None:
    refused = refusal([WAITING], ProvideInformation(**OF_A_STRANGER, details=VERSIONS))
    assert (type(refused), refused.status) == (TicketUnknown, 404)


def test_a_ticket_that_was_never_opened_does_not_exist() -> None:
    assert isinstance(refusal([], ProvideInformation(**BY_ENGINEER, details=VERSIONS)), TicketUnknown)


ASK = RequestInformation(**BY_ENGINEER, missing=["os_version"], reason="Which build of it?")


def test_information_found_incomplete_is_asked_for_with_a_reason() -> None:
    assert outcome([OPENED], ASK) == [ASKED]
    assert isinstance(state_after([OPENED, ASKED]), WaitingForInformation)


def test_what_was_asked_for_anew_counts_even_if_it_is_the_same() -> None:
    provide = ProvideInformation(**OF_ANN, details=Details(os_version="12"))
    assert outcome([OPENED, ASKED], provide) == [replace(COMPLETED, details=Details(os_version="12"))]


def test_asking_on_adds_to_what_is_wanted() -> None:
    ask = RequestInformation(**BY_ENGINEER, missing=["description", "os_version"], reason="What happens before?")
    assert outcome([WAITING], ask) == [
        InformationRequested(
            ticket_id=TICKET,
            subject_id=ANN,
            missing=("product_version", "os_version", "description"),
            reason="What happens before?",
            named=("os_version", "description"),
        )
    ]


@pytest.mark.parametrize(
    "given", [[OPENED, RESPONDED], [OPENED, RESPONDED, RESOLVED], [OPENED, RESPONDED, RESOLVED, CLOSED]]
)
def test_p12_no_information_is_found_incomplete_after_the_initial_response(given: list[object]) -> None:
    refused = refusal(given, ASK)
    assert (type(refused), refused.status) == (AlreadyAnswered, 409)


def test_a_withdrawn_ticket_is_asked_nothing() -> None:
    assert isinstance(refusal([OPENED, WITHDRAWN], ASK), TicketClosed)


def test_a_request_for_information_names_what_it_wants_and_why() -> None:
    assert isinstance(refusal([OPENED], replace(ASK, missing=())), NothingAsked)
    assert refusal([OPENED], replace(ASK, reason="")).field == "reason"


@pytest.mark.parametrize("by", ["requester", "support-manager", "service"])
def test_only_a_tse_or_tam_finds_information_incomplete(by: str) -> None:
    assert isinstance(refusal([OPENED], replace(ASK, by=by, account_id=ACCOUNT)), NotAllowed)  # type: ignore[arg-type]


def test_a_fact_out_of_place_changes_nothing() -> None:
    assert state_after([ASKED]) == state_after([])
    assert state_after([OPENED, OPENED]) == state_after([OPENED])
    assert isinstance(state_after([OPENED, RESPONDED, ASKED]), Responded)
    assert isinstance(state_after([OPENED, COMPLETED]), Open)
