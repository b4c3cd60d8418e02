"""Who may do what, beside the steps of feedback, whose table is `feedback.domain.steps`.

The holder of a survey's signed link may answer it, without a role.
"""

from contracts.rights import Right
from contracts.roles import CUSTOMERS, KEYHOLDERS, STAFF, VENDOR

READ_RATINGS = Right(VENDOR, "Ratings are shown to staff only.")
READ_WORDS = Right(KEYHOLDERS, "Analysts have the log without keys: facts, but no words of persons.")
"""What persons said; a customer's right ends at its own account."""
SAY = Right(CUSTOMERS | STAFF, "Customers say what they think, and staff enter what they were told.")
