"""An incident's rows become our facts, each at its own instant."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.punctual.incidents import SAO_PAULO, incident, read, text

from contracts.tickets import (
    Assigned,
    Closed,
    InformationCompleted,
    InformationRequested,
    InitialResponseGiven,
    MessagePosted,
    PriorityChanged,
    Reopened,
    Resolved,
    SeverityChanged,
    TicketOpened,
)
from punctual.servicenow.facts import history, registered
from punctual.servicenow.rows import Incident, Unreadable


def states(*found: str, **more: str) -> Incident:
    """One row for each state, ten minutes apart."""
    return incident(
        *({"incident_state": state, "sys_updated_at": f"1/3/2016 09:{n}0"} for n, state in enumerate(found)), **more
    )


def kinds(one: Incident) -> list[type[Any]]:
    return [type(each.event) for each in history(one, SAO_PAULO)]


def of(kind: type[Any], one: Incident) -> list[Any]:
    return [each.event for each in history(one, SAO_PAULO) if isinstance(each.event, kind)]


def test_a_plain_life_is_opened_answered_resolved_and_closed() -> None:
    life = states("New", "Active", "Resolved", "Closed")
    assert kinds(life) == [TicketOpened, InitialResponseGiven, Resolved, Closed]
    [response] = of(InitialResponseGiven, life)
    assert response.states == "plan"


def test_what_nobody_took_up_before_it_was_resolved_is_answered_by_its_resolution() -> None:
    life = states("New", "Resolved", "Closed")
    assert kinds(life) == [TicketOpened, InitialResponseGiven, Resolved, Closed]
    assert of(InitialResponseGiven, life)[0].states == "resolution"
    assert kinds(states("New", "Closed")) == kinds(life)


def test_asked_before_any_answer_the_information_is_incomplete_until_the_next_state() -> None:
    life = states("New", "Awaiting User Info", "New", "Awaiting User Info", "Active")
    assert kinds(life) == [TicketOpened, InformationRequested, InformationCompleted, InitialResponseGiven]


def test_asked_after_the_answer_it_is_a_message_to_the_requester() -> None:
    life = states("Active", "Awaiting User Info", "Active", "Awaiting User Info")
    assert kinds(life) == [TicketOpened, InitialResponseGiven, MessagePosted, MessagePosted]
    assert all(one.contact for one in of(MessagePosted, life))


def test_open_again_after_its_end_it_is_reopened_and_closed_a_second_time() -> None:
    life = states("Active", "Resolved", "Active", "Closed", "Awaiting Vendor", "Closed")
    assert kinds(life)[2:] == [Resolved, Reopened, Resolved, Closed, Reopened, Resolved, Closed]
    assert [one.closing for one in of(Closed, life)] == [1, 2]


def test_a_state_that_the_log_does_not_define_changes_nothing() -> None:
    assert kinds(states("Active", "-100", "Active")) == kinds(states("Active"))


def test_another_priority_changes_severity_and_priority() -> None:
    life = incident({}, {"priority": "1 - Critical"}, {"priority": "4 - Low"})
    assert [(one.before, one.severity) for one in of(SeverityChanged, life)] == [(3, 1), (1, 4)]
    assert [(one.before, one.priority) for one in of(PriorityChanged, life)] == [
        ("normal", "urgent"),
        ("urgent", "low"),
    ]


def test_whoever_it_is_given_to_next_is_assigned() -> None:
    life = incident({"assigned_to": "Resolver 1"}, {"assigned_to": "?"}, {"assigned_to": "Resolver 2"})
    assert [(one.before, one.engineer) for one in of(Assigned, life)] == [
        (None, "Resolver 1"),
        ("Resolver 1", "Resolver 2"),
    ]


def test_each_fact_has_the_instant_of_its_row_in_the_zone_of_the_log_and_none_is_earlier_than_the_one_before() -> None:
    life = incident(
        {"sys_updated_at": "1/3/2016 08:00"},
        {"incident_state": "Active", "sys_updated_at": "1/3/2016 10:30"},
        {"incident_state": "Resolved", "sys_updated_at": "1/3/2016 10:20"},
    )
    nine, half_past_ten = datetime(2016, 3, 1, 12, tzinfo=UTC), datetime(2016, 3, 1, 13, 30, tzinfo=UTC)
    assert [one.at for one in history(life, SAO_PAULO)] == [nine, half_past_ten, half_past_ten]


def test_ids_follow_from_the_log_alone_so_that_the_same_is_recorded_once() -> None:
    once, again = history(states("New", "Active"), SAO_PAULO), history(states("New", "Active", "Closed"), SAO_PAULO)
    assert once == again[: len(once)]
    assert len({one.command_id for one in again}) == len(again)


def test_an_account_is_a_location_and_nobody_can_be_written_to() -> None:
    [opened] = of(TicketOpened, incident({}))
    account = registered("Location 1", datetime(2016, 3, 1, tzinfo=UTC)).event
    assert (account.account_id, account.name) == (opened.account_id, "Location 1")
    assert opened.email == "caller-7@servicenow.invalid"
    assert (opened.number, opened.title) == ("INC1", "Category 5, Symptom 2")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"sys_updated_at": "2016-03-01"}, "line 2: sys_updated_at is '2016-03-01'; write a time such as"),
        ({"opened_at": "31/2/2016 01:00"}, "line 2: opened_at is '31/2/2016 01:00'; write a time such as"),
        ({"opened_at": "1/2/2016 01:0"}, "line 2: opened_at is '1/2/2016 01:0'; write a time such as"),
        ({"priority": "?"}, "line 2: priority is '?'; write a priority such as"),
        ({"closed_at": "29/2/2016 09:00"}, "line 2: closed_at is '29/2/2016 09:00'; that is before opened_at"),
        ({"resolved_at": "1/3/2016 08:59"}, "line 2: resolved_at is '1/3/2016 08:59'; that is before opened_at"),
    ],
)
def test_a_value_that_can_not_be_read_is_named_with_its_line(row: dict[str, str], said: str) -> None:
    with pytest.raises(Unreadable, match=said.replace("?", r"\?")):
        history(incident(row), SAO_PAULO)


def test_rows_that_stand_newest_first_are_refused() -> None:
    times = [{"sys_updated_at": "2/3/2016 09:00"}, {"sys_updated_at": "1/3/2016 09:00"}]
    with pytest.raises(Unreadable, match=r"line 3: sys_updated_at is '1/3/2016 09:00'; that is before .* sort by time"):
        history(incident(*times), SAO_PAULO)


def test_a_byte_order_mark_is_no_part_of_the_header() -> None:
    assert [one.number for one in read("\ufeff" + text([states("New")]))] == ["INC1"]


def test_a_file_is_read_incident_by_incident_whatever_other_columns_it_has() -> None:
    log = [states("New", "Active"), states("New", number="INC2")]
    assert [(one.number, one.rows) for one in read(text(log))] == [(one.number, one.rows) for one in log]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no column number"),
        ("number,priority\n", "no column incident_state"),
        (text([states("New")]).replace(",", ";"), "separated by semicolons"),
        (text([states("New", number="")]), "line 2: number is empty"),
        (text([states("New", made_sla="maybe")]), "line 2: made_sla is 'maybe'; write true or false"),
        (text([states("New")]) + "INC9,New\n", "line 3: 2 columns"),
        (text([states("New"), states("New", number="INC2"), states("New")]), "line 4: more of INC1"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_the_line(content: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(content)
