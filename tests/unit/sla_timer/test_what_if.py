"""The same history under other rules: one by one through the core, all at once on arrays, and always the same."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Literal, get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sla_timer.story import (
    DEFAULT,
    INFORMATION_REQUESTED,
    OFFICE_HOURS,
    STREAM,
    TICKET,
    VENDOR,
    History,
    closed,
    completed,
    entitled,
    hours,
    ny,
    opened,
    played,
    published,
    recorded,
    responded,
    severity_changed,
    utc,
    wrote,
)

from contracts import codec
from contracts.base import kind_of
from contracts.sla import ClockStarted
from contracts.tickets import Severity, Tier
from sla_timer.domain import INITIAL, decide, evolve, react
from sla_timer.domain.commands import ClockCommand
from sla_timer.domain.elapse import elapse
from sla_timer.domain.instants import instant, moment
from sla_timer.domain.policies import Policies
from sla_timer.what_if import history as read
from sla_timer.what_if.at_once import states
from sla_timer.what_if.gathered import STATES, Gathered
from sla_timer.what_if.heard import NAMES, heard, heard_of
from sla_timer.what_if.one import judged
from sla_timer.what_if.verdict import Verdict, verdict_of
from sla_timer.what_if.whole import what_if

WITH_OFFICE = DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:")
AS_IT_WAS = Policies().published(published(WITH_OFFICE))
STANDING_STILL = Policies().published(
    published(re.sub(r"\n    counts:", "\n    pauses: [waiting-for-requester]\n    counts:", WITH_OFFICE))
)
STRICT = Policies().published(
    published(
        WITH_OFFICE.replace("within: 1h", "within: 10m")
        .replace("within: 4h", "within: 30m")
        .replace("within: 8h", "within: 1h")
        .replace("within: 24h", "within: 2h")
    )
)
LENIENT = Policies().published(published(WITH_OFFICE.replace("within: 1h", "within: 20h").replace("4h", "30h")))
OTHER_HOURS = Policies().published(published(WITH_OFFICE.replace("calendar: weekdays", "calendar: office")))
TWO_OBJECTIVES = Policies().published(
    published(
        WITH_OFFICE.replace("      3: {within: 8h, rule: P10}\n", "").replace(
            "      4: {within: 24h", "      3: {within: 3h}\n      4: {within: 24h"
        )
    )
)
NO_OFFICE = Policies().published(published(DEFAULT))
POLICIES = [AS_IT_WAS, STRICT, LENIENT, OTHER_HOURS, TWO_OBJECTIVES]
TEN, ELEVEN = ny("2026-07-14 10:00"), ny("2026-07-14 11:00")
UNTIL = ny("2026-08-14 10:00")
UNTIL_TOO = instant(ny("2026-07-21 09:40"))
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
ENDINGS: tuple[Literal["answered", "withdrawn"], ...] = ("answered", "withdrawn")


def agreed(policy: str, tier: Any, calendar: str) -> str | None:
    known = STANDING_STILL if policy == STANDING_STILL.latest else AS_IT_WAS
    return None if known[policy].tiers[tier] == calendar else calendar


def log_of(facts: History, until: datetime = UNTIL, policies: Policies = AS_IT_WAS) -> list[tuple[datetime, Any]]:
    """What the clock's log has of it, under the policy as it was. Time passes before each fact, and after the last."""
    state, log = INITIAL, []
    for at, event in [*facts, (until, None)]:
        commands = react(recorded(at, event), policies) if event else []
        for _, command in (one for one in commands if one[0] == STREAM):
            for made in decide(command, state):
                state = evolve(state, made)
                log.append((at, made))
    return log + [(until, made) for made in elapse(state, until)]


def read_back(log: Iterable[tuple[datetime, Any]]) -> read.History | None:
    return read.history_of(((at, *heard_of(event)) for at, event in log if kind_of(event).name in NAMES), agreed)


def told(facts: History, until: datetime = UNTIL) -> read.History:
    found = read_back(log_of(facts, until))
    assert found is not None
    return found


def straight(facts: History, policies: Policies, until: datetime = UNTIL) -> Verdict:
    """From the ticket's own facts, without any log of a clock in between."""
    asked = (command for at, event in facts for _, command in react(recorded(at, event), policies))
    return verdict_of((command for command in asked if isinstance(command, ClockCommand)), until)


def test_a_stricter_policy_would_have_been_broken() -> None:
    facts = [(TEN, opened(1)), (ny("2026-07-14 10:30"), responded())]
    assert told(facts).recorded == "met"
    verdict = judged(told(facts), STRICT, UNTIL)
    assert (verdict.state, verdict.due_at) == ("breached", ny("2026-07-14 10:10"))


def test_a_more_lenient_one_would_have_been_kept_since_the_late_answer_is_on_record() -> None:
    facts = [(TEN, opened(1)), (ny("2026-07-14 12:30"), responded())]
    assert told(facts).recorded == "breached"
    verdict = judged(told(facts), LENIENT, UNTIL)
    assert (verdict.state, verdict.responded_at, verdict.elapsed) == ("met", ny("2026-07-14 12:30"), hours(2.5))


def test_an_agreed_calendar_stays_agreed_and_a_tier_has_the_other_policy_s() -> None:
    saturday = utc("2026-07-18 12:00")
    assert judged(told([(saturday, opened(1, calendar="office"))]), STRICT, UNTIL).started_at == ny("2026-07-20 09:00")
    of_tier = told([(saturday, opened(1))])
    assert judged(of_tier, AS_IT_WAS, UNTIL).started_at == utc("2026-07-20 14:00")
    assert judged(of_tier, OTHER_HOURS, UNTIL).started_at == ny("2026-07-20 09:00")


def test_a_ticket_whose_agreed_calendar_the_policy_has_not_counts_by_its_tier_s() -> None:
    gathered = Gathered()
    gathered.add(told([(TEN, opened(1, calendar="office"))]))
    gathered.add(told([(TEN, opened(1, calendar="office")), (ELEVEN, INFORMATION_REQUESTED)]))
    gathered.add(told([(TEN, opened(1))]))
    found = what_if(gathered, NO_OFFICE, instant(UNTIL))
    assert (found.tickets, found.unjudged, found.would_be) == (3, 0, {"breached": 3})


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ([(TEN, opened(2)), (ELEVEN, severity_changed(2, 4))], ["started", "severity"]),
        ([(TEN, opened(2)), (ELEVEN, entitled("patrol", None, 2))], ["started", "entitlement"]),
        ([(TEN, opened(2)), (ELEVEN, INFORMATION_REQUESTED)], ["started", "void"]),
        ([(TEN, opened(2)), (ELEVEN, closed("withdrawn"))], ["started", "withdrawn"]),
        ([(TEN, opened(2, missing=("os",))), (ELEVEN, completed(2))], ["awaited", "started"]),
        ([(TEN, opened(2, missing=("os",))), (ELEVEN, responded(2, waiting=True))], ["awaited", "answered"]),
        ([(TEN, opened(4)), (UNTIL, severity_changed(4, 2))], ["started", "severity"]),
    ],
)
def test_a_history_is_read_back_from_the_clock_s_log_with_the_instants_of_the_facts(
    facts: History, kinds: list[str]
) -> None:
    found = told(facts, UNTIL + hours(1))
    assert [one.kind for one in found.told] == kinds
    assert [one.at for one in found.told] == [instant(at) for at, _ in facts]
    assert found.number == "P-1042"


def test_a_clock_that_stood_still_for_its_requester_does_so_again_where_the_policy_lets_it() -> None:
    paused, resumed, answered = ny("2026-07-14 10:30"), ny("2026-07-14 13:00"), ny("2026-07-14 13:15")
    facts = [
        (TEN, opened(1)),
        (paused, wrote("staff", awaits_reply=True)),
        (resumed, wrote("requester")),
        (answered, responded()),
    ]
    found = read_back(log_of(facts, policies=STANDING_STILL))
    assert found is not None
    assert [(one.kind, one.at) for one in found.told] == [
        (kind, instant(at))
        for kind, at in (("started", TEN), ("paused", paused), ("resumed", resumed), ("answered", answered))
    ]
    assert (found.recorded, judged(found, STANDING_STILL, UNTIL).state) == ("met", "met")
    assert judged(found, AS_IT_WAS, UNTIL).state == "breached"
    assert judged(found, STANDING_STILL, UNTIL).elapsed == hours(0.75)
    waits = read_back(log_of(facts[:2], policies=STANDING_STILL))
    assert waits is not None
    assert (waits.recorded, judged(waits, STANDING_STILL, UNTIL).state) == ("paused", "paused")


def test_a_clock_that_nobody_told_anything_has_no_history() -> None:
    assert read_back([]) is None


CHANGES = st.one_of(
    st.sampled_from([1, 2, 3, 4]).map(lambda severity: ("severity", severity)),
    st.sampled_from(["patrol", "enlist"]).map(lambda tier: ("tier", tier)),
    st.sampled_from(["office", None]).map(lambda calendar: ("calendar", calendar)),
    st.sampled_from(["void", "complete", "respond", "withdraw"]).map(lambda what: (what, None)),
)
MINUTES = st.sampled_from([0, 1, 10, 30, 59, 60, 61, 239, 240, 480, 1440, 2000, 4000])


@st.composite
def lives(draw: st.DrawFn, most: int = 4) -> list[tuple[datetime, Any]]:
    """Facts as intake records them, in order; what they say is what a ticket goes by at that moment."""
    at = moment(instant(TEN) + draw(st.integers(0, 7 * 24 * 60)) * 60_000_000)
    severity: Any = draw(st.sampled_from([1, 2, 3, 4]))
    tier: Any = draw(st.sampled_from(["enlist", "patrol"]))
    calendar: Any = None
    missing = draw(st.sampled_from([(), (), (), ("os",)]))
    facts: list[tuple[datetime, Any]] = [(at, opened(severity, tier, None, missing))]
    waiting, done = bool(missing), False
    changes: list[tuple[str, Any]] = draw(st.lists(CHANGES, max_size=most))
    for what, value in changes:
        at += timedelta(minutes=draw(MINUTES))
        if done:
            break
        match what:
            case "severity" if value != severity:
                facts.append((at, severity_changed(severity, value)))
                severity = value
            case "tier" | "calendar":
                tier, calendar = (value, calendar) if what == "tier" else (tier, value)
                facts.append((at, entitled(tier, calendar, severity)))
            case "void" if not waiting:
                waiting = True
                facts.append((at, INFORMATION_REQUESTED))
            case "complete" if waiting:
                waiting = False
                facts.append((at, completed(severity, tier, calendar)))
            case "respond":
                done = True
                facts.append((at, responded(severity, waiting=waiting)))
            case "withdraw":
                done = True
                facts.append((at, closed("withdrawn")))
            case _:
                pass
    return facts


@given(lives())
@settings(max_examples=150, deadline=None)
def test_under_the_policy_as_it_was_what_would_have_been_is_what_was(facts: History) -> None:
    found = told(facts)
    assert judged(found, AS_IT_WAS, UNTIL).state == found.recorded


@given(lives(), st.sampled_from(POLICIES))
@settings(max_examples=150, deadline=None)
def test_a_history_that_had_no_verdict_before_its_end_is_judged_as_from_the_ticket_s_own_facts(
    facts: History, policies: Policies
) -> None:
    log = log_of(facts)
    over = next((at for at, event in log if type(event).__name__ in ("SlaBreached", "ObjectiveMissed")), None)
    changed = [at for at, event in facts if type(event).__name__ != "InitialResponseGiven"]
    if over is None or all(at < over for at in changed):
        assert judged(told(facts), policies, UNTIL) == straight(facts, policies)


def life(*told: read.Told) -> read.History:
    return read.History(str(UUID(int=1)), None, None, told, "running")


def lives_that_matter(policies: Policies, tier: Tier, received: int) -> Iterator[read.History]:
    """Changed, answered and withdrawn at each deadline, a microsecond before it, and when nothing is due."""
    due = {one: due_of(policies, life(read.Told(received, "started", one, tier, None))) for one in SEVERITIES}
    near = {received, UNTIL_TOO, *(at + beside for at in due.values() for beside in (-1, 0))}
    instants = sorted(at for at in near if at <= UNTIL_TOO)
    for first, then in product(SEVERITIES, SEVERITIES):
        started = read.Told(received, "started", first, tier, None)
        for changed in (at for at in instants if first != then or at == received):
            change = [read.Told(changed, "severity", then, tier, None)] if first != then else []
            yield life(started, *change)
            for at, kind in product((at for at in instants if at >= changed), ENDINGS):
                yield life(started, *change, read.Told(at, kind, then, tier, None))


def due_of(policies: Policies, one: read.History) -> int:
    due_at = judged(one, policies, UNTIL).due_at
    assert due_at
    return instant(due_at)


@pytest.mark.parametrize("policies", POLICIES)
@pytest.mark.parametrize("tier", ["enlist", "patrol"])
def test_all_at_once_is_what_the_core_says_one_by_one_at_every_instant_that_matters(
    policies: Policies, tier: Tier
) -> None:
    for received in (instant(TEN), instant(utc("2026-07-18 12:00"))):
        every = list(lives_that_matter(policies, tier, received))
        gathered = Gathered()
        for one in every:
            gathered.add(one)
        assert not gathered.others
        found = states(gathered.plain(), list(gathered.terms), policies.current, UNTIL_TOO)
        for one, code in zip(every, found.tolist(), strict=True):
            assert STATES[code] == judged(one, policies, moment(UNTIL_TOO)).state, one


@given(st.lists(lives(), max_size=5), st.sampled_from(POLICIES))
@settings(max_examples=100, deadline=None)
def test_whatever_lived_the_whole_is_the_sum_of_what_the_core_says_of_each(
    every: list[list[tuple[datetime, Any]]], policies: Policies
) -> None:
    gathered = Gathered()
    for facts in every:
        gathered.add(told(facts))
    singly = Counter(judged(told(facts), policies, UNTIL).state for facts in every)
    assert what_if(gathered, policies, instant(UNTIL)).would_be == singly


def test_a_plain_life_and_one_change_of_severity_need_no_core() -> None:
    plain = [(TEN, opened(2)), (ELEVEN, severity_changed(2, 1)), (UNTIL, responded(1))]
    gathered = Gathered()
    gathered.add(told(plain, UNTIL + hours(1)))
    gathered.add(told([(TEN, opened(2, missing=("os",))), (ELEVEN, completed(2))]))
    assert (len(gathered), gathered.others) == (2, [])


def test_who_would_have_been_breached_and_who_not_is_told_by_account_and_month() -> None:
    gathered = Gathered()
    august = datetime(2026, 8, 3, 15, tzinfo=UTC)
    every: list[tuple[int, History]] = [
        (1, [(TEN, opened(1)), (ny("2026-07-14 12:30"), responded())]),  # spared by a lenient policy
        (1, [(TEN, opened(1)), (ny("2026-07-14 10:30"), responded())]),
        (1, [(august, opened(3))]),
        (2, [(TEN, opened(1))]),
    ]
    for n, (account, facts) in enumerate(every):
        gathered.add(told(facts)._replace(account_id=str(account), number=f"P-{n}"))
    found = what_if(gathered, LENIENT, instant(UNTIL))
    assert (found.recorded, found.would_be) == ({"met": 1, "breached": 3}, {"met": 2, "breached": 2})
    assert (found.spared, found.struck, found.examples_spared) == (1, 0, ["P-0"])
    rows = [(one.account_id, one.month, one.tickets, one.breached, one.would_be, one.spared) for one in found.groups]
    assert rows == [
        ("1", "2026-07", 2, 1, 0, 1),
        ("1", "2026-08", 1, 1, 1, 0),
        ("2", "2026-07", 1, 1, 1, 0),
    ]
    strict = what_if(gathered, STRICT, instant(UNTIL))
    assert (strict.struck, strict.examples_struck) == (1, ["P-1"])


def test_no_history_at_all_is_an_answer_too() -> None:
    found = what_if(Gathered(), STRICT, instant(UNTIL))
    assert (found.tickets, found.groups, found.would_be) == (0, [], {})


def test_a_log_that_time_made_itself_is_read_like_one_of_facts() -> None:
    events = played([(TEN, opened(2))], UNTIL, AS_IT_WAS)
    assert isinstance(events[0], ClockStarted)
    found = read_back([(UNTIL, event) for event in events])
    assert found is not None
    assert (found.recorded, [one.kind for one in found.told]) == ("breached", ["started"])


def test_what_is_heard_of_a_stored_event_is_what_is_heard_of_the_event_and_an_older_one_is_lifted_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [started, *_] = played([(TEN, opened(2))], UNTIL, AS_IT_WAS)
    name, found = heard_of(started)
    data = codec.encode(started, seal=None)
    assert heard(name, 1, data) == found
    assert (found.ticket_id, found.number, found.received_at) == (str(TICKET), "P-1042", TEN)
    monkeypatch.setitem(NAMES, name, 2)
    assert heard(name, 1, data) == found


def test_what_is_asked_of_a_policy_takes_no_room_in_the_one_in_force() -> None:
    office = VENDOR.current.calendars["weekdays"]
    before = office.openings.rows
    apart = VENDOR.current_anew()
    assert apart.current.version == VENDOR.latest
    assert apart.current.calendars["weekdays"].after(ny("1970-01-02 10:00"), hours(1000)) > ny("1970-01-02 10:00")
    assert office.openings.rows == before
