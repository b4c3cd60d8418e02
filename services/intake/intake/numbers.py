"""The numbers of tickets: P-1000, P-1001, …"""

from kit.log.numbers import Series

TICKET_NUMBERS = Series("P", "ticket_number")
