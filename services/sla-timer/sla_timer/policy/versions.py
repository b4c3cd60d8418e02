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

    Without slots, so that what all facts ask of it is worked out once.
    """

    versions: Mapping[str, Policy] = field(default_factory=dict)
    latest: str = ""

    def published(self, event: PolicyPublished) -> "Policies":
        """With one more version, which is the current one from now on. Every shard may say so: once is enough."""
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
        """What any version promises beyond a first answer."""
        return frozenset(kind for policy in self.versions.values() for kind in policy.further)

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of clocks that there may be."""
        return self.further | {"response"}

    @cached_property
    def pausing(self) -> frozenset[Kind]:
        """The clocks that any version lets stand still while a ticket waits for its requester (P24)."""
        return frozenset(kind for policy in self.versions.values() for kind in policy.kinds if policy.pauses(kind))

    @property
    def current(self) -> Policy:
        """The version that new clocks are started with. Raises UnknownPolicy."""
        return self[self.latest]

    def knowing(self, calendar: str, version: str) -> Policy | None:
        """Who knows that calendar: this version, else the current one, else the one published last. Raises
        UnknownPolicy where there is none at all."""
        first = [self.versions[version]] if version in self.versions else []
        policies = (*first, self.current, *reversed(list(self.versions.values())))
        return next((policy for policy in policies if calendar in policy.calendars), None)

    def zone(self, name: str) -> Zone | None:
        """A zone as the version published last has it, or another one."""
        for policy in (*([self.current] if self.latest else []), *reversed(list(self.versions.values()))):
            if name in policy.zones:
                return Zone.of(policy.zones[name])
        return None

    def by(self, version: str | None) -> "Policies":
        """With that version in force, if it is one of these: for a fact that names the one it was judged by."""
        return (
            self if version in (None, self.latest) or version not in self.versions else Policies(self.versions, version)
        )

    def current_alone(self) -> "Policies":
        """The current version alone, with calendars of its own. Raises UnknownPolicy."""
        calendars = {name: calendar.empty_copy() for name, calendar in self.current.calendars.items()}
        return Policies({self.latest: replace(self.current, calendars=calendars)}, self.latest)

    def __getitem__(self, version: str) -> Policy:
        """A version. Raises UnknownPolicy."""
        try:
            return self.versions[version]
        except KeyError:
            raise UnknownPolicy(f"Version {version!r} must be published first.") from None
