"""The status of a clock, and its proof, from the clock's own facts."""

from sla_timer.history.as_of import AsOf as AsOf
from sla_timer.history.clock_status import ClockStatus as ClockStatus
from sla_timer.history.clock_status import status_at as status_at
from sla_timer.history.history import metrics_of as metrics_of
from sla_timer.history.history import read_history as read_history
from sla_timer.proof.citing import cited as cited
from sla_timer.proof.proof import Proof as Proof
from sla_timer.proof.proof import prove as prove
