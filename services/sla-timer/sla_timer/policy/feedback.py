"""What a policy promises about feedback and complaints, in the sentences for customers and for changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from contracts.policy import Feedback
from sla_timer.policy.wording import counted, duration

FeedbackTerm = Literal[
    "acknowledge", "review", "urgent", "silence", "ahead", "marks", "survey-reminder", "feedback-calendar"
]


@dataclass(frozen=True, slots=True)
class Term:
    """One of the terms. `text` has room for its value and for what it was before; `unit`: of a number of days."""

    name: FeedbackTerm
    text: str
    value: Callable[[Feedback], int | str]
    unit: str = ""

    def said(self, terms: Feedback) -> str:
        """The sentence."""
        return self.text.format(self._full(terms), "")

    def changed(self, before: Feedback, after: Feedback) -> str | None:
        """The sentence with what it was before; None: it is the same."""
        was, now = self.value(before), self.value(after)
        return None if was == now else self.text.format(self._full(after), f" instead of {was}")

    def _full(self, terms: Feedback) -> str:
        value = self.value(terms)
        return counted(value, self.unit) if isinstance(value, int) else value


TERMS = (
    Term(
        "acknowledge",
        "Feedback is acknowledged within {}{}.",
        lambda terms: terms.acknowledge_working_days,
        "working day",
    ),
    Term(
        "review",
        "Complaints are reviewed, or an update given, within {}{}.",
        lambda terms: terms.review_days,
        "day",
    ),
    Term(
        "urgent",
        "Urgent complaints are answered within {} of support time{}.",
        lambda terms: duration(timedelta(seconds=terms.urgent)),
    ),
    Term(
        "silence",
        "An outcome counts as settled after {} of silence{}.",
        lambda terms: terms.silence_days,
        "day",
    ),
    Term("ahead", "An update is promised at most {} ahead{}.", lambda terms: terms.ahead_days, "day"),
    Term(
        "marks",
        "Words after an outcome are a dispute after {}{}, unless somebody marks them.",
        lambda terms: terms.marking_working_days,
        "working day",
    ),
    Term(
        "survey-reminder",
        "An unanswered survey is reminded of after {}{}.",
        lambda terms: terms.survey_reminder_working_days,
        "working day",
    ),
    Term("feedback-calendar", "Feedback counts its days by the calendar {}{}.", lambda terms: terms.calendar),
)
"""All of them, in the order of the policy file."""
