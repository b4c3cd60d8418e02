"""Reacting to the facts of other services: which commands for clocks and alarms follow from them."""

from sla_timer.react.asks import hear as hear
from sla_timer.react.asks import react as react
