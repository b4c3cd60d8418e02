"""What customers are told of the policy and its calendars: enough for a form, nothing of what is internal."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from tests.unit.sla_timer.story import DEFAULT, OFFICE_HOURS, OFFICE_TEXT, published, with_further

from contracts import policy
from contracts.replacing import replace
from contracts.tickets import Detail
from sla_timer.http.calendar_view import calendar_view
from sla_timer.http.policy_view import LABELS, policy_view
from sla_timer.policy.feedback import TERMS

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEEKDAYS = [{"day": day, "opens": "09:00", "closes": "17:00"} for day in ("mon", "tue", "wed", "thu", "fri")]
WITH_OFFICE = DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:")


def view(text: str) -> dict[str, Any]:
    return policy_view(published(text), NOON).model_dump(mode="json")


def calendar(text: str, name: str, now: datetime = NOON) -> dict[str, Any]:
    whole = policy.read(published(text).resolved)
    return calendar_view(name, whole.calendars[name], whole.zones, whole.tiers, now).model_dump(mode="json")


def office(windows: str, more: str = "") -> str:
    """With a calendar `office` of these windows in New York."""
    return DEFAULT.replace(
        "\nladders:", f"\n  office:\n    zone: America/New_York\n    windows: [{windows}]\n{more}\nladders:"
    )


def test_a_form_has_the_required_fields_in_the_policys_order_and_says_where_each_goes() -> None:
    assert [(field["name"], field["field"]) for field in view(DEFAULT)["required"]] == [
        ("product", "details.product"),
        ("product_version", "details.product_version"),
        ("os", "details.os"),
        ("os_version", "details.os_version"),
        ("description", "description"),
    ]
    other = DEFAULT.replace("[product, product_version, os, os_version, description]", "[description, os]")
    assert [(field["name"], field["label"]) for field in view(other)["required"]] == [
        ("description", "Description"),
        ("os", "Operating system"),
    ]


def test_whatever_a_policy_can_require_has_a_label() -> None:
    assert [*LABELS] == [*get_args(Detail)]


def test_p5_p10_severities_have_the_policys_words_and_targets() -> None:
    severities = view(DEFAULT)["severities"]
    assert [one["severity"] for one in severities] == [1, 2, 3, 4]
    assert severities[0]["means"].startswith("Severe impact without circumvention.")
    assert severities[1]["targets"] == [
        {"metric": "response", "promised": True, "within_seconds": 14400, "counts": "support", "pauses": []}
    ]
    assert severities[3]["targets"] == [
        {"metric": "objective", "promised": False, "within_seconds": 86400, "counts": "elapsed", "pauses": []}
    ]


def test_further_promises_are_told_at_the_severities_that_have_them() -> None:
    severities = view(with_further(DEFAULT, pauses=True))["severities"]
    told = {one["severity"]: [target["metric"] for target in one["targets"]] for one in severities}
    assert told == {
        1: ["response", "next-reply", "update", "resolution"],
        2: ["response", "next-reply", "update", "resolution"],
        3: ["response", "resolution"],
        4: ["objective"],
    }
    assert severities[0]["targets"][1]["pauses"] == ["waiting-for-requester"]


def test_p11_each_tier_has_its_hours() -> None:
    assert view(DEFAULT)["tiers"][:2] == [
        {
            "tier": "enlist",
            "calendar": "weekdays",
            "hours": {"zone": "-05:00", "always_open": False, "windows": WEEKDAYS},
        },
        {
            "tier": "patrol",
            "calendar": "around-the-clock",
            "hours": {
                "zone": "+00:00",
                "always_open": True,
                "windows": [
                    {"day": day, "opens": "00:00", "closes": "24:00"}
                    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
                ],
            },
        },
    ]
    assert [one["tier"] for one in view(DEFAULT)["tiers"]] == ["enlist", "patrol", "command", "assessment"]


def test_nothing_internal_is_told() -> None:
    told = view(with_further(OFFICE_TEXT, pauses=True))
    assert told.keys() == {
        "version",
        "name",
        "in_force_since",
        "required",
        "severities",
        "priorities",
        "tiers",
        "feedback",
    }
    for word in ("ladder", "rung", "vp", "ceo", "warning", "assum", "transition", "tzdata"):
        assert word not in str(told).lower().replace("describe", ""), word


def test_a_policy_of_a_former_release_has_no_words_for_severities() -> None:
    now = published(DEFAULT)
    former = replace(now, resolved={name: one for name, one in now.resolved.items() if name != "severities"})
    assert [one.means for one in policy_view(former, None).severities] == [None] * 4
    assert policy_view(former, None).in_force_since is None


def test_words_that_can_t_be_read_are_no_words() -> None:
    now = published(DEFAULT)
    with pytest.raises(ValueError, match="severities"):
        policy_view(replace(now, resolved=now.resolved | {"severities": {"1": 7}}), None)


def test_a_calendar_tells_what_is_to_come_and_whose_it_is() -> None:
    assert calendar(WITH_OFFICE, "office") == {
        "name": "office",
        "version": published(WITH_OFFICE).resolved["calendars"]["office"]["version"],
        "tiers": [],
        "zone": "America/New_York",
        "always_open": False,
        "windows": WEEKDAYS,
        "holidays": ["2026-11-26"],
        "special": [{"date": "2026-12-24", "hours": [{"opens": "09:00", "closes": "12:00"}]}],
        "known_until": "2030-12-31",
    }
    assert calendar(DEFAULT, "weekdays")["tiers"] == ["enlist", "assessment"]
    assert calendar(DEFAULT, "weekdays")["known_until"] is None


def test_today_is_what_it_is_there() -> None:
    last = datetime(2026, 11, 27, 4, 59, 59, tzinfo=UTC)  # still Thanksgiving in New York
    assert calendar(WITH_OFFICE, "office", last)["holidays"] == ["2026-11-26"]
    assert calendar(WITH_OFFICE, "office", datetime(2026, 11, 27, 5, tzinfo=UTC))["holidays"] == []


def test_a_night_closes_on_the_next_day() -> None:
    windows = '{days: [sat, fri], from: "22:00", to: "06:00"}, {days: fri, from: "09:00", to: "17:00"}'
    assert calendar(office(windows), "office")["windows"] == [
        {"day": "fri", "opens": "09:00", "closes": "17:00"},
        {"day": "fri", "opens": "22:00", "closes": "06:00"},
        {"day": "sat", "opens": "22:00", "closes": "06:00"},
    ]
    whole = calendar(office('{days: mon-sun, from: "05:00", to: "05:00"}'), "office")
    assert whole["windows"][0] == {"day": "mon", "opens": "05:00", "closes": "05:00"}
    assert whole["always_open"]


def test_hours_of_its_own_win_over_a_holiday_and_may_be_none() -> None:
    more = (
        "    holidays: {dates: [2026-12-24, 2026-12-25], known_until: 2030-12-31}\n"
        "    special: {2026-12-24: [{from: '13:00', to: '15:00'}, {from: '09:00', to: '12:00'}], 2026-12-28: []}\n"
    )
    told = calendar(office('{days: mon-fri, from: "09:00", to: "17:00"}', more), "office")
    assert told["holidays"] == ["2026-12-25"]
    assert told["special"] == [
        {"date": "2026-12-24", "hours": [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "15:00"}]},
        {"date": "2026-12-28", "hours": []},
    ]


def test_it_says_what_is_promised_about_feedback_in_the_words_in_which_changes_are_told() -> None:
    now = view(DEFAULT)["feedback"]
    assert (now["calendar"], now["acknowledge_working_days"], now["urgent_seconds"]) == ("weekdays", 2, 4 * 3600)
    assert (now["review_days"], now["silence_days"], now["ahead_days"], now["marking_working_days"]) == (7, 28, 28, 2)
    assert now["words"] == [
        "Feedback is acknowledged within 2 working days.",
        "Complaints are reviewed, or an update given, within 7 days.",
        "Urgent complaints are answered within 4h of support time.",
        "An outcome counts as settled after 28 days of silence.",
        "An update is promised at most 28 days ahead.",
        "Words after an outcome are a dispute after 2 working days, unless somebody marks them.",
        "An unanswered survey is reminded of after 5 working days.",
        "Feedback counts its days by the calendar weekdays.",
    ]
    other = view(DEFAULT.replace("silence: {days: 28", "silence: {days: 1"))["feedback"]
    assert other["words"][3] == "An outcome counts as settled after 1 day of silence."


def test_every_term_of_feedback_is_shown_and_its_change_is_told() -> None:
    shipped, shown = policy.read(published(DEFAULT).resolved).feedback, view(DEFAULT)["feedback"]
    for one in fields(shipped):
        value = getattr(shipped, one.name)
        changes: dict[str, Any] = {one.name: value + "x" if isinstance(value, str) else value + 1}
        other = replace(shipped, **changes)
        assert len([term for term in TERMS if term.changed(shipped, other)]) == 1, one.name
        assert [term.said(shipped) for term in TERMS] != [term.said(other) for term in TERMS], one.name
        assert shown["urgent_seconds" if one.name == "urgent" else one.name] == value
