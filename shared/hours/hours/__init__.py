"""Support hours: calendars, time zones and open time. Pure, and independent of any service."""
