"""The functional core: decide, evolve, INITIAL; and elapse, identify, timers, since clocks run out by themselves."""

from sla_timer.domain.decide import decide as decide
from sla_timer.domain.elapse import elapse as elapse
from sla_timer.domain.elapse import identify as identify
from sla_timer.domain.elapse import timers as timers
from sla_timer.domain.evolve import evolve as evolve
from sla_timer.domain.state import INITIAL as INITIAL
