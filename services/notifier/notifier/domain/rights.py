"""Who may do what: one table."""

from contracts.rights import Right
from contracts.roles import VENDOR

READ_NOTIFICATIONS = Right(VENDOR, "Notifications are shown to staff only.")
