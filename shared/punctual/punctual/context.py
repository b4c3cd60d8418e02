"""The desk that a command is about: the running one's addresses and secrets, where the environment says nothing."""

import os
from pathlib import Path

from punctual.local.databases import SERVICES, dsns, passwords, role_of
from punctual.local.places import Home
from punctual.local.postgres import superuser_dsn
from punctual.local.runfile import Run, read_run
from punctual.local.secrets_file import POSTGRES, load_secrets
from punctual.local.services import variable


def running(home: Home | None = None) -> Run | None:
    """The desk that runs in this home, if one does."""
    run = read_run(home or Home.default())
    return run if run and run.alive else None


def environment(home: Home | None = None) -> dict[str, str]:
    """All PUNCTUAL_* settings of the running desk, its secrets included; empty where none runs.

    Besides what the services get: PUNCTUAL_<SERVICE>_OWNER_DATABASE_URL, with which migrations are applied, and
    PUNCTUAL_ADMIN_DATABASE_URL, with which databases are made.
    """
    home = home or Home.default()
    run = running(home)
    if run is None:
        return {}
    secrets = load_secrets(home)
    env = run.env | {name: value for name, value in secrets.items() if name != POSTGRES}
    port = next((process.port for process in run.processes if process.name == "postgres"), None)
    if port is not None:
        admin = superuser_dsn(port, secrets[POSTGRES])
        env["PUNCTUAL_ADMIN_DATABASE_URL"] = admin
        for service in SERVICES:
            found = dsns(admin, role_of(service), passwords(secrets[POSTGRES]))
            env[f"PUNCTUAL_{variable(service)}_DATABASE_URL"] = found.app
            env[f"PUNCTUAL_{variable(service)}_OWNER_DATABASE_URL"] = found.owner
    return env


def adopt_environment() -> None:
    """Let commands in another terminal talk to the running desk; variables that are set win, then files of secrets."""
    folder = os.environ.get("PUNCTUAL_SECRETS_DIR")
    for file in sorted(Path(folder).glob("punctual_*")) if folder else ():
        os.environ.setdefault(file.name.upper(), file.read_text().strip())
    for name, value in environment().items():
        os.environ.setdefault(name, value)
