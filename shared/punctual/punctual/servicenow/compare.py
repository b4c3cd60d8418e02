"""Our verdicts beside the log's own `made_sla`: counted, with each kind of disagreement described."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from punctual.servicenow.changes import undefined
from punctual.servicenow.rows import UNKNOWN, Clock, Incident

EXAMPLES_SHOWN = 3
BY_THE_JOB = timedelta(days=5, hours=12)
"""A job of that desk closes incidents five days after their resolution; one that took longer was closed by hand."""
NEAR = timedelta(days=1)


class Judged(NamedTuple):
    """An incident, when it was closed, and sla-timer's verdicts on its `closing` and on its first `response`."""

    incident: Incident
    closing: Any
    response: Any
    closed_at: datetime | None

    @property
    def made(self) -> bool:
        """The log's own verdict, at its end."""
        return self.incident.last.made_sla == "true"

    @property
    def severity(self) -> int:
        """The last priority."""
        return self.incident.severity(len(self.incident.rows) - 1)


class Kind(NamedTuple):
    """A kind of disagreement: its name, its description, and a test of which incidents are of that kind."""

    name: str
    words: str
    fits: Callable[[Judged, Clock], bool]


CLOSING = (
    Kind(
        "lowered",
        "The deadline of a more urgent priority had passed before the priority was lowered: for us that breach stays "
        "on record, the log judges by the last priority alone.",
        lambda one, _: not _kept(one.closing) and (one.closing.severity or 9) < one.severity,
    ),
    Kind(
        "reopened",
        "Resolved, reopened and resolved again: we judge by the last closing, the log by something earlier.",
        lambda one, _: one.incident.last.reopen_count != "0",
    ),
    Kind(
        "left-lying",
        "Resolved early and closed by hand, days or months later than the job closes: late for us, and not for the "
        "log, which doesn't seem to count that wait.",
        lambda one, clock: not _kept(one.closing) and _closed_by_hand(one, clock),
    ),
    Kind(
        "urgent",
        "Of priority 1 or 2. The log hardly tells what was promised there: all but a handful were closed too late, by "
        "whatever limit.",
        lambda one, _: one.severity < 3,
    ),
    Kind(
        "near",
        "Closed within a day of our deadline: the limits are fitted, and not known to the hour.",
        lambda one, _: bool(one.closed_at) and abs(one.closed_at - one.closing.due_at) <= NEAR,
    ),
    Kind("unexplained", "None of these: what the log tells of them gives no reason.", lambda one, _: True),
)
"""Why our verdict on the closing may differ from the log's; the first that fits an incident is its kind."""

RESPONSE = (
    Kind(
        "answered-late",
        "Somebody took it up later than we would have promised, and it was closed in time: the log promises a closing, "
        "and no first answer.",
        lambda one, _: not _kept(one.response),
    ),
    Kind(
        "closed-late",
        "Taken up in time, and closed too late: an early answer is no early end.",
        lambda one, _: True,
    ),
)
"""The same for the first answer, which is another promise than the log's."""


@dataclass(slots=True)
class Measure:
    """One of our promises beside the log's verdict. `agree` etc. count incidents; `states` by severity and state."""

    kinds: tuple[Kind, ...]
    both_kept: int = 0
    both_broken: int = 0
    only_we_broken: int = 0
    only_log_broken: int = 0
    states: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Incident numbers by kind of disagreement."""

    def add(self, one: Judged, verdict: Any, clock: Clock) -> None:
        """Count an incident."""
        kept = _kept(verdict)
        self.states[one.severity][verdict.state] += 1
        self.both_kept += kept and one.made
        self.both_broken += not kept and not one.made
        self.only_we_broken += not kept and one.made
        self.only_log_broken += kept and not one.made
        if kept != one.made:
            self.found[next(kind.name for kind in self.kinds if kind.fits(one, clock))].append(one.incident.number)


@dataclass(slots=True)
class Report:
    """Both measures over all incidents. `undefined`: rows by a state that the log doesn't define."""

    incidents: int
    rows: int
    made: int
    closing: Measure
    response: Measure
    undefined: Counter[str] = field(default_factory=Counter)


def compared(judged: Iterable[Judged], clock: Clock) -> Report:
    """The report of a log."""
    report = Report(0, 0, 0, Measure(CLOSING), Measure(RESPONSE))
    for one in judged:
        report.incidents += 1
        report.rows += len(one.incident.rows)
        report.made += one.made
        report.undefined += undefined([one.incident])
        report.closing.add(one, one.closing, clock)
        report.response.add(one, one.response, clock)
    return report


def _kept(verdict: Any) -> bool:
    """Whether the promise is kept, or not broken so far: the log counts both as kept."""
    return verdict.state not in ("breached", "missed")


def _closed_by_hand(one: Judged, clock: Clock) -> bool:
    resolved_at = one.incident.last.resolved_at
    if one.closed_at is None or resolved_at == UNKNOWN:
        return False
    return one.closed_at - one.incident.at(len(one.incident.rows) - 1, "resolved_at", clock) > BY_THE_JOB
