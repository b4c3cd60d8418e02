"""migrate and topics: what must be there before a service starts."""

import asyncio
import os
from typing import Annotated

import typer

from punctual.local.databases import SERVICES
from punctual.local.errors import StackUnavailable
from punctual.local.migrations import folders
from punctual.local.migrations import migrate as apply
from punctual.local.services import variable
from punctual.local.topics import create_topics


def migrate(
    service: Annotated[str, typer.Argument(help="A service, or `all`.")] = "all",
) -> None:
    """Bring the databases up to date: the kit's migrations, then the service's own, as the database's owner.

    Reads PUNCTUAL_<SERVICE>_OWNER_DATABASE_URL, or takes the running desk's. Example: `punctual migrate intake`
    """
    if service not in (*SERVICES, "all"):
        raise typer.BadParameter(f"there is no service {service!r}; there are: {', '.join(SERVICES)}, all")
    for name in SERVICES if service == "all" else (service,):
        setting = f"PUNCTUAL_{variable(name)}_OWNER_DATABASE_URL"
        if not (dsn := os.environ.get(setting)):
            raise StackUnavailable(
                f"No desk runs here and {setting} is not set: `punctual up`, or say where the database is, "
                "e.g. postgresql://intake_owner:secret@127.0.0.1:5432/intake."
            )
        said = asyncio.run(apply(dsn, folders(name), say=lambda text: typer.echo(text, err=True)))
        typer.echo(f"{name}: {said.replace(chr(10), '; ') or 'up to date'}")


def topics(
    replicas: Annotated[int, typer.Option(help="Copies of each partition; 3 on a cluster.")] = 1,
) -> None:
    """Create the Kafka topics that are missing: 64 partitions for events, the settled edge, the keys.

    Reads PUNCTUAL_KAFKA and PUNCTUAL_TOPIC_PREFIX, or takes the running desk's. Example: `punctual topics --replicas 3`
    """
    if not (bootstrap := os.environ.get("PUNCTUAL_KAFKA")):
        raise StackUnavailable(
            "No desk runs here and PUNCTUAL_KAFKA is not set: `punctual up`, or say where the broker is, "
            "e.g. PUNCTUAL_KAFKA=127.0.0.1:9092."
        )
    created = asyncio.run(create_topics(bootstrap, os.environ.get("PUNCTUAL_TOPIC_PREFIX", ""), replicas=replicas))
    typer.echo("\n".join(f"created {name}" for name in created) or "all topics are there")


def register(app: typer.Typer) -> None:
    """Add them."""
    app.command()(migrate)
    app.command()(topics)
