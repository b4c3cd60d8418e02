"""The doors of feedback: pages for those who rate, and an API."""

from feedback.http.api import router as api
from feedback.http.pages import router as pages

routers = (pages, api)
