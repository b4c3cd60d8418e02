"""The doors of feedback: pages for those who rate or have something to say, and an API."""

from feedback.http.api import router as surveys
from feedback.http.complaints import router as complaints
from feedback.http.explain import router as promises
from feedback.http.feedback import router as feedback
from feedback.http.outcome_page import router as outcomes
from feedback.http.pages import router as pages
from feedback.http.public_page import router as public
from feedback.http.reports import router as reports

routers = (public, pages, outcomes, surveys, feedback, complaints, promises, reports)
