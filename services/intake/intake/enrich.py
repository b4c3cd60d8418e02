"""Completes commands with what only the database knows, within the transaction that carries them out."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard
from uuid import UUID

from contracts.envelope import Fact
from contracts.replacing import replace
from intake.directory import spellings
from intake.domain.account import plain
from intake.domain.commands import (
    ChangeAccount,
    Command,
    Entitlement,
    OnTicket,
    OpenTicket,
    RegisterAccount,
    TicketRequest,
)
from intake.domain.events import LocaleChanged, Reopened, TierChanged
from intake.domain.state import Locale
from intake.people import enter
from intake.react import Terms
from kit.store import ShardClosed, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A command of a person of whom we know only the address; `enrich` finds the subject, and makes the command.

    `command`: makes it, for a subject; `opens`: it opens a ticket, for an account that must exist. `digest`: of the
    address; `candidate`: the subject's id if the address is new.
    """

    command: Callable[[UUID], TicketRequest | OnTicket]
    opens: bool
    account_id: UUID
    digest: bytes
    candidate: UUID


Asked = Command | TicketRequest | Addressed
"""What the doors ask for."""


async def enrich(tx: Tx, commands: Sequence[Asked]) -> Sequence[Command]:
    """Subjects by address, entitlements by account, owners of domains, under locks that hold until the commit."""
    accounts = await _accounts(tx, commands)
    owners = await _owners(tx, commands)
    subjects = await _subjects(tx, [command for command in commands if _is_to_be_known(command, accounts)])
    return [_complete(_known(command, subjects), owners, accounts) for command in commands]


async def _accounts(tx: Tx, commands: Iterable[Asked]) -> dict[UUID, dict[str, Any]]:
    """The accounts concerned, by id, locked: a change of tier waits for openings under way, and they wait for it."""
    wanted = sorted({command.account_id for command in commands if _concerns_account(command)})
    if not wanted:
        return {}
    # One statement, so that locks are taken in one order; an upgrade from share to update could deadlock.
    lock: Any = "update" if any(isinstance(command, ChangeAccount) for command in commands) else "share"
    rows = await tx.rows("accounts", [{"account_id": account} for account in wanted], lock=lock)
    return {row["account_id"]: row for row in rows}


def _concerns_account(command: Asked) -> TypeGuard[TicketRequest | ChangeAccount | Addressed]:
    return command.opens if isinstance(command, Addressed) else isinstance(command, TicketRequest | ChangeAccount)


async def _owners(tx: Tx, commands: Iterable[Asked]) -> dict[str, UUID]:
    """The account that has each domain that is to be registered, if one has, in whatever spelling."""
    wanted = {d for command in commands if isinstance(command, RegisterAccount) for d in plain(command.domains)}
    return {
        domain: row["account_id"]
        for domain in sorted(wanted)
        for spelling in reversed(spellings(domain))
        for row in await tx.select("account_domains", {"domain": spelling})
    }


def _is_to_be_known(command: Asked, accounts: Container[UUID]) -> TypeGuard[Addressed]:
    """Whether to find the subject. For an account that doesn't exist nobody is entered: the request will be refused."""
    if not isinstance(command, Addressed):
        return False
    return command.account_id in accounts or not command.opens


async def _subjects(tx: Tx, commands: Sequence[Addressed]) -> dict[tuple[UUID, bytes], UUID]:
    """The subject of each address, which is of the account: who asks has said so. New addresses are entered, in the
    order of their keys so that no two deadlock."""
    candidates: dict[tuple[UUID, bytes], UUID] = {}
    for command in commands:
        candidates.setdefault((command.account_id, command.digest), command.candidate)
    keys = {key: {"account_id": key[0], "digest": key[1]} for key in sorted(candidates)}
    if not keys:
        return {}
    known = await tx.rows("subjects", list(keys.values()))
    found = {(row["account_id"], row["digest"]): row["subject_id"] for row in known if row["member"]}
    for key in keys:
        if key not in found:
            found[key] = await enter(tx, *key, candidates[key], member=True)
    return found


def _known(command: Asked, subjects: dict[tuple[UUID, bytes], UUID]) -> Command | TicketRequest:
    if not isinstance(command, Addressed):
        return command
    made = command.command(subjects.get((command.account_id, command.digest), command.candidate))
    assert isinstance(made, Command | TicketRequest)
    return made


def _complete(
    command: Command | TicketRequest, owners: dict[str, UUID], accounts: dict[UUID, dict[str, Any]]
) -> Command:
    match command:
        case TicketRequest():
            if (account := accounts.get(command.account_id)) is None:
                return OpenTicket(command, None)
            return OpenTicket(command, _entitlement(account), _locale(account))
        case RegisterAccount():
            domains, own = plain(command.domains), command.account_id
            return replace(command, taken=tuple(domain for domain in domains if owners.get(domain, own) != own))
        case _:
            return command


def _entitlement(account: dict[str, Any]) -> Entitlement:
    return Entitlement(account_version=account["version"], tier=account["tier"], calendar=account["calendar"])


def _locale(account: Mapping[str, Any]) -> Locale:
    """How an account reads, by its row."""
    return Locale(account.get("language"), account.get("zone"))


async def look_up(tx: Tx, fact: Fact, policy: Any) -> list[UUID] | Terms:
    """For a change of its account, the tickets that are not closed; for a reopened ticket, its terms.

    Raises ShardClosed while tickets or accounts may be missing: those of a database that went back in time.
    """
    if isinstance(fact.event, TierChanged | LocaleChanged | Reopened) and await tx.unsure():
        raise ShardClosed
    match fact.event:
        case TierChanged(account_id=account_id) | LocaleChanged(account_id=account_id):
            rows = await tx.select("tickets", {"account_id": account_id, "closed_at": None})
            return sorted(row["ticket_id"] for row in rows)
        case Reopened(ticket_id=ticket_id):
            tickets = await tx.rows("tickets", [{"ticket_id": ticket_id}])
            accounts = await tx.rows("accounts", [{"account_id": row["account_id"]} for row in tickets])
            return next(
                (Terms(entitlement=_entitlement(row), policy=policy, locale=_locale(row)) for row in accounts),
                [],
            )
        case _:
            return []
