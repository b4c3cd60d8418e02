"""secrets and prepare: what a desk in containers needs before its services run."""

import asyncio
import os
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import asyncpg
import typer

from punctual.local.databases import SERVICES, create_database, dsns, moved, passwords, role_of
from punctual.local.errors import StackUnavailable
from punctual.local.migrations import folders, migrate
from punctual.local.secrets_file import draw
from punctual.local.topics import create_topics

ADMIN = "punctual_admin_database_url"
PASSWORD = "postgres_password"


def secrets(
    folder: Annotated[Path, typer.Argument(help="Where: one file per secret, named as its setting.")],
    postgres: Annotated[str, typer.Option(help="The database server, as the services reach it.")] = "postgres:5432",
) -> None:
    """Draw the secrets of a desk in containers, once: what is there already stays.

    Example: `punctual secrets /run/secrets`
    """
    drawn = draw()
    password = _once(folder / PASSWORD, drawn.pop("PUNCTUAL_LOCAL_POSTGRES_PASSWORD"))
    admin = f"postgresql://postgres:{password}@{postgres}/postgres"
    for name, value in drawn.items():
        _once(folder / name.lower(), value)
    _once(folder / ADMIN, admin)
    for service in SERVICES:
        _once(
            folder / f"punctual_{role_of(service)}_database_url",
            dsns(admin, role_of(service), passwords(password)).app,
        )
    typer.echo(f"secrets are in {folder}")


def prepare(
    rotate_passwords: Annotated[
        bool, typer.Option("--rotate-passwords", help="Give the roles that exist the passwords of the settings, too.")
    ] = False,
) -> None:
    """Create and migrate the databases, and create the topics; run again, it does only what is missing.

    Reads PUNCTUAL_ADMIN_DATABASE_URL (a superuser's; a file of that name in PUNCTUAL_SECRETS_DIR will do) and
    PUNCTUAL_KAFKA. A new role gets the password in PUNCTUAL_<SERVICE>_DATABASE_URL (its owner that in
    PUNCTUAL_<SERVICE>_OWNER_DATABASE_URL), where that is set, otherwise one derived from the administrator's, as
    `punctual secrets` writes it. Example: `punctual prepare`
    """
    admin = _setting(ADMIN)
    if not admin:
        raise StackUnavailable(
            f"{ADMIN.upper()} is not set, and there is no file {_file(ADMIN)}; see `punctual prepare --help`."
        )
    for service in SERVICES:
        asyncio.run(_prepare(admin, service, rotate_passwords))
    created = asyncio.run(
        create_topics(os.environ.get("PUNCTUAL_KAFKA", ""), os.environ.get("PUNCTUAL_TOPIC_PREFIX", ""))
    )
    typer.echo(f"topics created: {len(created)}")


async def _prepare(admin: str, service: str, rotate: bool) -> None:
    role = role_of(service)
    derived = passwords(unquote(urlsplit(admin).password or ""))
    given = {
        name: unquote(urlsplit(dsn).password or "")
        for name in (role, f"{role}_owner")
        if (dsn := _setting(f"punctual_{name}_database_url"))
    }
    made = await create_database(admin, role, lambda name: given.get(name) or derived(name), rotate=rotate)
    # As the owner, but with the administrator's password: the owner's may be another than we would have chosen.
    said = await migrate(
        moved(admin, role),
        folders(service),
        role=f"{role}_owner",
        say=lambda text: typer.echo(f"{service}: {text}", err=True),
    )
    typer.echo(f"{service}: {said.replace(chr(10), '; ') or 'up to date'}")
    if role in given and not await _may_enter(made.app):
        typer.echo(
            f"{service}: the role {role} was there already, with another password than the one in "
            f"PUNCTUAL_{role.upper()}_DATABASE_URL. It was left as it is: correct the setting, or run "
            "`punctual prepare --rotate-passwords`.",
            err=True,
        )


async def _may_enter(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except asyncpg.InvalidPasswordError:
        return False
    await connection.close()
    return True


def _setting(name: str) -> str:
    file = _file(name)
    return os.environ.get(name.upper()) or (file.read_text().strip() if file.is_file() else "")


def _file(name: str) -> Path:
    return Path(os.environ.get("PUNCTUAL_SECRETS_DIR", "/run/secrets")) / name


def _once(file: Path, value: str) -> str:
    if not file.exists():
        file.write_text(value)
        file.chmod(0o444)  # in a volume that only the desk's containers mount
    return file.read_text()


def register(app: typer.Typer) -> None:
    """Add them."""
    app.command()(secrets)
    app.command()(prepare)
