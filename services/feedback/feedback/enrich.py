"""What only the database knows: for reactions."""

from typing import Any

from contracts.envelope import Fact
from contracts.notifications import NotificationSent
from feedback.domain.policy import Policies
from kit.store import Tx


async def look_up(tx: Tx, fact: Fact, policies: Policies) -> Any:
    """What the reaction to this fact needs: the policies; of a mail that was sent, the closing that it asks about."""
    if not isinstance(fact.event, NotificationSent):
        return policies
    key = {"ticket_id": fact.event.ticket_id, "notification_id": fact.event.notification_id}
    rows = await tx.rows("survey_mails", [key])
    return rows[0]["closing"] if rows else None
