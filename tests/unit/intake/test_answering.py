"""Messages, first contact, the initial response, and what only a TSE or TAM may change (P6, P13)."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.intake.story import (
    ACCOUNT,
    ANN,
    ASKED,
    BOB,
    BY_ENGINEER,
    BY_TAM,
    CLOSED,
    COMPLETED,
    CONTACTED,
    MESSAGE,
    NOTED,
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

from contracts.rights import NotAllowed
from contracts.roles import Role
from contracts.tickets import (
    Assigned,
    Channel,
    Details,
    InformationCompleted,
    InformationReceived,
    MessagePosted,
    PriorityChanged,
    SeverityChanged,
)
from intake.domain.commands import (
    Assign,
    ChangePriority,
    ChangeSeverity,
    Command,
    GiveInitialResponse,
    PostMessage,
)
from intake.domain.refusals import (
    AlreadyAnswered,
    Blank,
    NotContacted,
    NotesAreInternal,
    StatesNothing,
    TicketClosed,
    TicketUnknown,
)
from intake.domain.state import Responded, WaitingForInformation

STAFF_WRITES = PostMessage(**BY_ENGINEER, message_id=MESSAGE, channel="portal", body="I am looking at it.")
ANN_WRITES = PostMessage(**OF_ANN, message_id=MESSAGE, channel="email", body="Any news?", mail="m1", thread="<2@a>")
ANSWER = GiveInitialResponse(**BY_ENGINEER, message_id=MESSAGE, states="plan", body="We replace the disk tonight.")
RAISE = ChangeSeverity(**BY_ENGINEER, severity=1, reason="The whole site is down.")
HURRY = ChangePriority(**BY_TAM, priority="urgent", reason="Launch tomorrow.")
FROM_ANN = MessagePosted(
    ticket_id=TICKET,
    subject_id=ANN,
    message_id=MESSAGE,
    channel="email",
    author="requester",
    public=True,
    contact=False,
    body="Any news?",
    mail="m1",
    thread="<2@a>",
)


def test_a_message_of_an_engineer_to_the_requester_is_a_contact() -> None:
    assert outcome([OPENED], STAFF_WRITES) == [CONTACTED]
    assert outcome([OPENED], replace(STAFF_WRITES, by="account-manager")) == [CONTACTED]


def test_p6_a_message_of_another_member_of_staff_is_no_contact() -> None:
    for by in ("support-manager", "vp", "ceo"):
        assert outcome([OPENED], replace(STAFF_WRITES, by=by)) == [replace(CONTACTED, contact=False)]


def test_an_internal_note_is_no_contact() -> None:
    note = replace(STAFF_WRITES, public=False, body="Looks like the old fault.")
    assert outcome([OPENED], note) == [NOTED]


def test_a_requester_writes_no_internal_notes() -> None:
    assert isinstance(refusal([OPENED], replace(ANN_WRITES, public=False)), NotesAreInternal)


def test_a_requester_s_message_changes_no_situation() -> None:
    assert outcome([OPENED], ANN_WRITES) == [FROM_ANN]
    assert state_after([OPENED, FROM_ANN]) == state_after([OPENED])


def test_a_colleague_s_message_is_sealed_with_the_colleague_s_key() -> None:
    [posted] = outcome([OPENED], replace(ANN_WRITES, subject_id=BOB))
    assert posted.subject_id == BOB


def test_a_stranger_s_message_finds_no_ticket() -> None:
    stranger = PostMessage(**OF_A_STRANGER, message_id=MESSAGE, channel="portal", body="Hello?")
    assert isinstance(refusal([OPENED], stranger), TicketUnknown)


def test_an_empty_message_is_none() -> None:
    assert refusal([OPENED], replace(ANN_WRITES, body=" ")).slug == Blank.slug


def test_p12_a_requester_s_message_may_complete_the_information() -> None:
    told = Details(product_version="3.1", os_version="12")
    completed = replace(COMPLETED, details=told, message_id=MESSAGE)
    assert outcome([WAITING], replace(ANN_WRITES, details=told)) == [FROM_ANN, completed]


def test_a_requester_s_message_may_tell_part_of_it_or_nothing() -> None:
    told = Details(os_version="12")
    received = InformationReceived(
        ticket_id=TICKET, subject_id=ANN, details=told, missing=("product_version",), message_id=MESSAGE
    )
    assert outcome([WAITING], replace(ANN_WRITES, details=told)) == [FROM_ANN, received]


@pytest.mark.parametrize("channel", ["portal", "chat", "email"])
def test_a_message_that_tells_nothing_of_what_is_missing_is_answered_with_what_that_is(channel: Channel) -> None:
    nothing = InformationReceived(
        ticket_id=TICKET,
        subject_id=ANN,
        details=Details(),
        missing=("product_version", "os_version"),
        message_id=MESSAGE,
    )
    posted = replace(FROM_ANN, channel=channel)
    assert outcome([WAITING], replace(ANN_WRITES, channel=channel)) == [posted, nothing]
    assert state_after([WAITING, posted, nothing]) == state_after([WAITING])


LABELLED = "Product version: 3.1\r\n * OS Version : 12 *\nSeverity: 1\nThat is all I know."


@pytest.mark.parametrize("channel", ["portal", "chat", "email"])
@pytest.mark.parametrize("of", [OF_ANN, OF_BOB, {**OF_BOB, "by": "account-admin"}])
def test_labelled_lines_of_a_message_are_read_whatever_door_it_came_through(
    channel: Channel, of: dict[str, Any]
) -> None:
    message = PostMessage(**of, message_id=MESSAGE, channel=channel, body=LABELLED)
    [posted, completed] = outcome([WAITING], message)
    assert posted.body == LABELLED
    told = Details(product_version="3.1", os_version="12")
    assert completed == replace(COMPLETED, subject_id=of["subject_id"], details=told, message_id=MESSAGE)


def test_a_message_that_was_read_already_is_not_read_again() -> None:
    quoting = replace(ANN_WRITES, body=f"Here it is.\n> {LABELLED}", description="")
    [_, received] = outcome([WAITING], quoting)
    assert (received.details, received.missing) == (Details(), WAITING.missing)


def test_a_message_on_a_ticket_that_waits_for_its_description_is_the_description() -> None:
    given = [replace(WAITING, missing=("os_version", "description"), description="")]
    body = "OS version: 12\n\nIt stops after an hour."
    [_, received] = outcome(given, replace(ANN_WRITES, body="It stops after an hour."))
    assert (received.description, received.missing) == ("It stops after an hour.", ("os_version",))
    [_, completed] = outcome(given, replace(ANN_WRITES, body=body))
    assert (completed.description, completed.details) == ("It stops after an hour.", Details(os_version="12"))
    [_, received] = outcome(given, replace(ANN_WRITES, body="OS version: 12"))
    assert (received.description, received.missing) == (None, ("description",))


def test_a_message_is_no_description_where_there_is_one() -> None:
    [_, received] = outcome([WAITING], replace(ANN_WRITES, body="Thanks!\nOS version: 12"))
    assert received.description is None


def test_words_of_the_requester_complete_a_missing_description() -> None:
    given = [OPENED, replace(ASKED, missing=("description",))]
    [_, completed] = outcome(given, replace(ANN_WRITES, description="After an hour."))
    assert (type(completed), completed.description) == (InformationCompleted, "After an hour.")


def test_what_staff_write_tells_no_required_information() -> None:
    told = replace(STAFF_WRITES, details=Details(product_version="3.1", os_version="12"))
    assert outcome([WAITING], told) == [CONTACTED]
    assert outcome([WAITING], replace(STAFF_WRITES, body=LABELLED)) == [replace(CONTACTED, body=LABELLED)]


def test_p13_an_initial_response_states_a_plan_or_a_resolution() -> None:
    assert outcome([OPENED], ANSWER) == [RESPONDED]
    assert outcome([OPENED], replace(ANSWER, states="resolution")) == [replace(RESPONDED, states="resolution")]


def test_p13_looking_into_it_is_no_initial_response() -> None:
    refused = refusal([OPENED], replace(ANSWER, states=None, body="Looking into it."))
    assert (type(refused), refused.status, refused.field) == (StatesNothing, 422, "states")
    assert isinstance(state_after([OPENED, CONTACTED]), type(state_after([OPENED])))


def test_p13_an_initial_response_says_something() -> None:
    assert refusal([OPENED], replace(ANSWER, body="\n")).field == "body"


def test_a_response_may_come_before_the_information_and_says_so() -> None:
    responded = replace(RESPONDED, waiting=True)
    assert outcome([WAITING], ANSWER) == [responded]
    assert isinstance(state_after([WAITING, responded]), Responded)


@pytest.mark.parametrize(
    "given", [[OPENED, RESPONDED], [OPENED, RESPONDED, RESOLVED], [OPENED, RESPONDED, RESOLVED, CLOSED]]
)
def test_the_initial_response_is_given_once(given: list[object]) -> None:
    assert isinstance(refusal(given, ANSWER), AlreadyAnswered)


def test_a_withdrawn_ticket_gets_no_initial_response() -> None:
    assert isinstance(refusal([OPENED, WITHDRAWN], ANSWER), TicketClosed)


@pytest.mark.parametrize("by", ["requester", "account-admin", "support-manager", "vp", "ceo", "analyst", "service"])
def test_p6_nobody_but_a_tse_or_tam_answers_or_assesses(by: Role) -> None:
    commands: list[Command] = [
        replace(ANSWER, by=by, account_id=ACCOUNT),
        replace(RAISE, by=by, account_id=ACCOUNT),
        replace(HURRY, by=by, account_id=ACCOUNT),
    ]
    for command in commands:
        refused = refusal([OPENED, CONTACTED], command)
        assert (type(refused), refused.status) == (NotAllowed, 403)


@pytest.mark.parametrize("given", [[OPENED], [WAITING], [OPENED, NOTED], [OPENED, FROM_ANN]])
def test_p6_nothing_is_reassessed_before_initial_contact(given: list[object]) -> None:
    for command in (RAISE, HURRY):
        refused = refusal(given, command)
        assert (type(refused), refused.status) == (NotContacted, 409)


@pytest.mark.parametrize("contact", [CONTACTED, ASKED, RESPONDED], ids=["message", "request", "response"])
def test_p6_any_message_of_a_person_makes_contact_and_then_severity_may_change(contact: object) -> None:
    assert outcome([OPENED, contact], RAISE) == [
        SeverityChanged(
            ticket_id=TICKET,
            subject_id=ANN,
            before=2,
            severity=1,
            tier="enlist",
            calendar=None,
            reason="The whole site is down.",
        )
    ]


def test_p6_priority_may_change_after_contact() -> None:
    assert outcome([OPENED, CONTACTED], HURRY) == [
        PriorityChanged(ticket_id=TICKET, subject_id=ANN, before="high", priority="urgent", reason="Launch tomorrow.")
    ]


def test_p6_a_change_of_severity_or_priority_has_a_reason() -> None:
    assert refusal([OPENED, CONTACTED], replace(RAISE, reason=" ")).field == "reason"
    assert refusal([OPENED, CONTACTED], replace(HURRY, reason=" ")).field == "reason"


def test_the_same_severity_or_priority_is_already_so() -> None:
    assert outcome([OPENED, CONTACTED], replace(RAISE, severity=2)) == []
    assert outcome([OPENED, CONTACTED, *outcome([OPENED, CONTACTED], HURRY)], HURRY) == []


def test_a_changed_severity_is_what_the_clock_starts_with() -> None:
    raised = outcome([OPENED, ASKED], RAISE)
    told = replace(ANN_WRITES, details=Details(os_version="12"))
    assert outcome([OPENED, ASKED, *raised], told)[1].severity == 1


def test_a_closed_ticket_is_neither_assessed_nor_assigned() -> None:
    given = [OPENED, RESPONDED, CLOSED]
    for command in (RAISE, HURRY, Assign(**BY_ENGINEER, engineer="eve")):
        assert isinstance(refusal(given, command), TicketClosed)


def test_a_ticket_is_assigned_and_passed_on() -> None:
    assigned = Assigned(ticket_id=TICKET, engineer="eve", before=None)
    assert outcome([OPENED], Assign(**BY_ENGINEER, engineer="eve")) == [assigned]
    assert outcome([OPENED, assigned], Assign(**BY_ENGINEER, engineer="eve")) == []
    assert outcome([OPENED, assigned], Assign(**BY_TAM, engineer="ida")) == [
        Assigned(ticket_id=TICKET, engineer="ida", before="eve")
    ]


def test_customers_assign_nothing() -> None:
    assert isinstance(refusal([OPENED], Assign(**OF_BOB, engineer="eve")), NotAllowed)


def test_a_message_in_a_waiting_ticket_leaves_it_waiting() -> None:
    assert isinstance(state_after([WAITING, CONTACTED]), WaitingForInformation)


def test_p8_what_a_quoted_form_says_counts_only_for_what_is_missing() -> None:
    """It may have been filled in for an earlier mail, before somebody said otherwise."""
    given = [replace(WAITING, missing=("os_version",))]
    said = replace(ANN_WRITES, description="Here.", form=Details(product_version="2.0", os_version="12"))
    [_, completed] = outcome(given, said)
    assert completed.details == Details(os_version="12")
    [_, completed] = outcome(given, replace(said, details=Details(os_version="13")))
    assert completed.details == Details(os_version="13")
