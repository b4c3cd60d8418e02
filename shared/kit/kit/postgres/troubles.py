"""Describes what is wrong with a database, naming it and the next step. Pure."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import asyncpg

PREPARE = "run `punctual prepare` (or `punctual migrate`), which makes what is missing"


def address_of(dsn: str) -> str:
    """`host:port/database`: without the role, its password and the options."""
    parts = urlsplit(dsn)
    return parts.netloc.rpartition("@")[2] + parts.path


def describe(error: BaseException, address: str, setting: str) -> str:
    """One sentence about an error of the database at this address; `setting`: the variable with the address."""
    cause = next((one for one in _causes(error) if isinstance(one, asyncpg.PostgresError)), None)
    place = f"the database at {address}"
    match cause:
        case asyncpg.DiskFullError():
            return f"{place} has no space left on its disk ({cause}): free some, or enlarge the volume"
        case asyncpg.ReadOnlySQLTransactionError():
            return (
                f"{place} takes no writes, it is read-only ({cause}): if it was demoted, let {setting} name the "
                "primary; else look at default_transaction_read_only"
            )
        case asyncpg.InvalidAuthorizationSpecificationError():  # a wrong password is one of these
            return f"{place} refuses our role ({cause}): correct {setting}, or {PREPARE}"
        case asyncpg.InvalidCatalogNameError():
            return f"{place} does not exist ({cause}): correct {setting}, or {PREPARE}"
        case (
            asyncpg.UndefinedTableError()
            | asyncpg.UndefinedColumnError()
            | asyncpg.UndefinedFunctionError()
            | asyncpg.UndefinedObjectError()
            | asyncpg.InvalidColumnReferenceError()
        ):
            return f"{place} has not the schema of this version ({cause}): {PREPARE}"
        case asyncpg.InsufficientPrivilegeError():
            return f"{place} does not let us do our work ({cause}): grant it, or {PREPARE}"
        case asyncpg.TooManyConnectionsError():
            return f"{place} has no connection to spare ({cause}): raise its max_connections, or run fewer replicas"
        case asyncpg.CannotConnectNowError():
            return f"{place} takes no connections now ({cause}); it is tried again"
        case None | asyncpg.PostgresConnectionError():  # the driver's error for a server that hung up
            return f"{place} can't be reached ({_words(error)}): is it running, and does {setting} name it?"
        case _:
            return f"{place} refuses what we ask ({type(cause).__name__}: {cause})"


def _words(error: BaseException) -> str:
    at_bottom = list(_causes(error))[-1]
    if isinstance(at_bottom, TimeoutError):
        return "no answer in time"
    return str(at_bottom) or type(at_bottom).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those from which it was raised."""
    yield error
    if error.__cause__:
        yield from _causes(error.__cause__)
