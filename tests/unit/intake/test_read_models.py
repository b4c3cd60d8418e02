"""Which rows a fact changes."""

import json
from dataclasses import asdict
from typing import Any

from tests.unit.intake.story import (
    ACCOUNT,
    ANN,
    CLOSED,
    COMPLETED,
    NOON,
    OPENED,
    REOPENED,
    RESPONDED,
    TICKET,
    WAITING,
    recorded,
)

from contracts.base import kind_of
from contracts.tickets import AccountRegistered, LocaleChanged, TierChanged
from intake.domain import INITIAL, evolve
from intake.projection import project
from kit.store.columns import merged

REGISTERED = AccountRegistered(account_id=ACCOUNT, name="Acme", tier="enlist", calendar=None, domains=("acme.example",))
GERMAN = LocaleChanged(account_id=ACCOUNT, language="de", zone=None)


def rows_after(*events: Any) -> dict[str, dict[str, Any]]:
    """The one row of each table."""
    state = INITIAL
    rows: dict[str, dict[str, Any]] = {}
    for version, event in enumerate(events, 1):
        before, state = state, evolve(state, event)
        for put in project(recorded(event, version=version), before, state):
            rows.setdefault(put.table, {}).update(put.key | put.values)
            assert merged([put])
    return rows


def test_an_account_and_its_domains() -> None:
    rows = rows_after(REGISTERED, TierChanged(account_id=ACCOUNT, tier="command", calendar="nights"), GERMAN)
    assert rows["account_domains"] == {"domain": "acme.example", "account_id": ACCOUNT}
    assert rows["accounts"] == {
        "account_id": ACCOUNT,
        "name": "Acme",
        "tier": "command",
        "calendar": "nights",
        "language": "de",
        "zone": None,
        "domains": '["acme.example"]',
        "registered_at": NOON,
        "version": 3,
    }


def test_a_ticket_from_its_opening_to_its_end() -> None:
    row = rows_after(WAITING, COMPLETED, RESPONDED, CLOSED)["tickets"]
    assert (row["ticket_id"], row["number"], row["account_id"], row["subject_id"]) == (TICKET, "P-1042", ACCOUNT, ANN)
    assert (row["status"], row["missing"], row["closings"], row["version"]) == ("closed", "[]", 1, 4)
    assert row["closed_at"] == row["updated_at"] == row["opened_at"] == NOON
    assert rows_after(WAITING)["tickets"]["missing"] == json.dumps(["product_version", "os_version"])
    reopened = rows_after(OPENED, CLOSED, REOPENED)["tickets"]
    assert (reopened["status"], reopened["closed_at"]) == ("open", None)


def test_words_of_persons_stay_in_the_log() -> None:
    events = (WAITING, COMPLETED, RESPONDED, CLOSED, REOPENED)
    words = [asdict(event)[name] for event in events for name in kind_of(event).personal]
    told = {value for value in rows_after(*events)["tickets"].values() if isinstance(value, str)}
    assert not told & {word for word in words if word}
