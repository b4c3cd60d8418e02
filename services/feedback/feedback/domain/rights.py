"""Who may do what: one table. The holder of a survey's signed link may answer it, without a role."""

from contracts.rights import Right
from contracts.roles import VENDOR

READ_RATINGS = Right(VENDOR, "Ratings are shown to staff only.")
