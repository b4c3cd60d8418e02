"""Open a ticket and follow its clock over HTTP, as a portal would.

    make up                                                                   # in another terminal
    eval "$(.venv/bin/punctual env)"                                          # where the desk is
    export TOKEN="$(.venv/bin/punctual token --role account-manager)"         # who we are there
    .venv/bin/python examples/follow_a_clock.py

It prints the ticket's number, by when an answer is promised, what became of the promise once we answered, and the
proof of that, in words. It needs a client for HTTP and nothing of the project.
"""

import os
import sys
import time
from typing import Any
from uuid import uuid4

import httpx2

TIMEOUT_SECONDS = 30.0
"""Seconds in which sla-timer must have heard of what intake was told; usually it takes some milliseconds."""


def required(name: str, command: str) -> str:
    """A variable of the environment. Without it the program ends, and says which command sets it."""
    return os.environ.get(name) or sys.exit(f"{name} is not set. Run: {command}")


def door(service: str) -> httpx2.Client:
    """A client of a service, with our token."""
    port = required(f"PUNCTUAL_{service}_PORT", 'eval "$(.venv/bin/punctual env)"')
    token = required("TOKEN", 'export TOKEN="$(.venv/bin/punctual token --role account-manager)"')
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=10)


def post(client: httpx2.Client, path: str, **body: Any) -> Any:
    """POST with a key of its own: sent again with the same key, it would be answered again and done once."""
    answer = client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
    if answer.is_error:
        sys.exit(f"{path}: {answer.text}")  # a problem as of RFC 9457: what is wrong, and what would help
    return answer.json()


def clock_of(client: httpx2.Client, number: str, *states: str) -> Any:
    """The ticket's response clock, once it is in one of these states. The services talk over Kafka, so we ask again."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until:
        answer = client.get(f"/v1/tickets/{number}/clocks")
        for clock in answer.json()["items"] if answer.is_success else []:
            if clock["metric"] == "response" and clock["state"] in states:
                return clock
        time.sleep(0.1)
    sys.exit(f"{number}: no response clock is {' or '.join(states)} after {TIMEOUT_SECONDS:.0f} s")


def main() -> None:
    """Ask for help, look at the promise, answer, look at the verdict."""
    with door("INTAKE") as intake, door("SLA_TIMER") as sla_timer:
        account = post(intake, "/v1/accounts", name="Kestrel Rail", tier="enlist")
        ticket = post(
            intake,
            "/v1/tickets",
            account_id=account["account_id"],
            email="jo@kestrel.example",
            severity=2,
            priority="high",
            title="The export fails",
            description="Since this morning every export ends with error 17.",
            details={"product": "Aurora", "product_version": "4.2", "os": "Debian", "os_version": "12"},
        )
        number = ticket["number"]
        clock = clock_of(sla_timer, number, "running", "breached")
        print(f"{number}: an answer is promised before {clock['due_at']}, counted from {clock['started_at']}")
        post(intake, f"/v1/tickets/{number}/response", states="plan", body="We look into the exporter today.")
        clock = clock_of(sla_timer, number, "met", "breached")
        print(f"{number}: {clock['state']}, answered at {clock['responded_at']} after {clock['consumed']}")
        proof = sla_timer.get(f"/v1/tickets/{number}/clocks/response/explain", headers={"Accept": "text/plain"})
        print("", proof.text, sep="\n")


if __name__ == "__main__":
    main()
