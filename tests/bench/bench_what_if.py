"""What if: a million histories under another policy on one core, beside the plain fold through the core in one run.

What is counted is what comes after the log was read: gathering histories into columns is timed apart. Of the histories
most are plain, and some have more of a life and go through the core one by one, as they would in earnest.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from tests.bench.figures import Figure

from sla_timer.domain.instants import DAY, instant, moment
from sla_timer.domain.policies import Policies
from sla_timer.policy_file import DEFAULT, load
from sla_timer.what_if.gathered import Gathered
from sla_timer.what_if.history import History, Told
from sla_timer.what_if.one import judged
from sla_timer.what_if.whole import what_if

TICKETS, SAMPLE, ACCOUNTS = 1_000_000, 5_000, 2_000
SINCE, YEAR = instant(datetime(2026, 1, 1, tzinfo=UTC)), 365 * DAY
UNTIL = SINCE + YEAR + 30 * DAY
HOUR = DAY // 24
MORE_OF_A_LIFE = 0.03
"""Of all tickets: those with an entitlement changed, or found incomplete later."""
TIERS: Any = ("enlist", "enlist", "patrol", "command")
SEVERITIES: Any = (1, 2, 3, 3, 3, 4)
STRICTER = (("within: 1h", "within: 30m"), ("within: 8h", "within: 5h"))


async def run(_: object = None) -> list[Figure]:
    """Tickets a second."""
    draw = random.Random(1)
    histories = list(_histories(draw, SAMPLE))
    policies = _stricter()
    singly, states = _timed(lambda: [judged(one, policies, moment(UNTIL)).state for one in histories])
    gathered, gathering = Gathered(), 0.0
    for _ in range(TICKETS // SAMPLE):
        more = list(_histories(draw, SAMPLE))
        seconds, _ = _timed(partial(_gather, gathered, more))
        gathering += seconds
    seconds, outcome = _timed(lambda: what_if(gathered, policies, UNTIL))
    assert outcome.tickets == TICKETS
    few = Gathered()
    _gather(few, histories)
    assert what_if(few, policies, UNTIL).would_be == {state: states.count(state) for state in set(states)}
    told = f"each of {SAMPLE:,} through the core"
    return [
        Figure("what if: a million tickets", TICKETS / seconds, "/s", told, SAMPLE / singly, "≥ 16,667/s"),
        Figure("… with gathering them", TICKETS / (seconds + gathering), "/s", told, SAMPLE / singly, "≥ 16,667/s"),
        Figure("… of which went through the core", outcome.one_by_one, "tickets"),
    ]


def _histories(draw: random.Random, count: int) -> Iterator[History]:
    for _ in range(count):
        at, severity, tier = SINCE + draw.randrange(YEAR), draw.choice(SEVERITIES), draw.choice(TIERS)
        told = [Told(at, "started", severity, tier, None)]
        if draw.random() < 0.1:
            severity = draw.choice(SEVERITIES)
            told.append(Told(at := at + draw.randrange(HOUR), "severity", severity, tier, None))
        if draw.random() < MORE_OF_A_LIFE:
            told.append(Told(at := at + draw.randrange(HOUR), "entitlement", severity, "command", None))
        if draw.random() < 0.9:
            told.append(Told(at + draw.randrange(12 * HOUR), "answered", severity, tier, None))
        account = str(UUID(int=draw.randrange(ACCOUNTS)))
        recorded: Any = draw.choice(("met", "breached"))
        yield History(str(UUID(int=draw.getrandbits(128))), "P-1", account, tuple(told), recorded)


def _gather(gathered: Gathered, histories: list[History]) -> None:
    for one in histories:
        gathered.add(one)


def _stricter() -> Policies:
    text = DEFAULT.read_text(encoding="utf-8")
    for old, new in STRICTER:
        text = text.replace(old, new)
    return Policies().published(load(text, name="stricter", today=moment(SINCE).date()).published())


def _timed(work: Any) -> tuple[float, Any]:
    begun = time.process_time()
    done = work()
    return time.process_time() - begun, done
