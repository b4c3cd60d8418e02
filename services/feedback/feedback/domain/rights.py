"""Who may do what, beside the steps of feedback, whose table is `feedback.domain.steps`.

The holder of a survey's signed link may answer it, without a role.
"""

from contracts.rights import Right
from contracts.roles import CUSTOMERS, STAFF, VENDOR

READ_RATINGS = Right(VENDOR, "Ratings are shown to staff only.")
RATE = Right(CUSTOMERS, "Only the requester rates the support.")
READ_REPORTS = Right(VENDOR, "Reports are shown to staff and analysts only.")
"""Figures without words of persons."""
SAY = Right(CUSTOMERS | STAFF, "Customers say what they think, and staff enter what they were told.")
