"""Feedback's database goes back in time: whoever has the link of a survey is not told that there is none."""

import httpx2
import pytest
from tests.desk import TestDesk, eventually
from tests.integration.feedback.conftest import Asked
from tests.integration.kit import going_back
from tests.stack import Addresses

BEHIND = "SELECT true FROM heads JOIN relay_cursor USING (shard) WHERE relay_cursor.seq < heads.seq"


@pytest.fixture
async def kept(stack: Addresses, feedback: TestDesk) -> str:
    """The address of the database, of which a copy was taken."""
    dsn = feedback.dsns["feedback"].app
    await going_back.save(stack.postgres_superuser_dsn, dsn)
    return dsn


async def test_the_page_of_a_survey_that_is_taken_up_again_asks_for_patience(
    stack: Addresses, kept: str, asked: Asked, anybody: httpx2.AsyncClient
) -> None:
    async def sent() -> bool:
        return not await going_back.fetch(stack.postgres_superuser_dsn, kept, BEHIND)

    await eventually(sent, 60)
    await going_back.restore(stack.postgres_superuser_dsn, kept)
    statuses: list[int] = []

    async def there() -> bool:
        statuses.append((await anybody.get(f"/s/{asked.token()}")).status_code)
        return statuses[-1] == 200

    await eventually(there, 60)
    assert set(statuses) <= {200, 503}
