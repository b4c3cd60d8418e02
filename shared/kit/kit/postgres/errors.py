"""What asyncpg raises, in the store's own words."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from kit.store import BadValue, Unavailable

REFUSED = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.UntranslatableCharacterError,
)
"""The value is at fault."""

TRANSIENT = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # a fail-over is under way
    asyncpg.InvalidCachedStatementError,  # a migration came in between
    asyncpg.InternalClientError,  # the server hung up while the driver was not looking: it is confused by that
)
"""The same may go well when it is tried again."""


@contextmanager
def translated() -> Iterator[None]:
    """Raises BadValue, or Unavailable, for what asyncpg raises within the block."""
    try:
        yield
    except REFUSED as error:
        raise BadValue(str(error)) from error
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError, TimeoutError, *TRANSIENT) as error:
        if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
            raise BadValue(str(error)) from error  # the driver itself could not encode it
        raise Unavailable(f"the database gave no answer: {error!r}") from error
