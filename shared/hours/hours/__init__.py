"""Support hours: calendars, time zones and open time, for any service. Its only I/O is to read the pinned tzdata."""
