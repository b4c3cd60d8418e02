"""What intake does about facts: it follows its own log, so that open tickets follow their account and the policy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from intake.domain.commands import ChangeEntitlement, Command, HeedPolicy
from intake.domain.events import Reopened, Tier, TierChanged
from intake.domain.policy import SHIPPED, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an account is entitled to, as of `account_version` of its stream, and the policy in force."""

    account_version: int
    tier: Tier
    calendar: str | None
    policy: Policy = SHIPPED


def react(fact: Fact, known: Sequence[UUID] | Standing) -> list[tuple[str, Command]]:
    """Stream and command for each ticket that has to follow. Imported history moves nobody.

    `known`: of a change of tier the account's tickets that are not closed; of a reopened ticket, which may have
    missed some changes while it was closed, its account's standing and the policy in force.
    """
    asks = ASKS.get(type(fact.event))
    return [] if asks is None or fact.imported else asks(fact, known)


def _changed(fact: Fact, known: Sequence[UUID]) -> list[tuple[str, Command]]:
    standing = Standing(account_version=fact.version, tier=fact.event.tier, calendar=fact.event.calendar)
    return [_follow(ticket_id, standing) for ticket_id in known]


def _reopened(fact: Fact, known: Sequence[UUID] | Standing) -> list[tuple[str, Command]]:
    if not isinstance(known, Standing):
        return []
    ticket_id = fact.event.ticket_id
    heed = HeedPolicy(ticket_id=ticket_id, by="service", policy=known.policy)
    heeding = [(f"ticket-{ticket_id}", heed)] if known.policy.version else []
    return [_follow(ticket_id, known), *heeding]


def _follow(ticket_id: UUID, standing: Standing) -> tuple[str, Command]:
    command = ChangeEntitlement(
        ticket_id=ticket_id,
        by="service",
        account_version=standing.account_version,
        tier=standing.tier,
        calendar=standing.calendar,
    )
    return f"ticket-{ticket_id}", command


ASKS: dict[type[Any], Callable[[Fact, Any], list[tuple[str, Command]]]] = {
    TierChanged: _changed,
    Reopened: _reopened,
}
