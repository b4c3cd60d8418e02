"""The doors of feedback: pages for those who rate, and an API."""

from feedback.http.api import router as surveys
from feedback.http.complaints import router as complaints
from feedback.http.explain import router as promises
from feedback.http.feedback import router as feedback
from feedback.http.outcome_page import router as outcomes
from feedback.http.pages import router as pages

routers = (pages, outcomes, surveys, feedback, complaints, promises)
