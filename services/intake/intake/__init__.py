"""Where help is asked for: tickets, accounts, subject keys."""
