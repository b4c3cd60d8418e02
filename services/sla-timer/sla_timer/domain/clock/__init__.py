"""Clocks: what commands and time do to one. For other modules: evolve."""

from sla_timer.domain.clock.evolve import evolve as evolve
