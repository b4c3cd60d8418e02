"""Customers and engineers who don't give up: each asks with the same key until the answer comes."""

import asyncio
import math
import random
import time
from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

import httpx2

TICKET = {
    "severity": 1,
    "priority": "urgent",
    "title": "It is down",
    "description": "All of it, since a moment ago.",
    "details": {"product": "Aurora", "product_version": "4.2", "os": "Debian", "os_version": "12"},
}
ANSWER = {"states": "plan", "body": "We restart it now."}
PROMISED_ANSWER_SECONDS = 4.0
"""Seconds within which an answer is owed."""


class Load:
    """Opens tickets and answers some of them, in time or not, until it is told to end. `front`: where to ask now."""

    def __init__(self, front: Callable[[], str], customer: str, engineer: str, chance: random.Random) -> None:
        self._front, self._customer, self._engineer, self._chance = front, customer, engineer, chance
        self.tickets: dict[str, str] = {}
        """Their numbers, by id: those whose opening was confirmed."""
        self.failed: list[str] = []
        """Requests that were answered by an error."""
        self.unreached: list[str] = []
        """Addresses that gave no answer."""
        self.last_failure = 0.0
        """When a request failed last, in seconds of the monotonic clock."""
        self.ending = False

    async def run(self, lanes: int, enough: float = math.inf) -> None:
        """So many tickets at a time, until it is told to end or has opened enough."""
        async with (
            httpx2.AsyncClient(timeout=5, trust_env=False) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(lanes):
                group.create_task(self._lane(client, enough))

    async def _lane(self, client: httpx2.AsyncClient, enough: float) -> None:
        while not self.ending and len(self.tickets) < enough:
            opened = await self._insist(client, "/v1/tickets", TICKET, self._customer, 201)
            self.tickets[opened.json()["ticket_id"]] = opened.json()["number"]
            if self._chance.random() < 0.7:
                # About as long as is promised: many come close to the deadline, on either side.
                await asyncio.sleep(self._chance.gauss(0.8, 0.4) * PROMISED_ANSWER_SECONDS)
                await self._insist(
                    client, f"/v1/tickets/{opened.json()['number']}/response", ANSWER, self._engineer, 200
                )

    async def _insist(
        self, client: httpx2.AsyncClient, path: str, body: Mapping[str, object], token: str, expected: int
    ) -> httpx2.Response:
        headers = {"Authorization": token, "Idempotency-Key": str(uuid4())}
        while True:
            url = self._front()
            try:
                answer = await client.post(url + path, json=body, headers=headers)
            except httpx2.TransportError:
                self.unreached.append(url)
            else:
                if answer.status_code == expected:
                    return answer
                if answer.status_code < 500:
                    raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text}")
                self.failed.append(f"{url}{path} answered {answer.status_code}: {answer.text}")
            self.last_failure = time.monotonic()
            await asyncio.sleep(0.2)


async def account(url: str, admin: str) -> UUID:
    """A customer with support around the clock."""
    async with httpx2.AsyncClient(base_url=url, timeout=10, trust_env=False) as client:
        body = {"name": "Faults", "tier": "patrol", "domains": []}
        answer = await client.post("/v1/accounts", json=body, headers={"Authorization": admin})
        return UUID(answer.raise_for_status().json()["account_id"])
