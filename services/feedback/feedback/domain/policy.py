"""What feedback takes of the published policies: the deadlines of each version, and the calendar that counts them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts import policy
from contracts.feedback import Terms
from contracts.sla import PolicyPublished
from hours.calendar import Calendar
from hours.published import calendars_of


@dataclass(frozen=True, slots=True)
class Offer:
    """What one version says of feedback. `name`, `tzdata`, `holidays`: of that version.

    `survey_reminder_working_days`: after a closing, until its survey is reminded of (P16).
    """

    terms: Terms
    calendar: Calendar = field(repr=False)
    name: str = ""
    tzdata: str = ""
    holidays: str = ""
    survey_reminder_working_days: int = 5


@dataclass(frozen=True, slots=True)
class Policies:
    """What each published version says of feedback. `last`: the one published last in the shard at hand."""

    versions: Mapping[str, Offer] = field(default_factory=dict)
    last: str | None = None

    def published(self, event: PolicyPublished) -> "Policies":
        """The policies after this publication. Raises ValueError for one without the calendar that it names."""
        said = policy.feedback(event)
        known = {(each.calendar.name, each.calendar.version): each.calendar for each in self.versions.values()}
        calendars = calendars_of(event, known)
        if said.calendar not in calendars:
            raise ValueError(f"policy {event.version} has no calendar {said.calendar!r} for feedback")
        return Policies(
            {
                **self.versions,
                event.version: Offer(
                    _terms(event.version, said),
                    calendars[said.calendar],
                    event.name,
                    event.tzdata,
                    event.holidays,
                    said.survey_reminder_working_days,
                ),
            },
            event.version,
        )

    def in_shard(self, last: str | None) -> "Policies":
        """The policies for a shard where that version was published last; None: none was heard of there."""
        return self if last in (None, self.last) else Policies(self.versions, last)

    def survey_reminder(self, closed_at: datetime) -> datetime | None:
        """When the survey about a closing is reminded of: as the desk closes on the day that lies so many working days
        later, so that all reminders of a person that are due on one day are due at one instant; None: no policy was
        heard of here, or no instant is so late."""
        offer = self.versions.get(self.last or "")
        if offer is None:
            return None
        try:
            day = offer.calendar.working_days_after(closed_at, offer.survey_reminder_working_days)
        except OverflowError:
            return None
        return offer.calendar.last_closing(day)

    @property
    def terms(self) -> Terms:
        """The deadlines for feedback that comes now."""
        offer = self.versions.get(self.last or "")
        return offer.terms if offer else UNPUBLISHED_TERMS

    def calendar(self, terms: Terms) -> Calendar | None:
        """The calendar by which these terms count; None: no policy was heard of here."""
        offer = self.offer(terms)
        return offer.calendar if offer else None

    def offer(self, terms: Terms) -> Offer | None:
        """The version by which these terms count, or the one in force if it is unknown here; None: none is known."""
        return self.versions.get(terms.policy) or self.versions.get(self.last or "")


def _terms(version: str, said: policy.Feedback) -> Terms:
    return Terms(
        policy=version,
        calendar=said.calendar,
        acknowledge_working_days=said.acknowledge_working_days,
        review_days=said.review_days,
        urgent=timedelta(seconds=said.urgent),
        silence_days=said.silence_days,
        ahead_days=said.ahead_days,
        marking_working_days=said.marking_working_days,
    )


UNPUBLISHED_TERMS = _terms(policy.UNPUBLISHED, policy.DEFAULT_FEEDBACK)
"""Before any policy is heard of. sla-timer counts by the version in force, for it doesn't know this one."""
UNHEARD = Policies()
"""Before any policy is heard of."""
