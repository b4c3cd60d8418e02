"""The published versions of the policy: the one in force, what they share, and what is not among them."""

from dataclasses import replace

import pytest
from tests.unit.sla_timer.story import DEFAULT, OFFICE, TODAY, VENDOR, hours, ny, published

from contracts.sla import PolicyPublished
from sla_timer.domain import INITIAL, decide, evolve
from sla_timer.domain.commands import PublishPolicy
from sla_timer.policy import file as policy_file
from sla_timer.policy.refusals import UnknownCalendar, UnknownPolicy
from sla_timer.policy.versions import Policies


def test_publishing_the_version_in_force_again_changes_nothing() -> None:
    document = policy_file.read(policy_file.DEFAULT, today=TODAY)
    [event] = decide(PublishPolicy.of(document.published(), 7), INITIAL)
    assert isinstance(event, PolicyPublished)
    assert (event.shard, event.version, event.name) == (7, document.version, "The vendor's support policy")
    assert decide(PublishPolicy.of(event, 7), evolve(INITIAL, event)) == []
    other = replace(document, version="other").published()
    assert decide(PublishPolicy.of(other, 7), evolve(INITIAL, event)) != []


def test_versions_share_the_calendars_they_agree_on() -> None:
    both = VENDOR.published(published(DEFAULT.replace("within: 4h", "within: 3h")))
    assert both.latest != VENDOR.latest
    assert both.current.calendar("weekdays") is VENDOR.current.calendar("weekdays")
    again = both.published(published(DEFAULT))
    assert again.current is VENDOR.current


def test_an_unknown_calendar_or_version_is_refused_by_name() -> None:
    with pytest.raises(UnknownCalendar, match="no calendar 'lunar', but: around-the-clock, office, weekdays"):
        OFFICE.current.calendar_for("enlist", "lunar")
    with pytest.raises(UnknownPolicy, match="must be published first"):
        _ = Policies().current


def test_what_is_worked_out_by_the_version_in_force_made_anew_takes_no_room_in_it() -> None:
    noon = ny("2026-07-14 12:00")
    anew, office = OFFICE.current_alone(), OFFICE.current.calendar("office")
    office.after(noon, hours(1))
    rows = office.open_time.rows
    again = anew.current.calendar("office")
    assert (anew.latest, list(anew.versions)) == (OFFICE.latest, [OFFICE.latest])
    assert again.after(noon, hours(4000)) > ny("2028-01-01 00:00")
    assert again.open_time.rows > office.open_time.rows == rows
