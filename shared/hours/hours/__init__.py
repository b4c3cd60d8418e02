"""Support hours: calendars, time zones, and open time counted by them. Pure, and knows no service."""
