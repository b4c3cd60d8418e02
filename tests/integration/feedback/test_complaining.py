"""A complaint through feedback's doors, with sla-timer beside it, on the real broker and database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.stack import Addresses
from tests.topics import own_topics

from contracts.roles import Role

ACCOUNT = uuid4()
TEXT = "Three days without a word."


@pytest.fixture(scope="module")
async def both(stack: Addresses, session_database: Factory, topic_prefix: str) -> AsyncIterator[TestDesk]:
    """feedback and sla-timer."""
    services = ["sla-timer", "feedback"]
    async with own_topics(stack, topic_prefix, services) as prefix:
        with pytest.MonkeyPatch.context() as patch:
            async with desk(stack, session_database, prefix, patch, services) as made:
                yield made


class Person:
    """Somebody at feedback's doors."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def says(self, **body: Any) -> dict[str, Any]:
        answer = await self.client.post("/v1/feedback", json={"text": TEXT} | body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def takes(self, number: str, step: str, status: int = 200, **body: Any) -> dict[str, Any]:
        area = "feedback" if step in ("acknowledgement", "kind", "words", "split") else "complaints"
        answer = await self.client.post(f"/v1/{area}/{number}/{step}", json=body)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def numbers(self) -> list[str]:
        return [one["number"] for one in (await self.client.get("/v1/feedback")).json()["items"]]

    async def reads(self, number: str) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/complaints/{number}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def sees(self, number: str, **wanted: str) -> dict[str, Any]:
        """The complaint, once these promises have these outcomes."""

        async def look() -> dict[str, Any] | None:
            found = await self.reads(number)
            outcomes = {(one["promise"], str(one["outcome"])) for one in found["promises"]}
            return found if outcomes >= set(wanted.items()) else None

        found = await eventually(look)
        assert isinstance(found, dict)
        return found


@pytest.fixture
def who(both: TestDesk) -> Any:
    def person(role: Role, account: UUID | None = None) -> Person:
        return Person(both.client("feedback", role, account))

    return person


async def test_a_complaint_goes_through_every_step_to_the_ceo_and_each_promise_gets_its_verdict(who: Any) -> None:
    ann, sam, vp, ceo = who("requester", ACCOUNT), who("support-manager"), who("vp"), who("ceo")
    said = await ann.says(kind="complaint")
    number = said["number"]
    assert (said["stage"], said["acknowledged"]) == ("review", False)
    begun = await ann.sees(number, acknowledgement="None", update="None")
    assert {one["what"] for one in begun["expected"]} >= {"acknowledge it", "review it and give the outcome"}
    await who("engineer").takes(number, "acknowledgement", text="Thank you; we look into it.")
    await vp.takes(number, "questions", question="Which ticket was it?")
    assert (await ann.takes(number, "words", text="P-1042."))["stage"] == "review"
    later = (datetime.now(UTC) + timedelta(days=20)).date()
    while later.weekday() > 4:
        later += timedelta(days=1)
    await sam.takes(number, "updates", delays="The logs are large.", needs="Nothing.", next_at=str(later))
    await vp.takes(number, "outcome", found="It was forgotten.", measures="A checklist.")
    assert (await ann.takes(number, "dispute", text="That is no excuse."))["stage"] == "arbitration"
    assert (await ceo.takes(number, "decision", decision="We refund the month."))["stage"] == "decided"
    done = await ann.sees(number, acknowledgement="kept", update="kept")
    assert "complaint.decided" in [one["type"] for one in done["history"]]
    assert done["expected"] == []
    refused = await ann.takes(number, "withdrawal", 409)
    assert "decided by the CEO" in refused["detail"]


async def test_whoever_read_it_before_its_deadlines_were_worked_out_may_go_on_and_not_after_another_s_step(
    who: Any,
) -> None:
    ann, vp = who("requester", ACCOUNT), who("vp")
    answer = await ann.client.post("/v1/feedback", json={"text": TEXT, "kind": "complaint"})
    number, read = answer.json()["number"], {"If-Match": answer.headers["ETag"]}
    await ann.sees(number, acknowledgement="None", update="None")
    path = f"/v1/complaints/{number}"
    assert (await ann.client.get(path)).headers["ETag"] != read["If-Match"]
    asked = await vp.client.post(f"{path}/questions", json={"question": "Which ticket was it?"}, headers=read)
    assert asked.status_code == 200, asked.text
    assert (await vp.client.post(f"{path}/notes", json={"text": "Hm."}, headers=read)).status_code == 412
    await ann.sees(number, acknowledgement="kept")
    read = {"If-Match": asked.headers["ETag"]}
    assert (await vp.client.post(f"{path}/notes", json={"text": "Hm."}, headers=read)).status_code == 200


async def test_another_account_s_complaint_is_not_there(who: Any) -> None:
    number = (await who("requester", ACCOUNT).says(kind="complaint"))["number"]
    stranger = who("requester", uuid4())
    for path in (f"/v1/complaints/{number}", f"/v1/feedback/{number}"):
        assert (await stranger.client.get(path)).status_code == 404
    await stranger.takes(number, "withdrawal", 404)
    listed = (await stranger.client.get("/v1/complaints")).json()["items"]
    assert number not in {one["number"] for one in listed}


async def test_notes_of_the_review_are_not_shown_to_the_customer(who: Any) -> None:
    ann, vp = who("requester", ACCOUNT), who("vp")
    number = (await ann.says(kind="complaint"))["number"]
    await vp.takes(number, "notes", text="It was my fault.")
    assert "my fault" in str(await vp.reads(number))
    assert "my fault" not in str(await ann.reads(number))
    praise = (await ann.says(kind="praise"))["number"]
    await vp.takes(praise, "kind", kind="complaint", reason="She is furious.")
    assert "furious" in str(await vp.reads(praise))
    assert "furious" not in str(await ann.reads(praise))


async def test_a_retry_is_answered_as_the_first_time(who: Any) -> None:
    ann = who("requester", ACCOUNT)
    key = {"Idempotency-Key": str(uuid4())}
    first, again = [
        await ann.client.post("/v1/feedback", json={"text": TEXT, "kind": "praise"}, headers=key) for _ in range(2)
    ]
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 300_000}, "text"),
        ({"text": TEXT, "kind": "wish"}, "kind"),
        ({"text": TEXT, "about": "P-77"}, "about"),
        ({"text": TEXT, "received_at": "2026-07-14T14:00:00Z"}, "received_at"),
        ({"text": TEXT, "channel": "letter"}, "channel"),
        ({"text": TEXT, "email": "eve@elsewhere.example"}, "email"),
        ({"text": TEXT, "sort": "x"}, "sort"),
    ],
)
async def test_what_is_wrong_is_named_and_leaves_nothing(who: Any, body: dict[str, Any], field: str) -> None:
    ann = who("requester", ACCOUNT)
    before = await ann.numbers()
    answer = await ann.client.post("/v1/feedback", json=body)
    assert answer.status_code in (413, 422), answer.text
    assert field in answer.text
    assert await ann.numbers() == before


async def test_each_promise_is_proved_as_json_text_and_page(who: Any) -> None:
    ann, vp = who("requester", ACCOUNT), who("vp")
    number = (await ann.says(kind="complaint"))["number"]
    await ann.sees(number, acknowledgement="None", update="None")
    await vp.takes(number, "questions", question="Which ticket was it?")
    await ann.sees(number, acknowledgement="kept")
    path = f"/v1/complaints/{number}/promises"
    kept = (await ann.client.get(f"{path}/acknowledgement/explain")).json()
    assert (kept["promise"]["state"], kept["disagreements"]) == ("met", [])
    assert kept["promise"]["number"] == number
    running = (await ann.client.get(f"{path}/update/explain")).json()
    assert (running["promise"]["state"], running["promise"]["counts"], running["disagreements"]) == (
        "running",
        "elapsed",
        [],
    )
    text = await vp.client.get(f"{path}/update/explain", headers={"Accept": "text/plain"})
    assert text.text.startswith(f"{number}: ")
    page = await vp.client.get(f"{path}/update/explain", headers={"Accept": "text/html"})
    assert page.text.startswith("<!DOCTYPE html>")
    nothing = await ann.client.get(f"{path}/urgent/explain")
    assert (nothing.status_code, nothing.json()["type"].rpartition("/")[2]) == (404, "nothing-promised")


async def test_customers_see_nothing_of_the_review_in_a_proof(who: Any) -> None:
    ann, vp = who("requester", ACCOUNT), who("vp")
    number, other = [(await ann.says(kind="complaint"))["number"] for _ in range(2)]
    await vp.takes(number, "notes", text="Hm.")
    await vp.takes(number, "joined", other=other)
    await ann.sees(number, update="None")
    for person, seen in ((vp, {"complaint.noted", "complaint.joined"}), (ann, set())):
        proof = (await person.client.get(f"/v1/complaints/{number}/promises/update/explain")).json()
        types = {one["type"] for one in proof["events"]}
        assert types & {"complaint.noted", "complaint.joined"} == seen
        assert "complaint.review-opened" in types


async def test_an_update_is_promised_for_a_day_with_hours(who: Any) -> None:
    number = (await who("requester", ACCOUNT).says(kind="complaint"))["number"]
    saturday = datetime.now(UTC).date()
    while saturday.weekday() != 5:
        saturday += timedelta(days=1)
    update = {"delays": "The logs are large.", "needs": "Nothing."}
    sam = who("support-manager")
    refused = await sam.takes(number, "updates", 422, **update, next_at=str(saturday))
    assert "no hours" in str(refused)
    await sam.takes(number, "updates", 422, **update, next_at="2020-01-01T10:00:00Z")
    for wrong in ("soon", "2026-13-01", "2026-12-03T10:00:00", 1_764_600_000):
        neither = await sam.takes(number, "updates", 422, **update, next_at=wrong)
        assert [one["field"] for one in neither["errors"]] == ["next_at"]
    await who("engineer").takes(number, "updates", 403, **update, next_at=str(saturday))
    for days in range(10, 14):  # from Tuesday on, some of which may be holidays
        day = saturday + timedelta(days=days)
        path, next_at = f"/v1/complaints/{number}/updates", f"{day}T17:00+01:00"
        if (await sam.client.post(path, json=update | {"next_at": next_at})).is_success:
            break
    assert f"hears more before {day}T16:00:00Z" in str(await sam.reads(number))


async def test_what_is_refused_takes_no_number(who: Any) -> None:
    ann = who("requester", ACCOUNT)
    first = (await ann.says(kind="praise"))["number"]
    assert (await ann.client.post("/v1/feedback", json={"text": TEXT, "about": "P-77"})).status_code == 422
    second = (await ann.says(kind="praise"))["number"]
    assert int(second[2:]) == int(first[2:]) + 1


async def test_another_matter_is_split_off_with_the_receipt_of_its_message(who: Any) -> None:
    ann, eve = who("requester", ACCOUNT), who("engineer")
    number = (await ann.says(kind="complaint"))["number"]
    await ann.takes(number, "words", text="And your invoices are wrong.")
    more = next(one for one in (await eve.reads(number))["history"] if one["type"] == "feedback.added-to")
    new = await eve.takes(number, "split", 201, message_id=more["message_id"], reason="Invoices.", kind="complaint")
    split = await eve.reads(new["number"])
    assert (split["split_from"], split["stage"]) == ((await eve.reads(number))["feedback_id"], "review")
    assert split["received_at"] == more["at"]
    assert "invoices are wrong" in str(split["history"])
    again = await eve.takes(number, "split", 404, message_id=more["message_id"], reason="Invoices.")
    assert again["type"].endswith("/unknown-message")
    await ann.takes(number, "split", 403, message_id=more["message_id"], reason="Invoices.")


async def test_two_people_in_one_matter_get_two_acknowledgements_and_one_review(who: Any) -> None:
    ann, bob, sam, vp = who("requester", ACCOUNT), who("requester", uuid4()), who("support-manager"), who("vp")
    first, second = (await ann.says(kind="complaint"))["number"], (await bob.says(kind="complaint"))["number"]
    await sam.takes(first, "joined", other=second)
    await sam.takes(first, "joined", 422, other=first)
    await sam.takes(first, "joined", 404, other="F-999999")
    await vp.takes(first, "acknowledgement", text="We look into it.")
    given = await vp.takes(first, "outcome", found="A carrier failed.", measures="A second carrier.")
    assert given["also"] == [second]
    for person, number, acknowledged in ((ann, first, "kept"), (bob, second, "kept")):
        seen = await person.sees(number, acknowledgement=acknowledged, update="kept")
        assert (seen["stage"], "A second carrier." in str(seen["history"])) == ("outcome", True)
        assert seen["joined"] == [], "customers don't see each other"
    assert (await bob.takes(second, "dispute"))["stage"] == "arbitration"
    assert (await ann.reads(first))["stage"] == "outcome"
    await sam.takes(first, "joined", 409, other=second)


async def test_what_was_promised_is_reported_by_its_verdict(who: Any) -> None:
    ann, sam = who("requester", ACCOUNT), who("support-manager")
    since = datetime.now(UTC).isoformat()
    number = (await ann.says(kind="praise"))["number"]
    await ann.sees(number, acknowledgement="None")
    asked = {"since": since, "by": "promise"}
    running = (await sam.client.get("/v1/reports/complaints", params=asked)).json()
    await sam.takes(number, "acknowledgement", text="Thank you.")
    await ann.sees(number, acknowledgement="kept")
    kept = (await sam.client.get("/v1/reports/complaints", params=asked)).json()
    again = (await sam.client.get("/v1/reports/complaints", params=asked | {"known_at": running["known_at"]})).json()
    assert again == running
    before, after = running["rows"][0]["figures"], kept["rows"][0]["figures"]
    assert (before["kept"], before["attainment"], before["running"]) == (0, "–", after["running"] + 1)
    assert (after["kept"], after["broken"], after["attainment"]) == (1, 0, "100.00")
