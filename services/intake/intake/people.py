"""To which account an address belongs, by its domain or since it is known there; and whose address it is."""

from typing import NamedTuple
from uuid import UUID

from intake import queries
from intake.directory import NOBODY, Directory, owning
from kit.store.sql import SqlTx


class Known(NamedTuple):
    """`account_id`: the account of the person with an address; None: there is none, or more than one. `subjects`: their
    subjects, in whatever account."""

    account_id: UUID | None
    subjects: frozenset[UUID]


async def owner(tx: SqlTx, email: str) -> UUID | None:
    """The account of the address's domain, or of the nearest one above it."""
    domains = owning(email)
    rows = await tx.connection.fetch(queries.OWNERS_OF_DOMAINS, domains)
    found: dict[str, UUID] = {row["domain"]: row["account_id"] for row in rows}
    return next((found[domain] for domain in domains if domain in found), None)


async def known(tx: SqlTx, directory: Directory, email: str) -> Known:
    """The person with this address. If no account has the domain, it is the only one that knows the address."""
    of_domain = await owner(tx, email)
    rows = await tx.connection.fetch(queries.KNOWN_BY_ADDRESS, [directory.digest(email)])
    accounts = {of_domain} if of_domain else {row["account_id"] for row in rows} - {NOBODY}
    account_id = next(iter(accounts)) if len(accounts) == 1 else None
    return Known(account_id, frozenset(row["subject_id"] for row in rows))


async def subject_at(tx: SqlTx, directory: Directory, email: str, account_id: UUID, candidate: UUID) -> UUID:
    """Whose address this is in that account; `candidate`, if nobody had it."""
    key = {"account_id": account_id, "digest": directory.digest(email)}
    row = await tx.first("subjects", key, {"subject_id": candidate})
    found: UUID = row["subject_id"]
    return found
