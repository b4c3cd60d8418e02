"""The demo's story: a sample of a real day, and what people do in it."""

from collections import Counter
from datetime import timedelta

import pytest
from tests.shared import DATA, none

from punctual.demo import derive
from punctual.demo.actions import Ask, Assess, Close, Inform, Open, Rate, Reopen, Resolve, Respond, Ticket, Write
from punctual.demo.people import ACCOUNTS
from punctual.demo.plan import story
from punctual.demo.sample import MIDNIGHT, incidents


@pytest.mark.skipif(not (DATA / derive.LOG).is_file(), reason=none("incident log"))
def test_the_committed_sample_is_what_the_script_makes_of_the_log() -> None:
    assert derive.read(DATA) == derive.SAMPLE.read_text()


def test_a_row_that_changes_neither_state_nor_priority_is_no_change() -> None:
    row = {
        "number": "INC1",
        "opened_at": "2/3/2016 08:00",
        "incident_state": "New",
        "priority": "3 - Moderate",
        "reopen_count": "0",
    }
    rows = [
        row | {"sys_updated_at": "2/3/2016 08:01"},
        row | {"sys_updated_at": "2/3/2016 08:05", "incident_state": "Active"},
        row | {"sys_updated_at": "2/3/2016 08:09", "incident_state": "Active"},
        row | {"sys_updated_at": "3/3/2016 08:00", "incident_state": "Resolved"},
        row | {"sys_updated_at": "9/3/2016 08:00", "incident_state": "Active", "reopen_count": "1"},
    ]
    (found,) = derive.derive(rows)
    assert found["changes"] == [{"at": "08:05", "state": "active", "priority": 3}]
    assert (found["opened"], found["reopened_after_days"]) == ("08:00", 7)


def test_every_incident_becomes_one_ticket_opened_at_its_real_minute() -> None:
    tickets = story()
    assert [(one.name, one.opened, one.priority) for one in incidents()] == [
        (ticket.incident, ticket.actions[0].at, _opening(ticket).severity) for ticket in tickets
    ]
    assert 40 <= len(tickets) <= 60
    assert all(MIDNIGHT <= action.at < MIDNIGHT + timedelta(days=1) for ticket in tickets for action in ticket.actions)


def _opening(ticket: Ticket) -> Open:
    first = ticket.actions[0]
    assert isinstance(first, Open)
    return first


def test_the_day_has_a_good_mix() -> None:
    tickets = story()
    severities = Counter(_opening(ticket).severity for ticket in tickets)
    assert min(severities[n] for n in (1, 2, 3, 4)) >= 8
    assert {ticket.account for ticket in tickets} == set(ACCOUNTS)
    assert {ticket.way for ticket in tickets} == {"portal", "chat", "email"}
    assert {ticket.form for ticket in tickets if ticket.way == "email"} == {"plain", "multipart", "attachment", "twice"}
    kinds = Counter(type(action) for ticket in tickets for action in ticket.actions)
    assert all(kinds[kind] for kind in (Inform, Ask, Write, Respond, Assess, Resolve, Close, Reopen, Rate))
    assert {ticket.acknowledges for ticket in tickets} == {None, "support-manager", "vp"}


def test_nobody_has_to_do_what_the_desk_refuses() -> None:
    for ticket in story():
        answered = written = False
        for action in ticket.actions:
            match action:
                case Respond():
                    answered = written = True
                case Write(by="engineer") | Ask():
                    assert not (isinstance(action, Ask) and answered), ticket.incident
                    written = True
                case Assess():
                    assert written, f"{ticket.incident}: severity before contact (P6)"
                case Resolve() | Close(cause="resolved"):
                    assert answered, f"{ticket.incident}: ended without a response"


def test_addresses_are_used_for_one_ticket_only_so_that_mails_can_be_told_apart() -> None:
    addresses = [ticket.email for ticket in story()]
    assert len(addresses) == len(set(addresses))
