"""What if: another policy over a history says what a desk says that always had it, and was asked the same."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sla_timer.lives import CUSTOMER, NAMES, OTHER, STAFF, Life, details, lives, rows_of
from tests.unit.sla_timer.story import (
    DEFAULT,
    MESSAGE,
    MORE,
    OFFICE_HOURS,
    PAUSING,
    TICKET,
    hours,
    ny,
    published,
    utc,
)

from contracts.tickets import Detail
from intake.domain import commands as ask
from sla_timer.facts.row import Row
from sla_timer.history.verdict import Verdict
from sla_timer.policy.promise import Kind
from sla_timer.policy.versions import Policies
from sla_timer.what_if.rerecorded import rerecorded
from sla_timer.what_if.verdicts import verdicts_of, verdicts_under

WITH_OFFICE = DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:")
REQUIRED = "[product, product_version, os, os_version, description]"


def policies(text: str) -> Policies:
    return Policies().published(published(text))


AS_IT_WAS = policies(WITH_OFFICE)
STRICT = policies(
    WITH_OFFICE.replace("within: 1h", "within: 10m")
    .replace("within: 4h", "within: 30m")
    .replace("within: 8h", "within: 1h")
    .replace("within: 24h", "within: 2h")
)
LENIENT = policies(WITH_OFFICE.replace("within: 1h", "within: 20h").replace("4h", "30h"))
AROUND_THE_CLOCK = policies(WITH_OFFICE.replace("calendar: weekdays", "calendar: around-the-clock"))
OTHER_HOURS = policies(WITH_OFFICE.replace("calendar: weekdays", "calendar: office"))
TWO_OBJECTIVES = policies(
    WITH_OFFICE.replace("      3: {within: 8h, rule: P10}\n", "").replace(
        "      4: {within: 24h", "      3: {within: 3h}\n      4: {within: 24h"
    )
)
STANDING_STILL = policies(re.sub(r"\n    counts:", "\n    pauses: [waiting-for-requester]\n    counts:", WITH_OFFICE))
UNDEMANDING = policies(WITH_OFFICE.replace(REQUIRED, "[os]"))
NO_OFFICE = policies(DEFAULT)
WITHOUT_DESCRIPTION = policies(WITH_OFFICE.replace(REQUIRED, "[product, os]"))
POLICIES = [
    *(AS_IT_WAS, STRICT, LENIENT, AROUND_THE_CLOCK, OTHER_HOURS, TWO_OBJECTIVES, STANDING_STILL),
    *(NO_OFFICE, UNDEMANDING, WITHOUT_DESCRIPTION, MORE, PAUSING),
]
LISTS: list[Sequence[Detail]] = [NAMES, ("os",), ("product", "os"), ("product", "description"), ("description",)]
"""What may have been required when the history was recorded."""
TEN = ny("2026-07-14 10:00")
UNTIL = ny("2026-08-14 10:00")


def desk(life: Life, of: Policies) -> dict[Kind, Verdict]:
    """The verdicts of a desk that had that policy from the beginning."""
    return verdicts_of((one for one in life.facts(of.current.required) if one.recorded_at <= UNTIL), of, UNTIL)


def asked(life: Life, of: Policies, then: Sequence[Detail] = NAMES) -> dict[Kind, Verdict]:
    """What if, over what a desk recorded that required other details, and others again."""
    other = rows_of(life.absorbed[1].facts(then, OTHER, changing=True)) if life.absorbed else []
    known: dict[UUID, list[Row]] = {OTHER: other}
    return verdicts_under(rows_of(life.facts(then, changing=True)), of, UNTIL, lambda ticket: known[ticket])


@settings(max_examples=400, deadline=None)
@given(lives(), st.sampled_from(POLICIES), st.sampled_from(LISTS))
def test_what_if_says_what_a_desk_says_that_always_had_the_policy(
    life: Life, of: Policies, then: Sequence[Detail]
) -> None:
    assert asked(life, of, then) == desk(life, of)


@settings(max_examples=200, deadline=None)
@given(lives(), st.sampled_from(LISTS))
def test_facts_judged_anew_by_the_list_that_they_were_judged_by_are_the_same(
    life: Life, required: Sequence[Detail]
) -> None:
    rows = rows_of(life.facts(required))
    found = [*rerecorded(rows, sum(1 << NAMES.index(name) for name in required), lambda row: row.received_at)]
    assert [(one.type, one.missing, one.flags) for one in found] == [(one.type, one.missing, one.flags) for one in rows]
    assert [one.severity for one in found if one.type.endswith("completed")] == [
        one.severity for one in rows if one.type.endswith("completed")
    ]


OPENING: dict[str, Any] = {
    "number": "P-1042",
    "channel": "portal",
    "priority": "normal",
    "title": "It is down",
    "email": "ann@acme.example",
}


def opening(severity: Any = 1, said: Sequence[str] = NAMES, tier: Any = "enlist", calendar: str | None = None) -> Any:
    description = "All of it" if "description" in said else ""
    request = ask.TicketRequest(
        **CUSTOMER, **OPENING, severity=severity, details=details(*said), description=description
    )
    return ask.OpenTicket(request, ask.Entitlement(account_version=1, tier=tier, calendar=calendar))


ANSWER = ask.GiveInitialResponse(**STAFF, message_id=MESSAGE, states="plan", body="We look.")


def response(life: list[tuple[datetime, Any]], of: Policies, then: Sequence[Detail] = NAMES) -> Verdict:
    return asked(Life(life), of, then)["response"]


def test_a_stricter_policy_would_have_been_broken() -> None:
    life = [(TEN, opening()), (ny("2026-07-14 10:30"), ANSWER)]
    assert response(life, AS_IT_WAS).state == "met"
    assert response(life, STRICT).due_at == ny("2026-07-14 10:10")
    assert response(life, STRICT).state == "breached"


def test_what_came_after_a_recorded_breach_counts_under_a_policy_that_was_not_broken_yet() -> None:
    contact = ask.PostMessage(**STAFF, message_id=MESSAGE, channel="portal", body="We look.")
    life = [
        (TEN, opening(1)),
        (ny("2026-07-14 11:30"), contact),  # by now it was breached
        (ny("2026-07-14 12:00"), ask.ChangeSeverity(**STAFF, severity=4, reason="one office only")),
        (ny("2026-07-16 10:00"), ANSWER),
    ]
    assert response(life, AS_IT_WAS).state == "breached"
    assert response(life, LENIENT).state == "met"
    assert response(life, LENIENT).severity == 4


def test_an_agreed_calendar_stays_agreed_where_the_tier_moves_to_other_hours() -> None:
    """As a migration has it: the account's office hours, not around the clock."""
    late = utc("2026-07-14 20:30")
    life = [(late, opening(1, calendar="office"))]
    assert response(life, AROUND_THE_CLOCK).due_at == utc("2026-07-15 13:30")
    assert response([(late, opening(1))], AROUND_THE_CLOCK).due_at == utc("2026-07-14 21:30")


def test_a_clock_that_stood_still_is_due_later() -> None:
    wait = ask.PostMessage(**STAFF, message_id=MESSAGE, channel="portal", body="Which one?", awaits_reply=True)
    said = ask.PostMessage(**CUSTOMER, message_id=MESSAGE, channel="portal", body="This one.")
    life = [(TEN, opening(1)), (ny("2026-07-14 10:15"), wait), (ny("2026-07-14 10:45"), said)]
    assert response(life, AS_IT_WAS).due_at == ny("2026-07-14 11:00")
    assert response(life, STANDING_STILL).due_at == ny("2026-07-14 11:30")


def test_information_is_missing_by_the_other_list() -> None:
    life = [(TEN, opening(1, said=("product", "os")))]
    assert response(life, AS_IT_WAS).state == "waiting"
    assert response(life, WITHOUT_DESCRIPTION).state == "breached"
    assert response(life, AS_IT_WAS, then=("product", "os")).state == "waiting"


def test_that_a_policy_asked_for_less_one_day_tells_nothing_of_what_was_said() -> None:
    said = (TEN + hours(2), ask.ProvideInformation(**CUSTOMER, details=details("product_version", "os_version")))
    life = Life([(TEN, opening(1, said=("product", "os", "description"))), said], policies=[(TEN + hours(1), ("os",))])
    assert asked(life, AS_IT_WAS)["response"].due_at == TEN + hours(3)
    assert asked(life, UNDEMANDING)["response"].due_at == TEN + hours(1)
    less = Life(life.asked, policies=[(TEN + hours(1), ("os_version",))])
    assert asked(less, AS_IT_WAS)["response"].due_at == TEN + hours(3)


def test_who_absorbed_a_ticket_has_the_start_that_this_one_would_have_had() -> None:
    """The other was incomplete by the list of then, and is complete by the other one."""
    other = Life([(TEN, opening(1, said=("product", "os")))])
    life = Life([(ny("2026-07-14 10:30"), opening(1))], (ny("2026-07-14 10:40"), other))
    assert asked(life, AS_IT_WAS)["response"].due_at == ny("2026-07-14 11:30")
    assert asked(life, WITHOUT_DESCRIPTION)["response"].due_at == ny("2026-07-14 11:00")


def test_each_breach_of_a_promise_that_is_owed_again_and_again_is_counted() -> None:
    note = ask.PostMessage(**STAFF, message_id=MESSAGE, channel="portal", body="Still looking.")
    life = Life([(TEN, opening(1)), (TEN + hours(0.5), ANSWER), (TEN + hours(3), note), (TEN + hours(6), note)])
    update = asked(life, MORE)["update"]
    assert (update.breaches, update.outcome) == (3, "breached")
    assert "update" not in asked(life, AS_IT_WAS)


def test_a_ticket_whose_opening_came_from_elsewhere_stays_as_it_was_recorded() -> None:
    rows = rows_of(Life([(TEN, opening(1, said=("os",))), (TEN + hours(1), ANSWER)]).facts(NAMES))[1:]
    assert [*rerecorded(rows, 1, lambda row: None)] == rows


@pytest.mark.parametrize("ticket", [TICKET])
def test_a_ticket_of_which_nothing_is_known_has_no_clock(ticket: UUID) -> None:
    assert verdicts_under([], AS_IT_WAS, UNTIL, lambda other: []) == {}
