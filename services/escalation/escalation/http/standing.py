"""How the climb stands to which a call belongs: who has it, or how it ended. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.envelope import Fact
from contracts.escalations import EscalationAcknowledged, EscalationRaised, EscalationResolved, RoleCalled


@dataclass(frozen=True, slots=True)
class Standing:
    """The last call of that climb, and who was first to acknowledge since, or how it ended; None: neither."""

    call: Fact
    acknowledged: Fact | None = None
    ended: Fact | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody is still wanted."""
        return self.acknowledged is None and self.ended is None


def standing(facts: Sequence[Fact], call: UUID) -> Standing | None:
    """How the climb stands to which the call with this event's id belongs; None: there is no such call.

    `facts`: the escalation's, in order. It may begin anew after its end: that is another climb.
    """
    found: Standing | None = None
    ours = False
    for fact in facts:
        match fact.event:
            case EscalationRaised() | RoleCalled():
                if ours and found and found.ended:
                    return found
                found = Standing(fact)
                ours = ours or fact.event_id == call
            case EscalationAcknowledged() if found:
                found = Standing(found.call, fact)
            case EscalationResolved() if found:
                found = Standing(found.call, found.acknowledged, fact)
    return found if ours else None
