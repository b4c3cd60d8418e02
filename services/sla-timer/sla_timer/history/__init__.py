"""A clock's own facts, folded in one room for queries, proofs and what-if."""

from sla_timer.history.as_of import AsOf as AsOf
from sla_timer.history.clock_status import ClockStatus as ClockStatus
from sla_timer.history.clock_status import status_at as status_at
from sla_timer.history.history import metrics_of as metrics_of
from sla_timer.history.history import read_history as read_history
