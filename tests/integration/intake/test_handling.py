"""A ticket's life over HTTP, and the rules that hold in it."""

from typing import Any
from uuid import uuid4

import httpx2
from tests.desk import TestDesk, eventually
from tests.integration.intake.conftest import Customer, client_of, opened, problem

PLAN = {"states": "plan", "body": "We replace the exporter tonight."}


async def types_of(client: httpx2.AsyncClient, number: str) -> list[str]:
    answer = await client.get(f"/v1/tickets/{number}/events")
    return [event["type"] for event in answer.json()["events"]]


async def test_a_ticket_lives_its_whole_life(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    number = (await opened(customer.client, details={"product": "Aurora"}))["number"]
    path = f"/v1/tickets/{number}"
    steps: list[tuple[httpx2.AsyncClient, str, dict[str, Any], str]] = [
        (engineer, "assignment", {"engineer": "eve"}, "waiting-for-information"),
        (engineer, "messages", {"body": "We look into it."}, "waiting-for-information"),
        (engineer, "messages", {"body": "Looks like #12.", "public": False}, "waiting-for-information"),
        (
            customer.client,
            "information",
            {"details": {"product_version": "4.2"}},
            "waiting-for-information",
        ),
        (customer.client, "information", {"details": {"os": "Debian", "os_version": "12"}}, "open"),
        (engineer, "severity", {"severity": 1, "reason": "Everyone is affected."}, "open"),
        (engineer, "priority", {"priority": "urgent", "reason": "So it is urgent."}, "open"),
        (engineer, "response", PLAN, "responded"),
        (engineer, "resolution", {"resolution": "Exporter replaced."}, "resolved"),
        (customer.client, "reopening", {"reason": "It fails again."}, "responded"),
        (engineer, "resolution", {"resolution": "And restarted."}, "resolved"),
        (engineer, "closing", {}, "closed"),
        (customer.client, "messages", {"body": "Thanks, but no."}, "responded"),
        (engineer, "closing", {"cause": "resolved"}, "closed"),
    ]
    for client, route, body, status in steps:
        answer = await client.post(f"{path}/{route}", json=body)
        assert answer.status_code == 200, (route, answer.text)
        seen = await engineer.get(path)
        assert seen.json()["status"] == status, route
        assert f'"{seen.json()["version"]}"' == answer.headers["ETag"], route
        assert seen.headers["ETag"].startswith(answer.headers["ETag"][:-1] + "-"), route
    ticket = (await engineer.get(path)).json()
    assert (ticket["severity"], ticket["priority"], ticket["assignee"], ticket["closings"]) == (1, "urgent", "eve", 2)
    assert [message["kind"] for message in ticket["messages"]] == ["message"] * 2 + ["initial-response", "message"]
    listed = (await customer.client.get("/v1/tickets")).json()["items"]
    shown = {key: ticket[key] for key in listed[0]}
    assert listed == [shown], "the list and the ticket say the same"


async def test_notes_among_staff_stay_among_staff(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    number = (await opened(customer.client))["number"]
    await engineer.post(f"/v1/tickets/{number}/messages", json={"body": "Their fault.", "public": False})
    assert "Their fault." in (await engineer.get(f"/v1/tickets/{number}")).text
    assert "Their fault." in (await engineer.get(f"/v1/tickets/{number}/events")).text
    for path in ("", "/events"):
        assert "Their fault." not in (await customer.client.get(f"/v1/tickets/{number}{path}")).text


async def test_p6_severity_and_priority_wait_for_the_first_contact(
    customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    number = (await opened(customer.client))["number"]
    for route, value in [("severity", 1), ("priority", "low")]:
        body = {route: value, "reason": "It seems so."}
        answer = await engineer.post(f"/v1/tickets/{number}/{route}", json=body)
        assert problem(answer)[:2] == (409, "no-initial-contact")


async def test_p24_staff_say_that_they_await_a_reply_and_nobody_else_does(
    customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    number = (await opened(customer.client))["number"]
    asks = {"body": "Which one is it?", "awaits_reply": True}
    assert (await engineer.post(f"/v1/tickets/{number}/messages", json=asks)).status_code == 200
    [message] = (await engineer.get(f"/v1/tickets/{number}")).json()["messages"]
    assert message["awaits_reply"] is True
    for client, body in ((customer.client, asks), (engineer, asks | {"public": False})):
        answer = await client.post(f"/v1/tickets/{number}/messages", json=body)
        assert problem(answer)[:2] == (422, "nobody-asked")
        assert answer.json()["errors"][0]["field"] == "awaits_reply"


async def test_p13_looking_into_it_is_no_response(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    number = (await opened(customer.client))["number"]
    answer = await engineer.post(f"/v1/tickets/{number}/response", json={"body": "We look into it."})
    assert problem(answer) == (422, "states-nothing", ["states"])
    assert await types_of(engineer, number) == ["ticket.opened"]


async def test_p12_information_found_incomplete_is_asked_for(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    number = (await opened(customer.client))["number"]
    asked = {"missing": ["os_version"], "reason": "Which point release?"}
    answer = await engineer.post(f"/v1/tickets/{number}/information-requests", json=asked)
    assert answer.status_code == 200, answer.text
    assert (await engineer.get(f"/v1/tickets/{number}")).json()["missing"] == ["os_version"]
    await engineer.post(f"/v1/tickets/{number}/response", json=PLAN)
    again = await engineer.post(f"/v1/tickets/{number}/information-requests", json=asked)
    assert problem(again)[:2] == (409, "already-answered")


async def test_a_message_gives_information_or_is_told_what_is_still_missing(
    customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket = await opened(customer.client, details={"product": "Aurora", "product_version": "4.2"}, description="")
    path = f"/v1/tickets/{ticket['number']}/messages"
    steps: list[tuple[httpx2.AsyncClient, str, list[str], str]] = [
        (engineer, "OS: Debian", ["os", "os_version", "description"], "waiting-for-information"),
        (customer.client, "Every export ends with error 17.", ["os", "os_version"], "waiting-for-information"),
        (customer.client, "Any news?", ["os", "os_version"], "waiting-for-information"),
        (customer.client, "OS: Debian\nOS version: 12", [], "open"),
    ]
    for client, body, missing, status in steps:
        key = {"Idempotency-Key": str(uuid4())}
        answers = [(await client.post(path, json={"body": body}, headers=key)).json() for _ in range(2)]
        assert (answers[0]["missing"], answers[0]["status"]) == (missing, status), body
        assert answers[0] == answers[1], "a retry is told the same"
    seen = (await engineer.get(path.removesuffix("/messages"))).json()
    assert (seen["status"], seen["missing"]) == ("open", [])
    assert seen["description"] == "Every export ends with error 17."
    assert (seen["details"]["os"], seen["details"]["os_version"]) == ("Debian", "12")


async def test_what_was_asked_and_how_it_was_settled_is_read_with_the_ticket(
    customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    path = f"/v1/tickets/{(await opened(customer.client))['number']}"
    fresh = (await customer.client.get(path)).json()
    assert (fresh["information_requests"], fresh["resolution"]) == ([], None)
    for missing, reason in ((["os"], "Which one?"), (["os_version"], "Which point release?")):
        asked = {"missing": missing, "reason": reason}
        await engineer.post(f"{path}/information-requests", json=asked)
    await engineer.post(f"{path}/response", json=PLAN)
    await engineer.post(f"{path}/resolution", json={"resolution": "Exporter replaced."})
    for client in (customer.client, engineer):
        seen = (await client.get(path)).json()
        requests, resolution = seen["information_requests"], seen["resolution"]
        assert [request["reason"] for request in requests] == ["Which one?", "Which point release?"]
        assert [request["missing"] for request in requests] == [["os"], ["os", "os_version"]]
        assert (resolution["resolution"], resolution["actor"]) == ("Exporter replaced.", "a-engineer")
        assert requests[-1]["at"] < resolution["at"]


async def test_who_read_an_older_version_is_told(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    number = (await opened(customer.client))["number"]
    read = (await engineer.get(f"/v1/tickets/{number}")).headers["ETag"]
    path = f"/v1/tickets/{number}/assignment"
    first = await engineer.post(path, json={"engineer": "eve"}, headers={"If-Match": read})
    assert first.status_code == 200
    second = await engineer.post(path, json={"engineer": "adam"}, headers={"If-Match": read})
    assert problem(second)[:2] == (412, "changed-meanwhile")
    assert problem(await engineer.post(path, json={"engineer": "x"}, headers={"If-Match": "abc"}))[2] == ["If-Match"]


async def test_whoever_reads_other_words_reads_another_tag(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    number = (await opened(customer.client))["number"]
    await engineer.post(f"/v1/tickets/{number}/messages", json={"body": "Their fault.", "public": False})
    for path in ("", "/events"):
        hers, theirs = [await client.get(f"/v1/tickets/{number}{path}") for client in (customer.client, engineer)]
        assert hers.headers["ETag"] != theirs.headers["ETag"]
        assert hers.headers["ETag"].startswith('"2-')


async def test_a_ticket_is_withdrawn_by_its_requester_or_the_accounts_admin_only(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    withdraw = {"cause": "withdrawn"}
    bob = client_of(intake, "requester", customer.account_id, f"bob@{customer.domain}")
    admin = client_of(intake, "account-admin", customer.account_id, f"root@{customer.domain}")
    ann = client_of(intake, "requester", customer.account_id, f"ANN@{customer.domain}", subject="another")
    for who in (ann, admin):
        path = f"/v1/tickets/{(await opened(customer.client))['number']}"
        for other in (bob, engineer):
            assert problem(await other.post(f"{path}/closing", json=withdraw)) == (
                403,
                "only-requester-withdraws",
                ["cause"],
            )
        assert (await bob.post(f"{path}/messages", json={"body": "It is well again."})).status_code == 200
        assert (await who.post(f"{path}/closing", json=withdraw)).status_code == 200
        for other in (bob, engineer):
            assert problem(await other.post(f"{path}/closing", json=withdraw))[:2] == (403, "only-requester-withdraws")
        assert problem(await bob.post(f"{path}/closing", json={}))[:2] == (403, "only-requester-closes")


async def test_the_log_names_staff_and_gives_customers_pseudonyms(
    customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    number = (await opened(customer.client))["number"]
    await engineer.post(f"/v1/tickets/{number}/response", json=PLAN)
    told = (await engineer.get(f"/v1/tickets/{number}/events")).json()["events"]
    assert [event["role"] for event in told] == ["requester", "engineer"]
    assert told[0]["actor"].startswith("customer-")
    assert told[1]["actor"] == "a-engineer"


async def test_p14_a_change_of_tier_reaches_each_open_ticket(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    numbers = [(await opened(customer.client))["number"] for _ in range(3)]
    await customer.client.post(f"/v1/tickets/{numbers[2]}/closing", json={"cause": "withdrawn"})
    path = f"/v1/accounts/{customer.account_id}"
    change = await intake.client("intake", "admin").patch(path, json={"tier": "command", "calendar": "nights"})
    assert change.status_code == 200, change.text

    async def followed() -> bool:
        return [(await types_of(engineer, number))[-1] for number in numbers] == [
            "ticket.entitlement-changed",
            "ticket.entitlement-changed",
            "ticket.closed",
        ]

    await eventually(followed)
    ticket = (await engineer.get(f"/v1/tickets/{numbers[0]}")).json()
    assert (ticket["tier"], ticket["calendar"]) == ("command", "nights")
    assert (await opened(customer.client))["number"]
    await customer.client.post(f"/v1/tickets/{numbers[2]}/reopening", json={"reason": "After all."})

    async def caught_up() -> bool:
        return bool((await engineer.get(f"/v1/tickets/{numbers[2]}")).json()["tier"] == "command")

    await eventually(caught_up)
    back = await intake.client("intake", "admin").patch(path, json={"calendar": None})
    assert back.status_code == 200
    account = (await intake.client("intake", "admin").get(path)).json()
    assert (account["tier"], account["calendar"], account["version"]) == ("command", None, 3)


async def test_lists_can_be_narrowed(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    await opened(customer.client, severity=1)
    number = (await opened(customer.client, severity=3))["number"]
    await engineer.post(f"/v1/tickets/{number}/assignment", json={"engineer": "eve"})
    account = {"account_id": str(customer.account_id)}
    for narrowed in ({"severity": "3"}, {"assignee": "eve"}, {"severity": "3", "status": "open"}):
        items = (await engineer.get("/v1/tickets", params=account | narrowed)).json()["items"]
        assert [item["number"] for item in items] == [number], narrowed
    assert (await engineer.get("/v1/tickets", params=account | {"status": "closed"})).json()["items"] == []
    await opened(customer.client, severity=2)
    several: dict[str, list[str]]
    for several, severities in (
        ({"severity": ["1", "2"]}, [2, 1]),
        ({"severity": ["1", "3"], "assignee": ["eve"]}, [3]),
    ):
        items = (await engineer.get("/v1/tickets", params={**account, **several})).json()["items"]
        assert [item["severity"] for item in items] == severities, "any of them"
    paged = await engineer.get("/v1/tickets", params={**account, "severity": ["1", "2"], "limit": "1"})
    following = await engineer.get(paged.links["next"]["url"])
    assert [answer.json()["items"][0]["severity"] for answer in (paged, following)] == [2, 1]
    assert problem(await engineer.get("/v1/tickets", params={"severity": ["1", "5"]}))[2] == ["severity"]
    assert problem(await engineer.get("/v1/tickets?limit=1&limit=2"))[2] == ["limit"]
    assert problem(await engineer.get("/v1/tickets?q=export&sort=x"))[2] == ["q", "sort"]
    assert problem(await engineer.get("/v1/tickets", params={"status": "lost"}))[2] == ["status"]
