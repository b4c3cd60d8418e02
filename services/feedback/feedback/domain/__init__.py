"""The core of feedback: surveys (P16), feedback and its acknowledgement (P17), complaints up to the CEO (P18-P22).

Every closing of a ticket is asked about once. What a customer says of the support has a stream, `feedback-<id>`; if it
is a complaint, its steps are one table (`feedback.domain.steps`), and each of its deadlines an alarm that an event
carries.
"""

from feedback.domain.decide import decide
from feedback.domain.evolve import alarms, dated, echoes, evolve
from feedback.domain.state import INITIAL

__all__ = ["INITIAL", "alarms", "dated", "decide", "echoes", "evolve"]
