"""The functional core. Its door: decide, evolve, INITIAL; since time is its business, elapse, timers."""

from sla_timer.domain.decide import decide as decide
from sla_timer.domain.elapse import elapse as elapse
from sla_timer.domain.elapse import identify as identify
from sla_timer.domain.elapse import timers as timers
from sla_timer.domain.evolve import evolve as evolve
from sla_timer.domain.state import INITIAL as INITIAL
