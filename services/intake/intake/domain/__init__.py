"""The functional core of intake. Its door: INITIAL, evolve, decide, react."""

from intake.domain.decide import decide as decide
from intake.domain.evolve import evolve as evolve
from intake.domain.react import react as react
from intake.domain.state import INITIAL as INITIAL
