"""Every kind of sentence that tells a change of the policy, with a change that makes it, and what then is to be seen.

Each case: the texts before and after, the ticket that is looked at under both, and what is seen of it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Literal, Protocol

from tests.integration.policy import complaints
from tests.integration.policy.complaints import DAY, HOUR, Complaint
from tests.unit.sla_timer.story import DEFAULT

from sla_timer.policy.diff.kinds import Kind

ALL: dict[str, str] = {"product": "Aurora", "product_version": "4.2", "os": "Debian", "os_version": "12"}


class Seen(Protocol):
    """What a ticket has come to. Each waits until there is something to see."""

    opening: dict[str, Any]

    @property
    def complaint(self) -> Complaint:
        """The complaint that was made instead, in a case that `complains`."""
        ...

    async def clock(self, metric: str = "response") -> dict[str, Any]:
        """What starts it: `clock.started`, with its `type`."""
        ...

    async def events(self, name: str, least: int) -> Sequence[dict[str, Any]]:
        """The facts of that name about the ticket, at least so many, and all that have come by then."""
        ...

    async def ask_back(self) -> str:
        """Staff give a plan and ask something. The state of the resolution's clock, once it knows."""
        ...

    async def agreed(self, calendar: str) -> str:
        """By which calendar a ticket of an account is counted that has agreed on that one; or how that is refused."""
        ...


Look = Callable[[Seen], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """`was` and `now`: what is seen under either policy."""

    before: str
    after: str
    look: Look
    was: Any
    now: Any
    severity: int = 3
    tier: Literal["enlist", "patrol"] = "patrol"
    details: dict[str, str] = field(default_factory=lambda: ALL)
    crafted: dict[str, Any] = field(default_factory=dict)
    """What of the resolved policy is otherwise, where a file can't say so: the libraries do."""
    complains: bool = False
    """Instead of opening a ticket."""
    withdraws: bool = False
    """The ticket is withdrawn at once."""


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


today = datetime.now(UTC).date()
AROUND = [(today + timedelta(days=n)).isoformat() for n in (-1, 0, 1)]
"""The dates that it may be anywhere while the test runs."""
DAWN = '{days: mon-sun, from: "00:00", to: "01:00"}'
HOURS = 'offset: "-05:00"\n    windows:\n      - {days: mon-fri, from: "09:00", to: "17:00"}'
FURTHER = "\n  resolution: {counts: support, targets: {1: {within: 8h}, 3: {within: 16h}}}\n\ntiers:"

BASE = changed(
    "".join(line for line in DEFAULT.splitlines(keepends=True) if not line.startswith("  #")),
    ("1: {within: 1h,", "1: {within: 4s,"),
    ("warnings: [50, 75, 90]", "warnings: [50]"),
    ("after: 30m", "after: 1s"),
    ("after: 2h", "after: 2s"),
    ("after: 8h", "after: 3s"),
    (HOURS, f'offset: "-05:00"\n    windows:\n      - {DAWN}'),
    ("\ntiers:", FURTHER),
)
"""The shipped policy in seconds, its Enlist open from 00:00 to 01:00 by a fixed -05:00."""


def base(*changes: tuple[str, str]) -> str:
    return changed(BASE, *changes)


def enlist(calendar: str) -> str:
    """With another calendar of that name for Enlist."""
    return base((f'offset: "-05:00"\n    windows:\n      - {DAWN}', calendar))


NEW_YORK = f"zone: America/New_York\n    windows: [{DAWN}]"
FULL_DAYS = 'offset: "+00:00"\n    windows: [{days: mon-sun, from: "00:00", to: "24:00"}]'
KNOWN = "holidays: {dates: [DATES], known_until: 2040-12-31}"
HOLIDAYS = f"{FULL_DAYS}\n    {KNOWN}"


async def _target(seen: Seen) -> Any:
    return (await seen.clock())["target"]


async def _form(seen: Seen) -> Any:
    started = await seen.clock()
    return started["type"], started["metric"]


async def _resolution(seen: Seen) -> Any:
    return (await seen.clock("resolution"))["type"]


async def _warned(seen: Seen) -> Any:
    await seen.events("sla.breached", 1)
    return [event["percent"] for event in await seen.events("sla.warning", 1)]


async def _calendar(seen: Seen) -> Any:
    return (await seen.clock())["calendar"]


async def _hour(seen: Seen) -> Any:
    """The UTC hour in which it starts, or started."""
    return datetime.fromisoformat((await seen.clock())["started_at"]).astimezone(UTC).hour


async def _days(seen: Seen) -> Any:
    """Whole days until it is due: eight hours of support, so many a day."""
    started = await seen.clock()
    span = datetime.fromisoformat(started["due_at"]) - datetime.fromisoformat(started["started_at"])
    return ceil(span / timedelta(days=1))


async def _at_once(seen: Seen) -> Any:
    started = await seen.clock()
    return started["started_at"] == started["received_at"]


async def _flagged(seen: Seen) -> Any:
    return (await seen.clock())["known_until"] is not None


async def _agreed(seen: Seen) -> Any:
    return await seen.agreed("extra")


async def _called(seen: Seen, *, least: int) -> list[dict[str, Any]]:
    return [*await seen.events("escalation.raised", least)]


async def _roles(seen: Seen) -> Any:
    return [call["role"] for call in await _called(seen, least=2)][:2]


async def _rung_delay(seen: Seen) -> Any:
    first = (await _called(seen, least=1))[0]
    at, breached = (datetime.fromisoformat(first[name]) for name in ("next_at", "breached_at"))
    return (at - breached).total_seconds()


async def _in_terms(seen: Seen) -> Any:
    return (await _called(seen, least=1))[0]["next_in"] is not None


async def _calls(seen: Seen) -> Any:
    await seen.events("escalation.exhausted", 1)
    return len(await _called(seen, least=1))


async def _reminded(seen: Seen) -> int:
    """Whole days from the reminder of the survey until it takes no first answer any more."""
    (issued,) = await seen.events("survey.issued", 1)
    until, remind_at = (datetime.fromisoformat(issued[name]) for name in ("answer_until", "remind_at"))
    return (until - remind_at) // DAY


async def _missing(seen: Seen) -> Any:
    return seen.opening["missing"]


async def _stands_still(seen: Seen) -> Any:
    return await seen.ask_back()


async def _nuisance(seen: Seen) -> Any:
    [policy] = await seen.events("policy.published", 1)
    return policy["resolved"]["severities"]["3"] == "A nuisance."


async def _assumed(seen: Seen) -> Any:
    [policy] = await seen.events("policy.published", 1)
    return "tiers.enlist" in policy["resolved"]["assumptions"]


async def _named(seen: Seen) -> Any:
    [policy] = await seen.events("policy.published", 1)
    return policy["name"]


async def _tzdata(seen: Seen) -> Any:
    return (await seen.clock())["versions"]["tzdata"]


SHORT = "[product]"
LOW = "    means: Low operational impact. A workaround is readily available; a remedy may wait for the next release.\n"
REQUIRED = "[product, product_version, os, os_version, description]"
LADDER = ("    rungs:\n", "    counts: support\n    rungs:\n")
CEO = "      - {role: ceo, after: 3s}\n"
RESOLUTION = ("resolution: {counts: support,", "resolution: {counts: support, pauses: [waiting-for-requester],")


def on(look: Look, was: Any, now: Any, after: str, before: str = BASE, **more: Any) -> Case:
    return Case(look=look, was=was, now=now, before=before, after=after, **more)


ALL_HOURS = ("feedback:\n  calendar: weekdays", "feedback:\n  calendar: around-the-clock")
MONDAYS = (
    "\nladders:",
    '\n  mondays:\n    offset: "+00:00"\n    windows: [{days: mon, from: "00:00", to: "24:00"}]\n\nladders:',
)
WITH_MONDAYS = base(ALL_HOURS, MONDAYS)


def complained(look: complaints.Look, was: Any, now: Any, *changes: tuple[str, str]) -> Case:
    """A complaint under a policy whose feedback counts all days and hours alike, and under another one."""

    async def looked(seen: Seen) -> Any:
        return await look(seen.complaint)

    return on(looked, was, now, changed(WITH_MONDAYS, *changes), WITH_MONDAYS, complains=True)


async def _weeks(complaint: Complaint) -> int:
    """Whole weeks until it is to be acknowledged."""
    return await complaints.acknowledgement(complaint) // timedelta(weeks=1)


async def _promised(complaint: Complaint) -> int:
    return await complaints.promised(complaint, days=20)


def breached(look: Look, was: Any, now: Any, *changes: tuple[str, str]) -> Case:
    return on(look, was, now, base(*changes), severity=1)


CASES: dict[Kind, list[Case]] = {
    "target": [on(_target, "PT14400S", "PT7200S", base(("2: {within: 4h", "2: {within: 2h")), severity=2)],
    "promise": [
        on(
            _form,
            ("clock.started", "objective"),
            ("clock.started", "response"),
            base(
                ("      4: {within: 24h, rule: P10, assumed: true}\n", "      {}\n"),
                ("3: {within: 8h, rule: P10}\n", "3: {within: 8h, rule: P10}\n      4: {within: 24h}\n"),
            ),
            severity=4,
        ),
        on(_resolution, "clock.started", "clock.unowed", base((", 3: {within: 16h}", ""))),
        on(_resolution, "clock.unowed", "clock.started", base(("3: {within: 16h}", "2: {within: 16h}")), severity=2),
        on(_days, 1, 24, base(("    counts: elapsed\n", "    counts: support\n")), severity=4, tier="enlist"),
    ],
    "warnings": [breached(_warned, [50], [25, 75], ("warnings: [50]", "warnings: [25, 75]"))],
    "pauses": [on(_stands_still, "running", "paused", base(RESOLUTION))],
    "tier": [
        on(
            _calendar,
            "weekdays",
            "around-the-clock",
            base(("enlist: {calendar: weekdays", "enlist: {calendar: around-the-clock")),
            tier="enlist",
        )
    ],
    "zone": [
        on(_hour, 5, 15, enlist(f'offset: "+09:00"\n    windows: [{DAWN}]'), tier="enlist"),
    ],
    "transitions": [
        on(
            _hour,
            None,
            0,
            enlist(NEW_YORK),
            enlist(NEW_YORK),
            tier="enlist",
            crafted={"zones": {"America/New_York": {"offset": 0, "transitions": []}}},
        )
    ],
    "windows": [
        on(
            _hour,
            5,
            7,
            enlist('offset: "-05:00"\n    windows: [{days: mon-sun, from: "02:00", to: "03:00"}]'),
            tier="enlist",
        )
    ],
    "week": [
        on(
            _days,
            8,
            4,
            enlist('offset: "-05:00"\n    windows: [{days: mon-sun, from: "00:00", to: "02:00"}]'),
            tier="enlist",
        )
    ],
    "holidays": [
        on(
            _at_once,
            True,
            False,
            enlist(HOLIDAYS.replace("DATES", ", ".join(AROUND))),
            enlist(HOLIDAYS.replace("DATES", "")),
            tier="enlist",
        )
    ],
    "holidays-gone": [
        on(
            _at_once,
            False,
            True,
            enlist(HOLIDAYS.replace("DATES", "")),
            enlist(HOLIDAYS.replace("DATES", ", ".join(AROUND))),
            tier="enlist",
        )
    ],
    "special": [
        on(
            _at_once,
            True,
            False,
            enlist(f"{FULL_DAYS}\n    special: {{{', '.join(f'{date}: []' for date in AROUND)}}}"),
            enlist(FULL_DAYS),
            tier="enlist",
        )
    ],
    "known-until": [
        on(
            _flagged,
            False,
            True,
            enlist(
                f"offset: '-05:00'\n    windows: [{DAWN}]\n    holidays: {{known_until: {AROUND[-1]}}}",
            ),
            enlist(f"offset: '-05:00'\n    windows: [{DAWN}]\n    holidays: {{known_until: 2040-12-31}}"),
            tier="enlist",
        )
    ],
    "calendar": [on(_agreed, None, "extra", base(("\nladders:", f"\n  extra:\n    {FULL_DAYS}\n\nladders:")))],
    "calendar-gone": [
        on(
            _agreed, "extra", "around-the-clock", BASE, base(("\nladders:", f"\n  extra:\n    {FULL_DAYS}\n\nladders:"))
        ),
    ],
    "ladder-counts": [breached(_in_terms, False, True, LADDER)],
    "rung": [
        on(
            _roles,
            ["engineer", "vp"],
            ["engineer", "support-manager"],
            BASE,
            base(("      - {role: support-manager, after: 1s}\n", "")),
            severity=1,
        )
    ],
    "rung-delay": [breached(_rung_delay, 1.0, 2.0, ("support-manager, after: 1s", "support-manager, after: 2s"))],
    "rungs-gone": [breached(_calls, 4, 3, (CEO, ""))],
    "rounds": [breached(_calls, 4, 8, ("    rungs:\n", "    rounds: 2\n    every: 4s\n    rungs:\n"))],
    "every": [breached(_calls, 4, 4, ("    rungs:\n", "    every: 4s\n    rungs:\n"))],
    "acknowledge": [
        complained(
            complaints.acknowledgement,
            2 * DAY,
            3 * DAY,
            ("acknowledge: {working_days: 2", "acknowledge: {working_days: 3"),
        )
    ],
    "review": [complained(complaints.review, 7 * DAY, 9 * DAY, ("review: {days: 7", "review: {days: 9"))],
    "urgent": [complained(complaints.answer, 4 * HOUR, 2 * HOUR, ("urgent: {within: 4h", "urgent: {within: 2h"))],
    "silence": [complained(complaints.silence, 28 * DAY, 21 * DAY, ("silence: {days: 28", "silence: {days: 21"))],
    "ahead": [complained(_promised, 200, 422, ("ahead: {days: 28", "ahead: {days: 14"))],
    "marks": [
        complained(
            complaints.marking,
            2 * DAY,
            1 * DAY,
            ("marks: {working_days: 2", "marks: {working_days: 1"),
        )
    ],
    "survey-reminder": [
        on(
            _reminded,
            84,
            88,
            changed(WITH_MONDAYS, ("survey_reminder: {working_days: 5", "survey_reminder: {working_days: 1")),
            WITH_MONDAYS,
            withdraws=True,
        )
    ],
    "feedback-calendar": [complained(_weeks, 0, 2, (ALL_HOURS[1], "feedback:\n  calendar: mondays"))],
    "required": [
        on(
            _missing,
            [],
            ["product", "os_version"],
            base((REQUIRED, "[product, os, os_version]")),
            base((REQUIRED, "[os]")),
            details={"os": "Debian"},
        )
    ],
    "required-less": [
        on(
            _missing,
            ["os_version"],
            [],
            base((", os_version", "")),
            details={k: v for k, v in ALL.items() if k != "os_version"},
        )
    ],
    "required-order": [
        on(
            _missing,
            ["product", "os"],
            ["os", "product"],
            base((REQUIRED, "[os, product]")),
            base((REQUIRED, "[product, os]")),
            details={},
        )
    ],
    "severities": [on(_nuisance, False, True, base((LOW, "    means: A nuisance.\n")))],
    "assumptions": [
        on(_assumed, False, True, base(("enlist: {calendar: weekdays,", "enlist: {calendar: weekdays, assumed: true,")))
    ],
    "name": [
        on(
            _named,
            "The vendor's support policy",
            "Another",
            base(("name: The vendor's support policy", "name: Another")),
        )
    ],
    "library": [on(_tzdata, None, "2031z", BASE, crafted={"tzdata": "2031z"})],
}
