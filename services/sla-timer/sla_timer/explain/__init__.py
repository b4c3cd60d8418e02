"""Verdicts that explain themselves: a clock as it stands, and the proof of it, from the clock's own facts."""

from sla_timer.explain.as_of import AsOf as AsOf
from sla_timer.explain.citing import cited as cited
from sla_timer.explain.history import metrics_of as metrics_of
from sla_timer.explain.history import read as read
from sla_timer.explain.proof import Proof as Proof
from sla_timer.explain.proof import prove as prove
from sla_timer.explain.standing import Standing as Standing
from sla_timer.explain.standing import stands as stands
