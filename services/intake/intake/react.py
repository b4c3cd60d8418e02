"""Intake reacts to its own facts, so that open tickets follow their account and the policy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from intake.domain.commands import ChangeEntitlement, ChangeLocale, Command, Entitlement, HeedPolicy
from intake.domain.events import LocaleChanged, Reopened, TierChanged
from intake.domain.policy import SHIPPED, Policy
from intake.domain.state import VENDORS, Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for a ticket now: its account's entitlement, how the account reads, and the policy in force."""

    entitlement: Entitlement
    policy: Policy = SHIPPED
    locale: Locale = VENDORS


def react(fact: Fact, known: Sequence[UUID] | Terms) -> list[tuple[str, Command]]:
    """The command for each ticket that has to follow, with its stream. Imported history changes nothing.

    `known`: for a change of the account, its tickets that are not closed; for a reopened ticket, its terms, which may
    have changed while it was closed.
    """
    asks = ASKS.get(type(fact.event))
    return [] if asks is None or fact.imported else asks(fact, known)


def _changed(fact: Fact, known: Sequence[UUID]) -> list[tuple[str, Command]]:
    entitlement = Entitlement(account_version=fact.version, tier=fact.event.tier, calendar=fact.event.calendar)
    return [_follow(ticket_id, entitlement) for ticket_id in known]


def _reads(fact: Fact, known: Sequence[UUID]) -> list[tuple[str, Command]]:
    locale = Locale(fact.event.language, fact.event.zone)
    return [_follow_locale(ticket_id, fact.version, locale) for ticket_id in known]


def _reopened(fact: Fact, known: Sequence[UUID] | Terms) -> list[tuple[str, Command]]:
    if not isinstance(known, Terms):
        return []
    ticket_id = fact.event.ticket_id
    heed = HeedPolicy(ticket_id=ticket_id, by="service", policy=known.policy)
    heeding = [(f"ticket-{ticket_id}", heed)] if known.policy.version else []
    reading = _follow_locale(ticket_id, known.entitlement.account_version, known.locale)
    return [_follow(ticket_id, known.entitlement), reading, *heeding]


def _follow(ticket_id: UUID, entitlement: Entitlement) -> tuple[str, Command]:
    return f"ticket-{ticket_id}", ChangeEntitlement(ticket_id=ticket_id, by="service", entitlement=entitlement)


def _follow_locale(ticket_id: UUID, account_version: int, locale: Locale) -> tuple[str, Command]:
    command = ChangeLocale(ticket_id=ticket_id, by="service", account_version=account_version, locale=locale)
    return f"ticket-{ticket_id}", command


ASKS: dict[type[Any], Callable[[Fact, Any], list[tuple[str, Command]]]] = {
    TierChanged: _changed,
    LocaleChanged: _reads,
    Reopened: _reopened,
}
