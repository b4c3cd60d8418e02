"""The core of feedback: every closing of a ticket is asked about once, and the requester may answer (P16)."""

from feedback.domain.decide import decide
from feedback.domain.evolve import evolve
from feedback.domain.state import INITIAL

__all__ = ["INITIAL", "decide", "evolve"]
