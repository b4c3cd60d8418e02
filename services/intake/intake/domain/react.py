"""What intake does about facts: it follows its own log, so that open tickets follow their account."""

from collections.abc import Iterable
from uuid import UUID

from contracts.envelope import Fact
from intake.domain.commands import ChangeEntitlement, Command
from intake.domain.events import TierChanged


def react(fact: Fact, open_tickets: Iterable[UUID]) -> list[tuple[str, Command]]:
    """Stream and command for each of the account's tickets that are not closed. Imported history moves nobody."""
    if fact.imported or not isinstance(fact.event, TierChanged):
        return []
    return [
        (
            f"ticket-{ticket_id}",
            ChangeEntitlement(
                ticket_id=ticket_id,
                by="service",
                account_version=fact.version,
                tier=fact.event.tier,
                calendar=fact.event.calendar,
            ),
        )
        for ticket_id in open_tickets
    ]
