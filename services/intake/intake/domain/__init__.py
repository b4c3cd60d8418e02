"""The functional core of intake. Its door: INITIAL, evolve, decide."""

from intake.domain.decide import decide as decide
from intake.domain.evolve import evolve as evolve
from intake.domain.state import INITIAL as INITIAL
