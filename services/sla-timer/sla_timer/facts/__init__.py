"""The facts of tickets that clocks heed, kept in columns: what has happened, whatever was promised."""
