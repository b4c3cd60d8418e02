"""The events of feedback, as its streams hold them."""

from contracts.complaints import ComplaintEvent
from contracts.feedback import AcknowledgementEvent, SurveyEvent

Event = AcknowledgementEvent | ComplaintEvent
"""Of one piece of feedback, which may be a complaint."""
FeedbackEvent = SurveyEvent | Event
