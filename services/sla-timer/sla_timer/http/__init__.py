"""sla-timer's HTTP API."""

from sla_timer.http.clocks import router as clocks
from sla_timer.http.explain import router as explain
from sla_timer.http.in_force import router as in_force
from sla_timer.http.migrations import router as migrations
from sla_timer.http.policies import router as policies
from sla_timer.http.what_if import router as what_if

ROUTERS = (clocks, explain, in_force, migrations, policies, what_if)
