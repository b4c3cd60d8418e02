"""Publishing from a terminal: into the log directly, where each process of the service finds it within seconds."""

import getpass

import typer

from contracts.causes import TERMINAL, Cause
from contracts.envelope import Meta
from contracts.names import SLA
from kit.log.perform import Core
from kit.personal.vault import Vault
from kit.policy_book import PolicyBook
from kit.postgres import PostgresStore
from sla_timer import domain
from sla_timer.cli.configured import configured
from sla_timer.policy.diff import describe_changes
from sla_timer.policy.file import Document
from sla_timer.policy.versions import Policies
from sla_timer.projection import project
from sla_timer.publish import publish


async def publish_after_asking(document: Document, *, sure: bool) -> None:
    """Show what changes, ask for confirmation unless `sure`, and publish.

    Raises Unavailable, Superseded, and typer.Abort for a no.
    """
    common, own = configured()
    clock = common.clock()
    log = await PostgresStore.connect(own.database_url, SLA, size=1)
    try:
        core = Core(topic=SLA, decider=domain, vault=Vault(common.master_key), project=project)
        book = PolicyBook(Policies(), Policies.published)
        async with log.transaction() as tx:
            await book.load(tx)
        before = book.event(book.current.latest)
        if before and before.version == document.version:
            typer.echo(f"Already so: version {document.version} is in force.")
            return
        for change in describe_changes(before, document.published(), today=clock.now().date()):
            typer.echo(f"- {change}")
        if not sure:
            typer.confirm(f"Put {document.name}, version {document.version}, in force?", abort=True)
        cause = Cause(TERMINAL, document.version)
        by = Meta(actor=f"{getpass.getuser()} at a terminal", role="admin", cause=cause)
        await publish(log, core, book, document, by, clock.now(), replacing=book.current.latest)
    finally:
        await log.close()
    typer.echo(f"Version {document.version} is in force: new clocks follow it, running ones keep theirs.")
