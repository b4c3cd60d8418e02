"""Verdicts on imported history, for reports. Published as the entry point `punctual.judges`.

No service reacts to an imported fact, so sla-timer's log has no clock for it. Its verdict is computed when somebody
asks, as if each fact had been recorded when it occurred.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from msgspec import structs

from contracts.envelope import Fact
from sla_timer.domain.commands import ClockCommand
from sla_timer.history.verdict import Verdict, verdict_of
from sla_timer.policy.file import DEFAULT, PolicyRefused, read
from sla_timer.policy.versions import Policies
from sla_timer.react import react
from sla_timer.react.asks import response_clock

Judge = Callable[[Iterable[Fact], datetime], Verdict]
"""(a ticket's facts in order, an instant) -> the verdict on its response clock by then."""


def judge_by(policy: Path | str, today: date) -> Judge:
    """A judge by a policy file, or by a shipped policy's name. Raises ValueError, saying why."""
    file = policy if isinstance(policy, Path) else DEFAULT.with_name(f"{policy}.yaml")
    try:
        published = read(file, today=today).published()
    except PolicyRefused as refused:
        raise ValueError(str(refused)) from refused
    except OSError as error:
        raise ValueError(f"{file} can't be read: {error.strerror}") from error
    policies = Policies().published(published)
    return lambda facts, until: verdict_of((one for fact in facts for one in _asked(fact, policies)), until)


def _asked(fact: Fact, policies: Policies) -> Iterable[ClockCommand]:
    live = structs.replace(fact, recorded_at=fact.happened_at, meta=replace(fact.meta, occurred_at=None))
    stream = response_clock(fact.event.ticket_id)
    return (command for of, command in react(live, policies) if of == stream and isinstance(command, ClockCommand))
