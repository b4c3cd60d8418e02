"""The proof of a clock, from the clock's own facts."""

from sla_timer.proof.citing import cited as cited
from sla_timer.proof.proof import Proof as Proof
from sla_timer.proof.proof import prove as prove
