"""Promises outside sla-timer: whatever is processed first, their own stream gives one verdict, and the right one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from tests.unit.sla_timer import acknowledging as core
from tests.unit.sla_timer.acknowledging import (
    Acknowledge,
    Acknowledged,
    Correct,
    Corrected,
    Hear,
    Judged,
    Receive,
    Withdraw,
    Withdrawn,
)
from tests.unit.sla_timer.story import OFFICE, TICKET, after_rings, carried_out, ny

from contracts.alarms import Alarm, Alarms, between
from contracts.later import Later
from contracts.promises import Promise, Verdict
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from sla_timer import react
from sla_timer.domain import INITIAL
from sla_timer.domain.evolve import fold

OWNER = f"feedback-{TICKET}"
RECEIVED_AT, T = ny("2026-07-14 10:00"), ny("2026-07-16 10:00")
TICK = timedelta(microseconds=1)
AFTER = ny("2026-07-17 10:00")
INSTANTS = (RECEIVED_AT, T - TICK, T, AFTER)
"""When something may happen. The last is after all that may be promised."""


def in_two_working_days(received_at: datetime) -> Alarm:
    later = Later(since=received_at, calendar="office", policy=OFFICE.latest, working_days=2)
    return Alarm(name="acknowledgement", after=later)


WITHIN_TWO_DAYS = in_two_working_days(RECEIVED_AT)
A_DAY_EARLIER, A_BIT_LATER = in_two_working_days(ny("2026-07-13 10:00")), in_two_working_days(RECEIVED_AT + 2 * TICK)
PROMISED = {WITHIN_TWO_DAYS.after: T, A_DAY_EARLIER.after: ny("2026-07-15 10:00"), A_BIT_LATER.after: T + 2 * TICK}


@dataclass(frozen=True)
class World:
    """Both logs, how far each side has heard the other, and the instant on the wall.

    `lag`: so many instants the owner's clock is behind. `raises`: performing a ring raises what is recorded then to its
    instant. `owner`: events with when they were recorded and what they change of the alarms.
    """

    script: tuple[Any, ...]
    lag: int = 0
    raises: bool = True
    now: int = 0
    owner: tuple[tuple[Any, datetime, Alarms | None], ...] = ()
    heard_of_owner: int = 0
    sla: tuple[Any, ...] = ()
    heard_of_sla: int = 0

    @cached_property
    def state(self) -> Any:
        """The owner's, read from its log."""
        state = core.INITIAL
        for event, recorded_at, _ in self.owner:
            state = core.dated(core.evolve(state, event), recorded_at)
        return state

    def recording(self, *commands: Any) -> "World":
        """The owner carries these out in one transaction."""
        rang = [one.event.due_at for one in commands if isinstance(one, Hear) and isinstance(one.event, AlarmRang)]
        clock = [INSTANTS[max(0, self.now - self.lag)], *(rang if self.raises else [])]
        recorded_at = max([*clock, *(at for _, at, _ in self.owner[-1:])])
        state, added = self.state, []
        for command in commands:
            for event in core.decide(command, state):
                after = core.evolve(state, event)
                added.append((event, recorded_at, between(core.alarms(state), core.alarms(after))))
                state = after
            assert core.decide(command, state) == [], f"{command} told twice changes something"
        return replace(self, owner=(*self.owner, *added))

    def moves(self) -> Iterator["World"]:
        """What may happen next."""
        if self.now + 1 < len(INSTANTS):
            yield replace(self, now=self.now + 1)
        command, news = self.script[:1], self.sla[self.heard_of_sla : self.heard_of_sla + 1]
        if command:
            yield replace(self.recording(*command), script=self.script[1:])
        if news:
            yield replace(self.recording(Hear(*news)), heard_of_sla=self.heard_of_sla + 1)
        if command and news:
            for both in permutations((*command, Hear(*news))):
                yield replace(self.recording(*both), script=self.script[1:], heard_of_sla=self.heard_of_sla + 1)
        waited: Any = fold(INITIAL, self.sla)
        if rings := after_rings(waited, INSTANTS[self.now])[0]:
            yield replace(self, sla=(*self.sla, *(event for _, event in rings)))
        if self.heard_of_owner < len(self.owner):
            _, at, alarms = self.owner[self.heard_of_owner]
            set_by = UUID(int=self.heard_of_owner + 1)
            said = []
            for _, command_of in react.hear(OWNER, alarms, set_by, at, OFFICE) if alarms else ():
                log, waited = carried_out(command_of, waited)
                said += [event for _, event in log]
            yield replace(self, sla=(*self.sla, *said), heard_of_owner=self.heard_of_owner + 1)


def right(log: tuple[tuple[Any, datetime, Any], ...]) -> Verdict:
    """The verdict by the rules, from when each thing was recorded."""
    since, due_at = RECEIVED_AT, T
    for event, at, _ in log[1:]:
        if isinstance(event, Acknowledged | Withdrawn | Corrected) and at < max(due_at, since):
            match event:
                case Acknowledged() if at < due_at:
                    return Verdict(outcome="kept", due_at=due_at, at=at)
                case Withdrawn() if at < due_at:
                    return Verdict(outcome="cancelled", due_at=due_at, at=at)
                case Corrected(alarm):
                    since, due_at = at, PROMISED[alarm.after]
        elif isinstance(event, Acknowledged | Withdrawn | Corrected):
            break
    return Verdict(outcome="broken", due_at=due_at, at=max(due_at, since))


def ends(begin: World) -> Iterator[World]:
    """All the worlds that this one may come to, where nothing is left to be heard."""
    seen, ahead = {begin}, [begin]
    while ahead:
        world = ahead.pop()
        further = list(world.moves())
        # Where only the script would go on it may as well not: what is left of it never happens.
        if all(one.script != world.script for one in further):
            yield world
        for one in further:
            if one not in seen:
                seen.add(one)
                ahead.append(one)


def begun(*script: Any, **more: Any) -> World:
    return World(script, **more).recording(Receive(WITHIN_TWO_DAYS))


def verdicts(world: World) -> list[Verdict]:
    return [event.verdict for event, _, _ in world.owner if isinstance(event, Judged)]


def wrong(*script: Any, **more: Any) -> Iterator[World]:
    """The ends of a story whose verdict is not the one that the rules give."""
    for end in ends(begun(*script, **more)):
        if verdicts(end) != [right(end.owner)]:
            yield end


SCRIPTS = [
    (),
    (Acknowledge(), Withdraw()),
    (Withdraw(), Acknowledge()),
    (Acknowledge(), Correct(A_BIT_LATER)),
    (Correct(A_BIT_LATER), Acknowledge()),
    (Correct(A_DAY_EARLIER), Acknowledge()),
    (Correct(A_DAY_EARLIER), Withdraw()),
]


@pytest.mark.parametrize("lag", [0, 1, 3], ids=["a clock that is right", "one that lags", "one that lags by days"])
@pytest.mark.parametrize(
    "script", SCRIPTS, ids=lambda script: "-".join(type(one).__name__ for one in script) or "nothing"
)
def test_every_order_gives_one_verdict_and_the_right_one(script: tuple[Any, ...], lag: int) -> None:
    assert next(wrong(*script, lag=lag), None) is None


def test_a_promise_that_is_put_back_as_it_was_is_judged_by_the_event_that_set_its_alarm_last() -> None:
    assert next(wrong(Correct(A_BIT_LATER), Correct(WITHIN_TWO_DAYS), Acknowledge(), lag=3), None) is None


@pytest.mark.parametrize(
    ("script", "outcomes"),
    [
        ((), ["broken"]),
        ((Acknowledge(),), ["broken", "kept"]),
        ((Withdraw(),), ["broken", "cancelled"]),
        ((Correct(A_BIT_LATER), Acknowledge()), ["broken", "kept"]),
    ],
    ids=["nothing", "acknowledged", "withdrawn", "corrected and acknowledged"],
)
def test_all_verdicts_that_there_may_be_are_met_with(script: tuple[Any, ...], outcomes: list[str]) -> None:
    assert sorted({verdicts(end)[0].outcome for end in ends(begun(*script))}) == outcomes


def test_nothing_is_recorded_before_the_verdict_that_it_follows() -> None:
    for lag in (0, 1, 3):
        for end in ends(begun(Acknowledge(), lag=lag)):
            [(judged_at, verdict)] = [(at, event.verdict) for event, at, _ in end.owner if isinstance(event, Judged)]
            assert judged_at >= verdict.at
            later = [at for event, at, _ in end.owner if at < verdict.due_at and isinstance(event, Acknowledged)]
            assert (verdict.outcome == "kept") == bool(later)


def test_a_ring_that_did_not_raise_what_is_recorded_would_lead_to_wrong_verdicts() -> None:
    assert next(wrong(Acknowledge(), lag=3, raises=False), None) is not None


def test_a_core_that_did_not_know_when_its_facts_were_recorded_would_give_wrong_verdicts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(core, "dated", lambda state, at: state)
    assert next(wrong(Acknowledge()), None) is not None
    assert next(wrong(Withdraw()), None) is not None


def test_a_cancellation_that_stopped_what_was_due_would_lead_to_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    hear = react.hear
    monkeypatch.setattr(react, "hear", lambda owner, alarms, by, at, known: hear(owner, alarms, by, RECEIVED_AT, known))
    assert next(wrong(Acknowledge()), None) is not None


def test_the_release_before_cancels_alarms_without_saying_which_event_had_set_them() -> None:
    promise = Promise.of(WITHIN_TWO_DAYS).recorded(RECEIVED_AT).due(0, T, UUID(int=1))
    kept = promise.end("kept").recorded(T - TICK)
    cancelled = AlarmCancelled(ticket_id=TICKET, alarm=WITHIN_TWO_DAYS.name, owner=OWNER)
    assert kept.verdict(cancelled) == Verdict(outcome="kept", due_at=T, at=T - TICK)
    assert kept.verdict(replace(cancelled, alarm="another")) is None
    assert kept.verdict(replace(cancelled, set_by=UUID(int=2))) is None


def test_what_is_told_of_an_alarm_that_is_set_for_nothing_promised_is_passed_over() -> None:
    promise = Promise.of(WITHIN_TWO_DAYS).recorded(RECEIVED_AT)
    of_another = AlarmSet(ticket_id=TICKET, alarm="another", due_at=T, owner=OWNER, set_by=UUID(int=1))
    assert promise.term_of(of_another) is None
    assert (
        promise.verdict(AlarmRang(ticket_id=TICKET, alarm=WITHIN_TWO_DAYS.name, due_at=T, set_by=UUID(int=1))) is None
    )
    assert promise.replaced(WITHIN_TWO_DAYS) == promise
    assert promise.end("kept").end("cancelled") == promise.end("kept")
    assert promise.end("kept").replaced(A_BIT_LATER).alarms == ()
