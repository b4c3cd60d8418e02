"""Who may do what: one table."""

from contracts.rights import Right
from contracts.roles import STAFF, VENDOR

ACKNOWLEDGE = STAFF
READ_ESCALATIONS = Right(VENDOR, "Escalations are shown to staff only.")
