"""secrets and prepare: what a desk in containers needs before its services run."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from punctual.local.databases import SERVICES, create_database, dsns, passwords, role_of
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


def prepare() -> None:
    """Create and migrate the databases, and create the topics; run again, it does only what is missing.

    Reads PUNCTUAL_ADMIN_DATABASE_URL (a superuser's; a file of that name in PUNCTUAL_SECRETS_DIR will do) and
    PUNCTUAL_KAFKA. Example: `punctual prepare`
    """
    admin = _setting(ADMIN)
    asyncio.run(_prepare(admin, os.environ.get("PUNCTUAL_KAFKA", ""), os.environ.get("PUNCTUAL_TOPIC_PREFIX", "")))


async def _prepare(admin: str, kafka: str, prefix: str) -> None:
    password_of = passwords(admin.partition("://")[2].partition(":")[2].partition("@")[0])
    for service in SERVICES:
        made = await create_database(admin, role_of(service), password_of)
        said = await migrate(made.owner, folders(service))
        typer.echo(f"{service}: {said.replace(chr(10), '; ') or 'up to date'}")
    created = await create_topics(kafka, prefix)
    typer.echo(f"topics created: {len(created)}")


def _setting(name: str) -> str:
    file = Path(os.environ.get("PUNCTUAL_SECRETS_DIR", "/run/secrets")) / name
    value = os.environ.get(name.upper()) or (file.read_text().strip() if file.is_file() else "")
    if not value:
        raise StackUnavailable(
            f"{name.upper()} is not set, and there is no file {file}; see `punctual prepare --help`."
        )
    return value


def _once(file: Path, value: str) -> str:
    if not file.exists():
        file.write_text(value)
        file.chmod(0o444)  # in a volume that only the desk's containers mount
    return file.read_text()


def register(app: typer.Typer) -> None:
    """Add them."""
    app.command()(secrets)
    app.command()(prepare)
