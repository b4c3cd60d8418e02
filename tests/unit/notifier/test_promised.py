"""The receipt says by when an answer is promised, or why none is; so does the mail after what was missing came."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from tests.unit.house import LETTERS, House
from tests.unit.interleavings import rows_in_every_order
from tests.unit.notifier.test_called import ACCOUNT, ANN, POLICY, TICKET, performed
from tests.unit.notifier.test_next_instant import text
from tests.unit.notifier.test_overtaking import fact
from tests.unit.notifier.test_react import CAUSE, OPENED, OTHER, commands
from tests.unit.notifier.test_render import Balanced, said
from tests.unit.notifier.test_thread import ANSWERED, BREACHED, RECEIPT
from tests.unit.notifier.test_thread import OPENED as THREAD_OPENED
from tests.unit.notifier.test_thread import outcome as decided

from contracts.causes import Cause
from contracts.envelope import Recorded
from contracts.names import SLA, TICKETS
from contracts.notifications import LetterRequested, LetterSuppressed, NotificationRequested, Requested
from contracts.sla import ClockStarted, ClockUnowed, PolicyPublished, Versions
from contracts.tickets import Detail, Details, InformationCompleted
from intake.domain import commands as intake
from intake.domain.state import Locale
from notifier.domain import next_instant
from notifier.domain.commands import Notify, OpenThread
from notifier.domain.next_instant import Known
from notifier.domain.streams import notification_id, thread_stream
from notifier.projection import NEXT_INSTANTS
from notifier.queries import known_from
from notifier.senders.pending import PendingMail, pending_mail

FRIDAY = datetime(2026, 7, 10, 20, 30, tzinfo=UTC)
"""Half past four in New York, half an hour before its offices close."""
COMPLETE = Details(product="Desk", product_version="1", os="Linux", os_version="6")
DUE = datetime(2026, 7, 13, 13, tzinfo=UTC)
VERSIONS = Versions(policy="p", calendar="c", tzdata="t")


async def asked(policy: PolicyPublished = POLICY, details: Details = COMPLETE, **more: Any) -> House:
    """A request of somebody in Berlin, whose account has New York's office hours."""
    house = House(policy, FRIDAY)
    account = intake.RegisterAccount(
        account_id=ACCOUNT,
        by="admin",
        name="Acme",
        tier="enlist",
        calendar="office",
        locale=Locale(None, "Europe/Berlin"),
    )
    await performed(house, "intake", f"account-{ACCOUNT}", account)
    ticket: dict[str, Any] = {
        "ticket_id": TICKET,
        "by": "requester",
        "number": "P-1",
        "account_id": ACCOUNT,
        "subject_id": ANN,
        "channel": "portal",
        "severity": 1,
        "priority": "high",
        "details": details,
        "title": "It stops",
        "description": "It stops.",
        "email": "ann@acme.example",
    }
    await performed(house, "intake", f"ticket-{TICKET}", intake.TicketRequest(**(ticket | more)))
    return house


async def mail(house: House, template: str) -> PendingMail:
    """The mail of that template, as it is sent at once: the house takes its time of reactions from the wall."""
    room = house.rooms["notifier"]
    async with room.store.transaction() as tx:
        thread = await room.core.facts(tx, thread_stream(TICKET))
    thread = [structs.replace(one, recorded_at=FRIDAY) for one in thread]
    (request,) = (one.event for one in thread if isinstance(one.event, Requested) and one.event.template == template)
    row = room.store.tables.models.get("next_calls", {}).get((TICKET, request.cause))
    return replace(pending_mail(thread, request.notification_id), known=known_from(row) if row else None)


def words(pending: PendingMail) -> str:
    body = LETTERS.build(pending.completed_request).get_body(("plain",))
    assert body
    return " ".join(str(body.get_content()).split())


async def test_the_receipt_says_by_when_an_answer_is_promised_in_the_requester_s_zone() -> None:
    pending = await mail(await asked(), "ticket-received")
    assert pending.pause(0.0) is None
    assert "We promise that one of our engineers will answer by Monday, 13 July 2026, 15:30 your time." in words(
        pending
    )


async def test_of_severity_4_it_says_what_is_hoped_for_and_that_this_is_no_promise() -> None:
    receipt = words(await mail(await asked(severity=4), "ticket-received"))
    assert "We generally answer such requests by Saturday, 11 July 2026, 22:30 your time; at this" in receipt
    assert "no promise" in receipt


async def test_while_information_is_missing_it_asks_for_that_and_says_when_the_time_begins() -> None:
    house = await asked(details=Details())
    pending = await mail(house, "ticket-received")
    assert pending.pause(0.0) is None
    receipt = words(pending)
    assert "The time in which we promise an answer begins when we have all of it." in receipt
    assert "We promise" not in receipt

    whose: dict[str, Any] = {"ticket_id": TICKET, "account_id": ACCOUNT, "subject_id": ANN, "by": "requester"}
    given = intake.ProvideInformation(**whose, details=COMPLETE)
    await performed(house, "intake", f"ticket-{TICKET}", given)
    thanks = words(await mail(house, "information-completed"))
    assert "We now have all we need about P-1. We promise that one of our engineers will answer by Monday," in thanks
    assert "13 July 2026, 15:30 your time." in thanks


def receipt(**about: str) -> Requested:
    return LetterRequested(
        ticket_id=TICKET,
        notification_id=UUID(int=43),
        template="information-completed",
        cause=CAUSE,
        number="P-1042",
        automatic="generated",
        subject_id=ANN,
        email="ann@acme.example",
        about={**next_instant.CLOCK, **about},
    )


def test_a_receipt_waits_as_long_as_a_call_does_and_leaves_without_it() -> None:
    pending = pending_mail([fact(receipt())], UUID(int=43))
    assert pending.in_terms
    assert pending.pause(0.0) == next_instant.POLL_SECONDS
    assert pending.pause(next_instant.WAIT_SECONDS) is None
    assert "One of our engineers will look into it." in " ".join(text(pending).split())


def test_where_nothing_is_owed_a_receipt_says_so() -> None:
    pending = PendingMail(fact(receipt()), known=Known(None, {"promise": "unowed"}))
    assert not pending.in_terms
    assert pending.pause(0.0) is None
    assert "For a request of this severity no time is promised" in " ".join(text(pending).split())


def test_a_deadline_that_was_past_when_the_receipt_was_requested_is_admitted() -> None:
    for promise, admission in (("response", "We are late, and one"), ("objective", "That has passed; one")):
        late = PendingMail(fact(receipt()), known=Known(DUE, {"promise": promise}))
        assert "July 2026, 13:00 (UTC)." in " ".join(text(late).split())
        assert admission in " ".join(text(late).split())


def test_hours_that_no_policy_knows_are_named_with_what_counts_instead() -> None:
    about = {"promise": "response", "next_at": "2026-07-13T13:00:00Z", "unknown_calendar": "offce <b>"}
    letter = said("ticket-received", about=about)
    assert 'We don\'t know the support hours "offce <b>"' in " ".join(letter.text.split())
    assert 'hours "offce <b>" that were agreed with you' in Balanced(letter.html).text
    unowed = said("ticket-received", about={"promise": "unowed", "unknown_calendar": "offce"})
    assert "offce" not in unowed.text


def test_nobody_is_told_of_what_a_policy_no_longer_asks_for_nor_by_when_once_there_is_an_answer() -> None:
    completed = InformationCompleted(
        ticket_id=OPENED.ticket_id,
        subject_id=OPENED.subject_id,
        severity=1,
        tier="enlist",
        calendar=None,
        details=COMPLETE,
    )
    thanks = Notify(
        cause=CAUSE, template="information-completed", to="requester", automatic="generated", about={"awaits": "clock"}
    )
    assert commands(completed) == [thanks]
    assert commands(replace(completed, policy="v2")) == []
    assert commands(replace(completed, message_id=OTHER)) == [replace(thanks, automatic="replied")]
    assert commands(replace(completed, machine=True)) == [replace(thanks, withheld="machine")]
    [sent] = decided([THREAD_OPENED, RECEIPT], thanks)
    assert isinstance(sent, LetterRequested)
    assert decided([THREAD_OPENED, RECEIPT, ANSWERED], thanks) == [
        LetterSuppressed(
            ticket_id=THREAD_OPENED.ticket_id,
            notification_id=notification_id(CAUSE, "requester"),
            template="information-completed",
            cause=CAUSE,
            reason="overtaken",
        )
    ]


def test_a_promise_that_is_broken_or_kept_is_not_made_again() -> None:
    thanks = Notify(cause=CAUSE, template="information-completed", to="requester", about={**next_instant.CLOCK})
    [sent] = decided([THREAD_OPENED, RECEIPT, BREACHED], thanks)
    assert isinstance(sent, LetterRequested)
    assert sent.about == {"promise": "late"}
    assert "We are late with our answer;" in " ".join(text(PendingMail(fact(sent))).split())
    wanted = Notify(cause=CAUSE, template="information-wanted", to="requester", about={"missing": "os"})
    for events, about, begins in (
        ([], {"missing": "os"}, True),
        ([BREACHED], {"missing": "os", "promise": "late"}, False),
        ([ANSWERED], {"missing": "os", "promise": "kept"}, False),
    ):
        [asked] = decided([THREAD_OPENED, RECEIPT, *events], wanted)
        assert isinstance(asked, NotificationRequested)
        assert asked.about == about
        assert ("begins when we have all of it" in " ".join(text(PendingMail(fact(asked))).split())) == begins


def test_a_receipt_that_asks_for_something_waits_for_nothing() -> None:
    cases: list[tuple[tuple[Detail, ...], dict[str, str]]] = [(("os",), {"missing": "os"}), ((), {"awaits": "clock"})]
    for missing, about in cases:
        [opened] = commands(replace(OPENED, missing=missing))
        assert isinstance(opened, OpenThread)
        assert opened.receipt.about == about


STARTED = ClockStarted(
    ticket_id=TICKET,
    metric="response",
    severity=1,
    tier="enlist",
    calendar="office",
    received_at=FRIDAY,
    started_at=FRIDAY,
    target=DUE - FRIDAY,
    due_at=DUE,
    warnings=(),
    versions=VERSIONS,
)
UNOWED = ClockUnowed(
    ticket_id=TICKET,
    metric="response",
    severity=4,
    tier="enlist",
    calendar="office",
    received_at=FRIDAY,
    started_at=FRIDAY,
    counted_from=FRIDAY,
    consumed=DUE - DUE,
    versions=VERSIONS,
)


def clock(event: Any, cause: UUID | None, seq: int = 1, **meta: Any) -> Recorded[Any]:
    one = fact(event)
    meta = {"cause": Cause(TICKETS, str(cause)) if cause else None} | meta
    return structs.replace(
        one, topic=SLA, shard_seq=seq, stream=f"clock-{TICKET}-{event.metric}", meta=replace(one.meta, **meta)
    )


def rows(*facts: Recorded[Any]) -> dict[Any, Known]:
    found = rows_in_every_order(NEXT_INSTANTS, list(facts))
    return {dict(key)["set_by"]: known_from(row) for key, row in found.items()}


def test_what_is_said_of_the_first_answer_is_kept_by_what_started_its_clock() -> None:
    one, other, third = (UUID(int=n) for n in (71, 72, 73))
    assert rows(
        clock(STARTED, one, 1),
        clock(replace(STARTED, metric="objective", unknown_calendar="offce"), other, 2),
        clock(UNOWED, third, 3),
    ) == {
        one: Known(DUE, {"promise": "response"}),
        other: Known(DUE, {"promise": "objective", "unknown_calendar": "offce"}),
        third: Known(None, {"promise": "unowed"}),
    }


@pytest.mark.parametrize(
    "other",
    [
        clock(replace(STARTED, metric="resolution"), UUID(int=71)),
        clock(replace(UNOWED, metric="update"), UUID(int=71)),
        clock(replace(STARTED, changed_at=DUE), UUID(int=71)),  # its severity was changed
        clock(STARTED, None),  # by a release that didn't say
        clock(STARTED, UUID(int=71), occurred_at=DUE),  # imported
    ],
)
def test_no_mail_names_other_clocks(other: Recorded[Any]) -> None:
    assert rows(other) == {}
