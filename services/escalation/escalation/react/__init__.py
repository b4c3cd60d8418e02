"""Reacting to the facts of other services: who is to be called, about a ticket or a complaint, and no longer."""

from escalation.react.asks import react as react
