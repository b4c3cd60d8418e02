"""What runs, and how far each service is behind."""

import asyncio
from typing import Any

import httpx2

from punctual.local.places import Home
from punctual.local.runfile import Process, Run, read_run

NOTHING: dict[str, Any] = {"consumers": [], "troubles": [], "warnings": []}
"""What is shown of a process that has no `/readyz`, or doesn't answer."""


async def status(home: Home) -> dict[str, Any]:
    """`{"home", "running", "ready", "since", "processes": [...]}`, of each
    `{"name", "pid", "port", "url", "state", "consumers", "troubles", "warnings"}`.

    A service's state is what its `/readyz` says; another process is `running`; one that is gone is `gone`.
    `consumers` is a list of `{"topic", "lag"}`, empty where nothing is consumed; troubles and warnings are sentences.
    """
    run = read_run(home)
    if run is None or not (run.alive or any(process.alive for process in run.processes)):
        return {"home": str(home.path), "running": False, "ready": False, "since": None, "processes": []}
    async with httpx2.AsyncClient(timeout=3, trust_env=False) as client:
        processes = await asyncio.gather(*(_look(client, run, process) for process in run.processes))
    supervisor = {"name": "up", "pid": run.supervisor.pid, "port": None, "url": None} | NOTHING
    supervisor["state"] = "running" if run.alive else "gone"
    ready = run.ready and all(process["state"] in ("ready", "running") for process in processes)
    return {
        "home": str(home.path),
        "running": run.alive,
        "ready": ready,
        "since": run.since,
        "processes": [supervisor, *processes],
    }


async def _look(client: httpx2.AsyncClient, run: Run, process: Process) -> dict[str, Any]:
    found: dict[str, Any] = {"name": process.name, "pid": process.pid, "port": process.port, "url": process.url}
    found |= {"state": "running" if process.alive else "gone", **NOTHING}
    if process.alive and process.url and not process.name.startswith("mail"):
        try:
            said = (await client.get(f"{process.url}/readyz")).json()
            found |= {"state": str(said["status"])} | {name: list(said.get(name, [])) for name in NOTHING}
        except (httpx2.HTTPError, ValueError, KeyError, TypeError):
            found["state"] = "silent"
    return found
