"""mail: what would happen to a mail, and why."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from intake.cli.foreseen import Foreseen, foresee, foresee_from
from intake.cli.told import as_json, as_text
from intake.mail import Mail, explained
from intake.mailroom.receive import Sorter, envelope
from intake.settings import Settings
from kit.process.settings import Common, SettingsError, load
from kit.store import Unavailable

STDIN = Path("-")
app = typer.Typer(no_args_is_help=True, help="Look at mails as intake does.")


@app.callback()
def _mail() -> None:
    """Look at mails as intake does."""


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="The mail as it came (.eml), or - for stdin.")],
    sender: Annotated[
        str | None, typer.Option(help="Of the envelope, empty for a null one; otherwise Return-Path says it.")
    ] = None,
    recipient: Annotated[
        list[str] | None, typer.Option(help="Of the envelope, may be given more than once; otherwise To and Cc say it.")
    ] = None,
    database: Annotated[
        bool, typer.Option("--database", help="Look up account and ticket in intake's database, without a change.")
    ] = False,
    as_program: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what would happen to a mail and why, without doing it: who wrote it, whether a machine did and by which sign
    it was told, by which clues a ticket would be found, the text as it will be posted, and what of it can't be read.

    It goes by the settings of intake where they are set (mailboxes, own lists, the key of reply addresses), otherwise
    by the usual ones.

    Examples: `punctual mail explain answer.eml`,
    `punctual mail explain --recipient support@example.com - < answer.eml`,
    `punctual mail explain --database --json answer.eml`
    """
    content = _read(file)
    sorter, where = _settings(needed=database)
    above = envelope(sender, recipient or [])
    what = explained(above + content, sorter.reply_keys)
    if where and database:
        found = _looked_up(*where, sorter, what.mail, content)
    else:
        found = asyncio.run(foresee(sorter, what.mail, content))
    typer.echo(json.dumps(as_json(what, found), ensure_ascii=False, indent=2) if as_program else as_text(what, found))


def _read(file: Path) -> bytes:
    if file == STDIN:
        if sys.stdin is None or sys.stdin.isatty():
            raise typer.BadParameter("nothing comes in; pipe a mail in, or redirect a file with <", param_hint="FILE")
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} can't be read: {error.strerror}; name a mail", param_hint="FILE") from error


def _settings(*, needed: bool) -> tuple[Sorter, tuple[str, bytes] | None]:
    """How mails are sorted, with the database's address and the key of addresses: by the settings, or by the usual ones
    where none are set."""
    try:
        common, own = load("intake", Settings)
    except SettingsError as error:
        if needed:
            typer.echo(f"No desk runs here and the settings of intake are not set:\n{error}", err=True)
            raise typer.Exit(1) from None
        usual = {name: str(field.default).lower() for name, field in Settings.model_fields.items()}
        domain = str(Common.model_fields["staff_domain"].default)
        mailbox, feedback_mailbox = usual["mailbox"], usual["feedback_mailbox"]
        return Sorter(mailbox=mailbox, feedback_mailbox=feedback_mailbox, staff_domain=domain, reply_keys=()), None
    return Sorter.of(own, common), (own.database_url, common.master_key)


def _looked_up(url: str, master: bytes, sorter: Sorter, mail: Mail, content: bytes) -> Foreseen:
    try:
        return asyncio.run(foresee_from(url, master, sorter, mail, content))
    except Unavailable as error:
        typer.echo(f"The database doesn't answer: {error}", err=True)
        raise typer.Exit(1) from None
