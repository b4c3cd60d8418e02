"""Other policies than the shipped one, and the administrator who puts them in force while clocks run."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.simulation.arithmetic import GENEROUS, MORE, PLAIN, POLICIES, STRICT, THOROUGH, USUAL, Terms
from tests.simulation.drawn_policies import DrawnPolicies
from tests.simulation.information import waits_for

from contracts import policy
from contracts.names import SLA, TICKETS
from escalation.domain.ladder import Ladders
from intake.domain.policy import Policy
from kit.simulate.troubled import TroubledWorld
from kit.store.rows import fact_of
from sla_timer.policy.file.read import DEFAULT, load, read
from sla_timer.policy.file.resolve import Document
from sla_timer.policy.versions import Policies

EVENING_HOURS = '  evenings: {offset: "-05:00", windows: [{days: mon-fri, from: "17:00", to: "21:00"}]}'
CHANGES: Mapping[str, Mapping[str, str]] = {
    GENEROUS.name: {
        "1: {within: 1h,": "1: {within: 2h,",
        "2: {within: 4h,": "2: {within: 6h,",
        "3: {within: 8h,": "3: {within: 12h,",
        "4: {within: 24h,": "4: {within: 36h,",
        "warnings: [50, 75, 90]": "warnings: [80]",
        'from: "09:00", to: "17:00"': 'from: "08:00", to: "18:00"',
        "support-manager, after: 30m": "support-manager, after: 1h",
        "\nladders:": f"\n{EVENING_HOURS}\nladders:",
    },
    STRICT.name: {
        "1: {within: 1h,": "1: {within: 30m,",
        "2: {within: 4h,": "2: {within: 2h,",
        "3: {within: 8h,": "3: {within: 4h,",
        "4: {within: 24h,": "4: {within: 12h,",
        '- {days: mon-fri, from: "09:00", to: "17:00"}': '- {days: mon-fri, from: "09:00", to: "12:00"}\n'
        '      - {days: mon-fri, from: "13:00", to: "17:00"}',
        "{role: ceo, after: 8h}": "{role: ceo, after: 3h}",
    },
}
"""What these policies say otherwise than the shipped file."""


DRAWN = 0.25
"""The share of runs with policies of which anything may be otherwise."""
TODAY = date(2026, 3, 2)
"""No policy here has holidays that could run out."""


def read_again(file: Path, *, today: date) -> Document:
    """As the service reads a file, but each only once; the other policies are files by their names."""
    return drawn.documents.get(file.name) or _read(file)


drawn = DrawnPolicies()
"""Those of the run at hand."""


@cache
def _read(file: Path) -> Document:
    if file.name not in POLICIES:
        return read(file, today=TODAY)
    text = DEFAULT.read_text(encoding="utf-8").replace(USUAL.name, f'"{file.name}"')
    for before, after in {**CHANGES.get(file.name.removesuffix(MORE), {}), **_further(POLICIES[file.name])}.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return load(text, name=file.name, today=TODAY)


def _further(terms: Terms) -> Mapping[str, str]:
    """What a policy says that promises more than an answer, and pauses."""
    if not terms.more:
        return {}
    pauses = "pauses: [waiting-for-requester]"
    metrics = [
        f"  {kind}: {{counts: support, warnings: [50, 90], {pauses}, targets: {{{_targets(hours)}}}}}\n"
        for kind, hours in terms.more.items()
    ]
    ladder = {"    rungs:\n": "    counts: support\n    rungs:\n"} if terms.ladder == "support" else {}
    return ladder | {
        "    counts: support #": f"    {pauses}\n    counts: support #",
        "    counts: elapsed\n": f"    {pauses}\n    counts: elapsed\n",
        "\ntiers:": f"\n{''.join(metrics)}\ntiers:",
    }


def _targets(hours: Mapping[int, float]) -> str:
    return ", ".join(f"{severity}: {{within: {round(60 * span)}m}}" for severity, span in hours.items())


class Administrator:
    """Whoever changes the policy: sets another file, and restarts what reads it."""

    def __init__(self, world: TroubledWorld, random: Random, fields: Random, *, more: bool) -> None:
        """`more`: policies that also promise what comes after an answer, and pause; `fields`: chance of those of which
        anything may be otherwise, in some runs."""
        self._world, self._random, self._fields = world, random, fields
        drawn.clear()
        self._names = [terms.name for terms in (THOROUGH if more else PLAIN)]
        self._put(self._names[0])

    def waiting(self) -> Iterable[str]:
        """Who follows another policy than the one that was put in force last."""
        published = self._world.stores["sla-timer"].tables.streams.get("policy-0", [])
        latest = fact_of(SLA, published[-1]).event if published else None
        if latest is None or latest.name != self.wanted:
            yield f"{self.wanted} is not in force"
            return
        intake, required = self._world.stores["intake"], policy.required(latest)
        for stream, rows in intake.tables.streams.items():
            if more := waits_for(fact_of(TICKETS, row) for row in rows).beyond(required):
                yield f"{stream} waits for {sorted(more)}, which {self.wanted} does not require"
        for process in self._world.processes:
            current: Any = process.host.book.current
            if isinstance(current, Policies) and current.latest != latest.version:
                yield f"{process.service.name} follows the policy {current.latest}, and not {self.wanted}"
            if isinstance(current, Ladders) and current.last != latest.version:
                yield f"{process.service.name} has another ladder than {self.wanted}"
            if isinstance(current, Policy) and current.version != latest.version:
                yield f"{process.service.name} requires what {current.version} does, and not {self.wanted}"

    async def change(self, within: float) -> None:
        """Some times, in some runs. `within`: seconds."""
        for _ in range(self._random.choice((0, 0, 0, 1, 2, 3))):
            await asyncio.sleep(self._random.random() * within / 2)
            await self._change_to(self._random.choice(self._names))

    async def change_anything(self, within: float) -> None:
        """Draw policies field by field, in some runs. `within`: seconds."""
        if self._fields.random() < DRAWN:
            for _ in range(self._fields.choice((1, 2, 3))):
                await asyncio.sleep(self._fields.random() * within / 2)
                base = POLICIES[self._fields.choice(self._names)]
                await self._change_to(drawn.draw(_read(_file(base.name)), self._fields))

    async def _change_to(self, name: str) -> None:
        self._put(name)
        self._world.tell(f"the policy is to be: {self.wanted}")
        await self._world.restart("sla-timer")

    def _put(self, name: str) -> None:
        self.wanted = name
        self._world.own["sla-timer"] = {"policy_file": None if name == USUAL.name else _file(name)}


def _file(name: str) -> Path:
    return DEFAULT if name == USUAL.name else Path(name)
