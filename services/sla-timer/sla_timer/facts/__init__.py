"""The facts of tickets that clocks react to, kept in columns: what happened, whatever was promised."""
