"""Support hours: calendars, time zones and open time. No service is imported; only `zones` does I/O, to read tzdata."""
