"""What asyncpg raises, in the store's own words."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from kit.store import BadValue, ReadOnly, Unavailable, Unfit

VALUE_ERRORS = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.UntranslatableCharacterError,
)
"""The value is at fault."""

TRANSIENT_ERRORS = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.PostgresSystemError,
    asyncpg.InvalidCachedStatementError,  # a migration came in between
    asyncpg.InternalClientError,  # the server hung up while the driver was not looking: it is confused by that
)
"""The same may go well when it is tried again."""

SCHEMA_ERRORS = (
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedObjectError,
    asyncpg.InvalidColumnReferenceError,  # what "on conflict" needs: indexes come last
    asyncpg.InsufficientPrivilegeError,
    asyncpg.InvalidAuthorizationSpecificationError,
)
"""So it looks while a database is restored under a running service."""

SESSION_ERRORS = (
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.DatabaseDroppedError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.PostgresSystemError,
    *SCHEMA_ERRORS,
)
"""The session that says so will go on saying so, where a new one, perhaps to another server, would not."""


@contextmanager
def translated() -> Iterator[None]:
    """Raises BadValue, or Unavailable, for what asyncpg raises within the block."""
    try:
        yield
    except asyncpg.ReadOnlySQLTransactionError as error:
        raise ReadOnly(f"the database takes no writes: {error}") from error
    except SCHEMA_ERRORS as error:
        raise Unfit(f"the database is not as this version needs it: {error}") from error
    except VALUE_ERRORS as error:
        raise BadValue(str(error)) from error
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError, TimeoutError, *TRANSIENT_ERRORS) as error:
        if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
            raise BadValue(str(error)) from error  # the driver itself could not encode it
        raise Unavailable(f"the database gave no answer: {error!r}") from error
