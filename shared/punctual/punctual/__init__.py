"""The command punctual."""
