"""What the facts of other services ask of clocks and alarms."""

from sla_timer.react.asks import hear as hear
from sla_timer.react.asks import react as react
