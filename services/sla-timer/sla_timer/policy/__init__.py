"""The support policy: its promises and calendars, its versions, its file, and what another version changes."""
