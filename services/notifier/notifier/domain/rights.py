"""Who may do what: one table."""

from contracts.rights import Right
from contracts.roles import KEYHOLDERS, VENDOR

READ_NOTIFICATIONS = Right(VENDOR, "Notifications are shown to staff only.")
READ_WORDS = Right(KEYHOLDERS, "Analysts read no personal words.")
