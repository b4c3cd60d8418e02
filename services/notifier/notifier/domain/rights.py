"""Who may do what: one table."""

from contracts.rights import Right
from contracts.roles import ADMINISTRATORS, MACHINES, STAFF, VENDOR

CLEAR_ADDRESSES = Right(STAFF | ADMINISTRATORS | MACHINES, "Only staff say that an address may be written to again.")
READ_NOTIFICATIONS = Right(VENDOR, "Notifications are shown to staff only.")
