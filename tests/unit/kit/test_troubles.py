"""What is said of a database that is not fit for work names it, without its password, and the next step."""

import asyncpg
import pytest

from kit.postgres.errors import SCHEMA_ERRORS, translated
from kit.postgres.schema import missing
from kit.postgres.troubles import address_of, describe
from kit.store import Unavailable, Unfit

PLACE, SETTING = "db.example:5432/intake", "PUNCTUAL_INTAKE_DATABASE_URL"


@pytest.mark.parametrize(
    ("dsn", "address"),
    [
        ("postgresql://intake:secret@db.example:5432/intake", PLACE),
        ("postgres://db.example/intake?password=secret&sslmode=require", "db.example/intake"),
        ("postgresql://intake:s%40cret@a:1,b:2/intake", "a:1,b:2/intake"),
        ("postgresql://intake:secret@[fd00::1]:5432/intake", "[fd00::1]:5432/intake"),
    ],
)
def test_an_address_has_no_password(dsn: str, address: str) -> None:
    assert address_of(dsn) == address


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (asyncpg.DiskFullError("could not extend file"), ["no space left", "free some"]),
        (
            asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT"),
            ["read-only", f"let {SETTING} name the primary"],
        ),
        (asyncpg.InvalidPasswordError("no"), ["refuses our role", f"correct {SETTING}", "punctual prepare"]),
        (asyncpg.InvalidCatalogNameError("no"), ["does not exist", "punctual prepare"]),
        (asyncpg.UndefinedTableError("no"), ["has not the schema of this version", "punctual prepare"]),
        (asyncpg.InvalidColumnReferenceError("no"), ["has not the schema of this version"]),
        (asyncpg.InsufficientPrivilegeError("no"), ["does not let us do our work", "grant it"]),
        (asyncpg.TooManyConnectionsError("no"), ["no connection to spare", "max_connections"]),
        (asyncpg.CannotConnectNowError("the database system is starting up"), ["is starting up", "tried again"]),
        (asyncpg.ConnectionDoesNotExistError("connection was closed"), ["can't be reached", "was closed"]),
        (
            ConnectionRefusedError(111, "Connection refused"),
            ["can't be reached", "refused", f"does {SETTING} name it?"],
        ),
        (TimeoutError(), ["can't be reached", "no answer in time"]),
        (asyncpg.DivisionByZeroError("no"), ["refuses what we ask", "DivisionByZeroError"]),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_each_trouble_names_the_database_and_the_next_step(error: Exception, words: list[str], wrapped: bool) -> None:
    if wrapped:
        error, cause = Unavailable("the database gave no answer"), error
        error.__cause__ = cause
    said = describe(error, PLACE, SETTING)
    assert said.startswith(f"the database at {PLACE} ")
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize("error", SCHEMA_ERRORS)
def test_what_a_database_lacks_while_it_is_restored_may_come_yet(error: type[Exception]) -> None:
    with pytest.raises(Unfit), translated():
        raise error("not there")


def test_migrations_that_a_newer_version_made_are_no_trouble() -> None:
    names = ["20261101000000_log", "20261101000100_delivery"]
    assert missing(names, ["20261101000000", "20261101000100", "20270101000000"]) == []
    assert missing(names, ["20261101000000"]) == ["20261101000100_delivery"]
