"""Who may do what: one table. Whoever holds a survey's signed link may answer it, in no role."""

from contracts.rights import Right
from contracts.roles import VENDOR

READ_RATINGS = Right(VENDOR, "Ratings are shown to staff only.")
