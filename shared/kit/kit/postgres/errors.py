"""From asyncpg's errors to those of `kit.store`."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from kit.store import BadValue, ReadOnly, Unavailable, Unfit

VALUE_ERRORS = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.UntranslatableCharacterError,
)
"""Errors for which a value is at fault."""

TRANSIENT_ERRORS = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.PostgresSystemError,
    asyncpg.InvalidCachedStatementError,  # a migration ran meanwhile
    asyncpg.InternalClientError,  # the server hung up, which confuses the driver
)
"""Errors after which a second try may succeed."""

SCHEMA_ERRORS = (
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedObjectError,
    asyncpg.InvalidColumnReferenceError,  # "on conflict" needs an index, and a restore makes indexes last
    asyncpg.InsufficientPrivilegeError,
    asyncpg.InvalidAuthorizationSpecificationError,
)
"""Errors of a database without our schema, as while it is restored under a running service."""

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
"""Errors that a session will raise again, while a new one, perhaps to another server, may succeed."""


@contextmanager
def translated() -> Iterator[None]:
    """Raises BadValue or Unavailable for errors of asyncpg within the block."""
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
