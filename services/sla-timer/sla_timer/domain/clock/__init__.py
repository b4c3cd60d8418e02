"""What follows for a clock. Its door: evolve."""

from sla_timer.domain.clock.evolve import evolve as evolve
