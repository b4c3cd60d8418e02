"""The core of escalation: a ladder of people who are called until someone takes it on (P23)."""

from escalation.domain.decide import decide
from escalation.domain.evolve import alarms, evolve
from escalation.domain.state import INITIAL

__all__ = ["INITIAL", "alarms", "decide", "evolve"]
