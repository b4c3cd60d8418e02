"""token: a bearer token of the local issuer."""

import os
import time
from enum import Enum
from typing import Annotated
from uuid import UUID

import typer

from contracts.roles import CUSTOMERS, ROLES
from kit.http.auth import Caller, issue, subject_of
from punctual.local.errors import StackUnavailable

Role = Enum("Role", {role: role for role in ROLES})  # type: ignore[misc]


def token(
    role: Annotated[Role, typer.Option(help="Who to be.")],
    subject: Annotated[
        str,
        typer.Option(help="Who it is: the name that the log will say of staff. Otherwise it follows from --email."),
    ] = "",
    account: Annotated[UUID | None, typer.Option(help="A customer's account; needed for a customer's role.")] = None,
    email: Annotated[str | None, typer.Option(help="The address, by which a customer is known.")] = None,
    hours: Annotated[float, typer.Option(help="How long it is valid.")] = 8,
) -> None:
    """Print a token for the running desk. LOCAL ISSUER: whoever can run this can be anybody.

    Example: `curl -H "Authorization: Bearer $(punctual token --role engineer)" http://127.0.0.1:8101/v1/tickets`
    """
    secret = os.environ.get("PUNCTUAL_TOKEN_SECRET")
    if not secret:
        raise StackUnavailable(
            "No desk runs here and PUNCTUAL_TOKEN_SECRET is not set: `punctual up` first, or set it."
        )
    if role.value in CUSTOMERS and account is None:
        raise typer.BadParameter(f"a {role.value} belongs to an account: --account <id>")
    by_address = subject_of(secret, email) if email else f"local-{role.value}"
    caller = Caller(subject or by_address, role.value, account, email)
    typer.echo("LOCAL ISSUER: for laptops and tests, not for production", err=True)
    typer.echo(issue(secret, caller, now=time.time(), seconds=int(hours * 3600)))


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(token)
