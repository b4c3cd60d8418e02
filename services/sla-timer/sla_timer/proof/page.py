"""A clock's proof as a page."""

from contracts.sla import Metric
from kit.proof import page as shown
from sla_timer.proof.proof import Proof

TITLES: dict[Metric, str] = {
    "response": "first answer",
    "objective": "first answer, as hoped for",
    "next-reply": "next reply",
    "update": "next update",
    "resolution": "resolution",
}


def page(proof: Proof) -> str:
    """One HTML document that needs no other."""
    clock = proof.clock
    return shown.page(proof, f"{clock.number or clock.ticket_id}: {TITLES[clock.metric]}")
