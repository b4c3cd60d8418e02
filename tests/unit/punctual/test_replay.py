"""What replay shows of a ticket, and in which order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from msgspec import structs

from contracts.envelope import Fact, Meta, Recorded
from contracts.names import FEEDBACK, SLA, TICKETS
from contracts.tickets import Assigned, Details, InitialResponseGiven
from kit.process.service import Service
from punctual.replay.live import tables_of
from punctual.replay.order import in_causal_order
from punctual.replay.postgres import EVENTS_AT_ONCE, Piece, pieces
from punctual.replay.timeline import event_as_json, says, state_as_json

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TICKET = UUID(int=7)


def fact(topic: str, seq: int, minutes: float, event: Any = None, **seen: int) -> Fact:
    return Recorded(
        topic=topic,
        shard=3,
        shard_seq=seq,
        stream=f"ticket-{TICKET}",
        version=1,
        event_id=UUID(int=seq),
        command_id=UUID(int=0),
        recorded_at=NOON + timedelta(minutes=minutes),
        event=event or Assigned(ticket_id=TICKET, engineer="eve", before=None),
        meta=Meta(actor="eve", role="engineer", seen={{"tickets": TICKETS, "sla": SLA}[k]: n for k, n in seen.items()}),
    )


def test_facts_that_have_not_seen_each_other_stand_as_they_were_recorded() -> None:
    first, second, third = fact(TICKETS, 1, 0), fact(SLA, 1, 1), fact(TICKETS, 2, 2)
    assert in_causal_order([[first, third], [second]]) == [first, second, third]


def test_a_fact_stands_after_what_it_had_seen_though_its_clock_was_behind() -> None:
    opened, answered = fact(TICKETS, 4, 0), fact(TICKETS, 5, 2)
    started = fact(SLA, 9, -5, tickets=4)
    rated = fact(FEEDBACK, 2, -9, tickets=5, sla=9)
    assert in_causal_order([[opened, answered], [started], [rated]]) == [opened, started, answered, rated]


def test_what_others_tickets_facts_had_seen_holds_nothing_back() -> None:
    started, opened = fact(SLA, 9, 0, tickets=3), fact(TICKETS, 4, 1)
    assert in_causal_order([[opened], [started]]) == [started, opened]


def test_no_fact_is_left_out_even_of_a_log_that_contradicts_itself() -> None:
    one, other = fact(TICKETS, 1, 1, sla=1), fact(SLA, 1, 0, tickets=1)
    assert in_causal_order([[one], [other]]) == [other, one]


def test_sealed_texts_stay_sealed_in_events_and_in_states() -> None:
    event = InitialResponseGiven(
        ticket_id=TICKET,
        subject_id=UUID(int=8),
        message_id=UUID(int=9),
        severity=2,
        tier="patrol",
        calendar=None,
        waiting=False,
        states="plan",
        body="sealed:v1:abc",
    )
    told = event_as_json(fact(TICKETS, 1, 0, event))
    assert (told["type"], told["data"]["body"]) == ("ticket.initial-response-given", "(sealed)")
    assert state_as_json(replace(event, body="sealed:v1:abc"))["body"] == "(sealed)"


def test_a_line_says_what_is_not_the_same_for_all_of_the_ticket_s_facts() -> None:
    told = {"ticket_id": str(TICKET), "engineer": "eve", "before": None, "details": {"os": "Debian", "os_build": None}}
    assert says(told) == "engineer=eve, details=(os=Debian)"
    assert state_as_json(Details(os="Debian"))["situation"] == "Details"


def test_the_log_is_read_in_pieces_that_leave_nothing_out() -> None:
    assert list(pieces({5: 2, 9: EVENTS_AT_ONCE + 1})) == [
        Piece(5, 1, 2),
        Piece(9, 1, EVENTS_AT_ONCE),
        Piece(9, EVENTS_AT_ONCE + 1, EVENTS_AT_ONCE + 1),
    ]
    assert list(pieces({})) == []


def test_a_service_s_tables_are_those_of_its_migrations(tmp_path: Path) -> None:
    (tmp_path / "1_a.sql").write_text(
        "-- migrate:up\nCREATE TABLE rows (\n);\nCREATE TABLE rows_0 PARTITION OF rows ..."
    )
    (tmp_path / "2_b.sql").write_text("-- migrate:up\nCREATE TABLE more (a int);\n-- migrate:down\nDROP TABLE more;")
    assert tables_of(cast(Service, SimpleNamespace(migrations=tmp_path))) == ["rows", "more"]


def test_a_fact_can_be_changed_in_a_copy_only() -> None:
    one = fact(TICKETS, 1, 0)
    assert structs.replace(one, version=2).version == 2
    assert one.version == 1
