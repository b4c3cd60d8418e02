"""To which account an address belongs, by its domain or since it is known there; and whose address it is."""

from typing import NamedTuple
from uuid import UUID

from intake import queries
from intake.directory import NOBODY, Directory, owning
from kit.decider import Put
from kit.store import Tx
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
    """The person with this address. If no account has the domain, it is the only one of which they are a member."""
    of_domain = await owner(tx, email)
    rows = await tx.connection.fetch(queries.KNOWN_BY_ADDRESS, [directory.digest(email)])
    accounts = {of_domain} if of_domain else {row["account_id"] for row in rows if row["member"]} - {NOBODY}
    account_id = next(iter(accounts)) if len(accounts) == 1 else None
    return Known(account_id, frozenset(row["subject_id"] for row in rows))


async def subject_at(tx: SqlTx, directory: Directory, email: str, account_id: UUID, candidate: UUID) -> UUID:
    """Whose address this is in that account, of which they are; `candidate`, if nobody had it."""
    return await enter(tx, account_id, directory.digest(email), candidate, member=True)


async def enter(tx: Tx, account_id: UUID, digest: bytes, candidate: UUID, *, member: bool) -> UUID:
    """Whose address this is in that account; `candidate`, if nobody had it.

    `member`: they are of the account, and may write on each of its tickets. Otherwise the address only stands for a
    subject there, which has the rights of a requester on the tickets that it opened. Who is a member remains one.
    """
    key = {"account_id": account_id, "digest": digest}
    row = await tx.first("subjects", key, {"subject_id": candidate, "member": member})
    found: UUID = row["subject_id"]
    if member and not row["member"]:
        await tx.put([Put("subjects", key, {"subject_id": found, "member": True})])
    return found
