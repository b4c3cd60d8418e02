"""Who may do what: one table."""

from contracts.rights import Right
from contracts.roles import ADMINISTRATORS, VENDOR

LIST_CLOCKS = Right(VENDOR, "Ask for the clocks of a ticket.")
ASK_WHAT_IF = Right(VENDOR, "Ask for the ticket at intake.")
PUBLISH_POLICIES = Right(ADMINISTRATORS, "Only an administrator publishes policies.")
MIGRATE_CLOCKS = Right(ADMINISTRATORS, "Only an administrator migrates clocks.")
