"""All published versions of the policy: running clocks keep theirs, new ones take the current one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from contracts.replacing import replace
from contracts.sla import PolicyPublished
from hours.zone import Zone
from sla_timer.policy.model import Policy
from sla_timer.policy.promise import Kind
from sla_timer.policy.refusals import UnknownPolicy


@dataclass(frozen=True)
class Policies:
    """Versions by name, each compiled once; `latest` is the one published last.

    Without slots, so that cached properties work: every fact asks for them.
    """

    versions: Mapping[str, Policy] = field(default_factory=dict)
    latest: str = ""

    def published(self, event: PolicyPublished) -> "Policies":
        """With this version current. It is compiled once, though every shard publishes it."""
        if event.version in self.versions:
            return Policies(self.versions, event.version)
        compiled = {
            (calendar.name, calendar.version): calendar
            for policy in self.versions.values()
            for calendar in policy.calendars.values()
        }
        return Policies({**self.versions, event.version: Policy.of(event, compiled)}, event.version)

    @cached_property
    def further(self) -> frozenset[Kind]:
        """The kinds that any version promises, beyond a first answer."""
        return frozenset(kind for policy in self.versions.values() for kind in policy.further)

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of clocks that there may be."""
        return self.further | {"response"}

    @cached_property
    def pausing(self) -> frozenset[Kind]:
        """The kinds of clocks that any version pauses while a ticket waits for its requester (P24)."""
        return frozenset(kind for policy in self.versions.values() for kind in policy.kinds if policy.pauses(kind))

    @property
    def current(self) -> Policy:
        """The version that new clocks are started with. Raises UnknownPolicy."""
        return self[self.latest]

    def with_calendar(self, calendar: str, version: str) -> Policy | None:
        """A policy with that calendar: this version, else the current one, else the latest that has it; None if none.

        Raises UnknownPolicy if no policy was published at all.
        """
        first = [self.versions[version]] if version in self.versions else []
        policies = (*first, self.current, *reversed(list(self.versions.values())))
        return next((policy for policy in policies if calendar in policy.calendars), None)

    def zone(self, name: str) -> Zone | None:
        """A zone of that name, of the current version or else of the latest that has it; None if none has."""
        for policy in (*([self.current] if self.latest else []), *reversed(list(self.versions.values()))):
            if name in policy.zones:
                return Zone.of(policy.zones[name])
        return None

    def by(self, version: str | None) -> "Policies":
        """With that version current, if it is known: for a fact that names the version by which it was judged."""
        return (
            self if version in (None, self.latest) or version not in self.versions else Policies(self.versions, version)
        )

    def current_alone(self) -> "Policies":
        """The current version alone, with fresh calendars, so that shared tables don't grow. Raises UnknownPolicy."""
        calendars = {name: calendar.empty_copy() for name, calendar in self.current.calendars.items()}
        return Policies({self.latest: replace(self.current, calendars=calendars)}, self.latest)

    def __getitem__(self, version: str) -> Policy:
        """A version. Raises UnknownPolicy."""
        try:
            return self.versions[version]
        except KeyError:
            raise UnknownPolicy(f"Version {version!r} must be published first.") from None
