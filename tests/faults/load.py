"""Customers and engineers who don't give up: each asks with the same key until the answer comes."""

import asyncio
import random
from collections.abc import Mapping
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
PROMISED = 4.0
"""Seconds within which an answer is owed."""


class Load:
    """Opens tickets and answers some of them, in time or not, until it is told to end."""

    def __init__(self, url: str, customer: str, engineer: str, chance: random.Random) -> None:
        self._url, self._customer, self._engineer, self._chance = url, customer, engineer, chance
        self.tickets: list[str] = []
        self.ending = False

    async def run(self, lanes: int) -> None:
        """So many tickets at a time."""
        async with (
            httpx2.AsyncClient(base_url=self._url, timeout=5, trust_env=False) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(lanes):
                group.create_task(self._lane(client))

    async def _lane(self, client: httpx2.AsyncClient) -> None:
        while not self.ending:
            opened = await self._insist(client, "/v1/tickets", TICKET, self._customer, 201)
            self.tickets.append(opened.json()["ticket_id"])
            if self._chance.random() < 0.7:
                # About as long as is promised: many come close to the deadline, on either side.
                await asyncio.sleep(self._chance.gauss(0.8, 0.4) * PROMISED)
                await self._insist(
                    client, f"/v1/tickets/{opened.json()['number']}/response", ANSWER, self._engineer, 200
                )

    async def _insist(
        self, client: httpx2.AsyncClient, path: str, body: Mapping[str, object], token: str, expected: int
    ) -> httpx2.Response:
        key = str(uuid4())
        while True:
            try:
                answer = await client.post(path, json=body, headers={"Authorization": token, "Idempotency-Key": key})
            except httpx2.TransportError:
                await asyncio.sleep(0.2)
                continue
            if answer.status_code == expected:
                return answer
            if answer.status_code < 500:
                raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text}")
            await asyncio.sleep(0.2)


async def account(url: str, admin: str) -> UUID:
    """A customer with support around the clock."""
    async with httpx2.AsyncClient(base_url=url, timeout=10, trust_env=False) as client:
        body = {"name": "Faults", "tier": "patrol", "domains": []}
        answer = await client.post("/v1/accounts", json=body, headers={"Authorization": admin})
        return UUID(answer.raise_for_status().json()["account_id"])
