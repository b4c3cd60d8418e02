"""sla-timer's doors over HTTP."""

from sla_timer.http.clocks import router as clocks
from sla_timer.http.explain import router as explain
from sla_timer.http.migrations import router as migrations

ROUTERS = (clocks, explain, migrations)
