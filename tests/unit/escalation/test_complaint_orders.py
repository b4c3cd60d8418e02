"""The calls about a complaint, whatever is heard of it, with alarms and acknowledgements anywhere between."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.escalation.calls import (
    ACCEPTED,
    ACKNOWLEDGED,
    ASKED,
    COMPLAINS,
    DECIDED,
    DISPUTED,
    OPENED,
    OUTCOME,
    PRAISE,
    UPDATE,
    WITHDRAWN,
    Calls,
    missed,
    named,
    urgent,
)
from tests.unit.escalation.test_complaint import ENDS, NAMES
from tests.unit.examples import histories

from contracts.alarms import Alarm
from contracts.feedback import PromiseJudged
from contracts.refusals import Refusal
from escalation.domain.state import Called

CAUSES: dict[str, set[Any]] = {
    "review": {OPENED, named(), named("vp")},
    "urgent": {urgent(), urgent("ceo")},
    "arbitration": {DISPUTED},
}
FACTS = (ACKNOWLEDGED, ASKED, UPDATE, OUTCOME, ACCEPTED, DISPUTED, DECIDED, WITHDRAWN, PRAISE, COMPLAINS)
HEARD = st.sampled_from((*FACTS, *sorted(set().union(*CAUSES.values()), key=repr)))
MISSES = st.builds(lambda times, minutes: (times, timedelta(minutes=minutes)), st.integers(1, 3), st.integers(0, 9))
ALARMS = st.tuples(st.sampled_from(("review", "urgent", "arbitration")), st.integers(0, 9))
ACKNOWLEDGING = st.tuples(st.sampled_from(NAMES), st.sampled_from(("engineer", "support-manager", "vp", "ceo")))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hear"), HEARD),
        st.tuples(st.just("miss"), MISSES),
        st.tuples(st.just("schedule"), ALARMS),
        st.tuples(st.just("ring"), ALARMS),
        st.tuples(st.just("acknowledge"), ACKNOWLEDGING),
    ),
    max_size=30,
)


class Expected:
    """Which calls are open, by what was heard: worked out without the streams."""

    def __init__(self) -> None:
        self.open = dict.fromkeys(NAMES, False)
        self.update_ended_at: datetime | None = None

    def hear(self, event: Any, at: datetime) -> None:
        if isinstance(event, PromiseJudged):
            self.open["update"] |= self.update_ended_at is None or event.at > self.update_ended_at
            return
        for name in NAMES:
            if event in ENDS[name]:
                self.open[name] = False
            if event in CAUSES.get(name, ()):
                self.open[name] = True
        if event in ENDS["update"]:
            self.update_ended_at = at


@settings(max_examples=histories(100), deadline=None)
@given(steps=STEPS)
def test_whoever_must_act_is_called_until_it_is_acknowledged_or_over_and_nobody_else(steps: list[Any]) -> None:
    calls, expected = Calls(), Expected()
    alarms: dict[str, list[Alarm]] = {name: [] for name in NAMES}
    acknowledged: dict[str, int] = {}
    for step, what in steps:
        before = {name: len(calls.called(name)) for name in NAMES}
        match step:
            case "hear" | "miss":
                event = what if step == "hear" else missed(what[0], calls.now - what[1])
                calls.hear(event)
                expected.hear(event, calls.now)
            case "schedule" | "ring" if known := alarms[what[0]]:
                name, alarm = what[0], known[what[1] % len(known)]
                awaited = calls.wants(name) == alarm
                (calls.schedule if step == "schedule" else calls.ring)(name, alarm)
                assert len(calls.called(name)) - before[name] == int(step == "ring" and awaited)
            case "acknowledge":
                with suppress(Refusal):
                    calls.acknowledge(*what)
                    acknowledged[what[0]] = len(calls.called(what[0]))
        for name in NAMES:
            _stands(calls, name, expected, acknowledged)
            if (alarm := calls.wants(name)) and alarm not in alarms[name]:
                assert alarm.name not in {one.name for one in alarms[name]}, "no two calls set the same alarm"
                alarms[name].append(alarm)


def _stands(calls: Calls, name: str, expected: Expected, acknowledged: dict[str, int]) -> None:
    """Open or not, as expected; and while nobody has acknowledged the last call, another is waited for."""
    is_open = isinstance(calls.state(name), Called)
    assert is_open == expected.open[name]
    unheard = is_open and acknowledged.get(name) != len(calls.called(name))
    assert bool(calls.wants(name)) == (unheard and name != "update")
