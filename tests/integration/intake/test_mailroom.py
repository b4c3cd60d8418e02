"""Mails kept and performed by several processes on one database: the real one, and the one that simulation has."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.kit.test_personal import erase
from tests.simulation.letters import letter
from tests.simulation.mail_door import MAILBOX
from tests.unit.intake.story import OPENED, recorded

from contracts.base import ERASED
from contracts.envelope import Meta
from contracts.message_ids import feedback_of, letter_id, message_id
from contracts.names import TICKETS, shard_of
from contracts.tickets import FeedbackMailReceived, InitialResponseGiven, MessagePosted, ParticipantAdded, TicketOpened
from intake import domain
from intake.by_hand import ByHand
from intake.directory import NOBODY, Directory
from intake.domain.commands import AddParticipant, Participant, RegisterAccount
from intake.domain.policy import SHIPPED
from intake.enrich import Addressed, enrich
from intake.mail import earlier_key
from intake.mail_seal import MailSeal
from intake.mailroom.process import MAILS_AT_ONCE, Processor, request_for
from intake.mailroom.receive import COPIES_OF_A_MAIL, Receiver, Sorter
from intake.numbers import TICKET_NUMBERS
from intake.projection import project
from intake.restored import adopted
from kit.clock import WallClock
from kit.decider import Put
from kit.log.numbers import Numbers
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done
from kit.log.writer import Writer
from kit.personal.vault import Vault, subjects_of
from kit.policy_book import PolicyBook
from kit.signed.reply_address import reply_address

MASTER = bytes(32)
ANN = "ann@customer.example"
KEY = b"a key of 16 bytes or more"
FEEDBACK_BOX = "feedback@punctual.local"
EVE = "eve@elsewhere.example"
FORM = "form@website.example"


@dataclass
class Intake:
    """A process, as far as mails are concerned."""

    core: Core
    writer: Writer
    receiver: Receiver
    processor: Processor

    async def keep(
        self, subject: str = "Hello", identity: str | None = None, sender: str = ANN, to: str = MAILBOX, **more: str
    ) -> None:
        content = letter(sender, subject, "And?\n", identity or f"<{uuid4()}@pc.example>", To=to, **more)
        await self.receiver.receive(content, sender, [to])

    async def perform_all(self) -> list[int]:
        """How many at a time."""
        done = []
        while some := await self.processor.process_some():
            done.append(some)
        return done


@asynccontextmanager
async def intake(store: Any) -> AsyncIterator[Intake]:
    vault, clock, stored = Vault(MASTER, makes=subjects_of), WallClock(), asyncio.Event()
    core = Core(topic=TICKETS, decider=domain, vault=vault, project=project, enrich=enrich)
    writer, mail_seal = Writer(store, core, clock), MailSeal(MASTER, vault)
    receiver = Receiver(
        store=store,
        mail_seal=mail_seal,
        directory=Directory(MASTER),
        clock=clock,
        sorter=Sorter(
            mailbox=MAILBOX,
            feedback_mailbox=FEEDBACK_BOX,
            own_lists=frozenset({"desk.punctual.local", "all@punctual.local"}),
            staff_domain="desk.punctual.local",
            web_forms=frozenset({FORM}),
            authserv_ids=frozenset({"mx.punctual.local"}),
            reply_keys=[KEY],
        ),
        stored=stored,
    )
    processor = Processor(
        store=store,
        writer=writer,
        mail_seal=mail_seal,
        numbers=Numbers(store, TICKET_NUMBERS),
        book=PolicyBook(SHIPPED),
        clock=clock,
        stored=stored,
    )
    writing = asyncio.create_task(writer.run())
    yield Intake(core, writer, receiver, processor)
    writing.cancel()


@pytest.fixture
async def process(store: Any) -> AsyncIterator[Intake]:
    """One with an account."""
    async with intake(store) as one:
        await registered(one, ["customer.example"])
        yield one


async def registered(process: Intake, domains: list[str]) -> UUID:
    """An account with these domains."""
    account = uuid4()
    command = RegisterAccount(account_id=account, by="admin", name="A customer", tier="patrol", domains=domains)
    work = CommandRequest(
        command_id=uuid4(), stream=f"account-{account}", command=command, meta=Meta(actor="admin", role="admin")
    )
    assert isinstance(await process.writer.perform(work), Done)
    return account


async def kept(store: Any) -> list[tuple[str, str | None, str | None]]:
    mails = sorted(await rows_of_mails(store), key=lambda row: row["ordinal"])
    return [(row["state"], row["target"], row["reason"]) for row in mails]


async def rows_of_mails(store: Any) -> list[dict[str, Any]]:
    async with store.transaction() as tx:
        states = ("stored", "performed", "ignored", "unmatched", "failed")
        return [row for state in states for row in await tx.select("mails", {"state": state})]


@pytest.mark.parametrize(
    ("header", "value", "ours"),
    [
        ("List_Id", "The desk <desk.punctual.local>", True),
        ("List_Id", "DESK.punctual.local", True),
        ("List_Post", "<mailto:all@punctual.local>", True),
        ("List_Id", "All <all.customer.example>", False),
    ],
)
async def test_the_desk_s_own_lists_ask_for_nothing(
    process: Intake, store: Any, header: str, value: str, ours: bool
) -> None:
    await process.keep(**{header: value})
    await process.perform_all()
    assert await kept(store) == [("ignored", None, "own-list") if ours else ("performed", "ticket", None)]


@pytest.mark.parametrize(
    ("said", "sender", "to", "becomes"),
    [
        ("mx.punctual.local; dmarc=fail (p=none) header.from=customer.example", ANN, MAILBOX, "not-authentic"),
        ("mx.punctual.local; dmarc=fail", ANN, FEEDBACK_BOX, "not-authentic"),
        ("mx.punctual.local; dmarc=fail", EVE, MAILBOX, "unknown-sender"),
        ("mx.punctual.local; spf=pass smtp.mailfrom=a(b@evil.example; dmarc=fail", ANN, MAILBOX, "not-authentic"),
        ("mx.punctual.local; spf=pass (without an end", ANN, MAILBOX, "not-authentic"),
        ("mx.punctual.local; dmarc=none", ANN, MAILBOX, None),
        ("mx.elsewhere.example; dmarc=fail", ANN, MAILBOX, None),
    ],
)
async def test_a_known_address_is_not_believed_against_the_word_of_the_mail_server(
    process: Intake, store: Any, said: str, sender: str, to: str, becomes: str | None
) -> None:
    await process.keep(sender=sender, to=to, Authentication_Results=said)
    await process.perform_all()
    assert await kept(store) == [("unmatched", None, becomes) if becomes else ("performed", "ticket", None)]


async def opening(store: Any, process: Intake) -> TicketOpened:
    """Of the only ticket."""
    ticket = await only_ticket(store)
    async with store.transaction() as tx:
        facts = await process.core.facts(tx, f"ticket-{ticket['ticket_id']}")
    assert isinstance(facts[0].event, TicketOpened)
    return facts[0].event


@pytest.mark.parametrize(
    ("sender", "reply_to", "writer", "answers_to"),
    [
        (ANN, "team@customer.example", ANN, "team@customer.example"),
        (ANN, "The team <Team@Support.Customer.example>", ANN, "Team@support.customer.example"),
        (ANN, "ann@private.example", ANN, None),
        (ANN, "ann@private.example, bob@customer.example", ANN, "bob@customer.example"),
        (ANN, f"{ANN}, bob@customer.example", ANN, None),
        (ANN, f"{MAILBOX}, support+x@punctual.local", ANN, None),
        (ANN, "team@, <>, =?utf-8?q?team=40customer.example?=", ANN, None),
        (ANN, "no-reply@customer.example", ANN, None),
        ("no-reply@customer.example", "bob@customer.example", "bob@customer.example", None),
        ("no-reply@customer.example", "bob@private.example", "bob@private.example", None),
        ("no-reply@customer.example", MAILBOX, "no-reply@customer.example", None),
        (FORM, ANN, ANN, None),
        (FORM.upper(), f"Ann <{ANN}>", ANN, None),
    ],
)
async def test_answers_go_to_reply_to_if_it_is_the_account_s_and_a_form_s_words_are_whose_reply_to_is(
    process: Intake, store: Any, sender: str, reply_to: str, writer: str, answers_to: str | None
) -> None:
    await process.keep(sender=sender, Reply_To=reply_to)
    await process.perform_all()
    opened = await opening(store, process)
    assert (opened.email, opened.reply_to) == (writer, answers_to)
    async with store.transaction() as tx:
        digest = Directory(MASTER).digest(writer)
        (subject,) = await tx.select("subjects", {"subject_id": opened.subject_id})
    assert subject["digest"] == digest


@pytest.mark.parametrize(("sender", "reply_to"), [("no-reply@shop.example", ANN), (EVE, ANN), (FORM, EVE), (FORM, "")])
async def test_reply_to_lets_nobody_in_whom_the_sender_does_not(
    process: Intake, store: Any, sender: str, reply_to: str
) -> None:
    await process.keep(sender=sender, Reply_To=reply_to)
    assert await kept(store) == [("unmatched", None, "unknown-sender")]


async def test_what_a_form_sends_is_a_person_s_mail_and_their_further_mails_are_on_the_same_ticket(
    process: Intake, store: Any
) -> None:
    await process.keep(sender=FORM, identity="<1@site.example>", Reply_To=ANN, Auto_Submitted="auto-generated")
    await process.keep(In_Reply_To="<1@site.example>")
    await process.perform_all()
    assert await kept(store) == [("performed", "ticket", None), ("performed", "message", "in-reply-to")]
    assert not (await opening(store, process)).machine


async def test_a_forged_form_speaks_for_nobody_and_a_no_reply_address_for_its_own_account_alone(
    process: Intake, store: Any
) -> None:
    bob = "bob@rival.example"
    await registered(process, ["rival.example"])
    await process.keep(sender=bob, identity="<of-bob@rival.example>")
    await process.keep(
        sender=FORM, Reply_To=ANN, Authentication_Results="mx.punctual.local; dmarc=fail header.from=website.example"
    )
    await process.keep(sender="no-reply@customer.example", Reply_To=bob, In_Reply_To="<of-bob@rival.example>")
    await process.perform_all()
    assert await kept(store) == [
        ("performed", "ticket", None),
        ("unmatched", None, "not-authentic"),
        ("performed", "ticket", None),
    ]


async def staff_take_up(process: Intake, store: Any, target: str, ticket_id: UUID | None = None) -> None:
    """What the Support Manager makes of the only mail that waits."""
    (row,) = [one for one in await rows_of_mails(store) if one["state"] == "unmatched"]
    by_hand = ByHand(
        store=store,
        mail_seal=process.receiver.mail_seal,
        directory=process.receiver.directory,
        staff_domain="desk.punctual.local",
    )
    (account,) = await accounts(store)
    if target == "ticket":
        await by_hand.open_ticket(row["key"], account, "sally")
    else:
        assert ticket_id is not None
        await by_hand.add_to(row["key"], ticket_id, account, "sally")
    await process.perform_all()


async def who_takes_part(store: Any) -> int:
    async with store.transaction() as tx:
        return len(await tx.select("participants", {"takes_part": True}))


NO_REPLY = "no-reply@customer.example"
STRANGER = ("unmatched", None, "unknown-sender")


@pytest.mark.parametrize("through", [NO_REPLY, "form@customer.example"])
async def test_whom_an_account_s_program_names_is_heard_on_the_ticket_that_this_opens_alone(
    process: Intake, store: Any, through: str
) -> None:
    process.receiver = replace(
        process.receiver, sorter=replace(process.receiver.sorter, web_forms=frozenset({"form@customer.example"}))
    )
    await process.keep(subject="Login")
    await process.perform_all()
    hers = await only_ticket(store)
    await process.keep(sender=through, subject="Re: Login [P-1000]", identity="<1@form.example>", Reply_To=EVE)
    await process.perform_all()
    (opened,) = [row for row in await rows_of_mails(store) if row["related"] == hers["ticket_id"]]
    await process.keep(sender=EVE, subject="Re: [P-1000] Login")
    await process.keep(sender=EVE, subject="Something else")
    await process.keep(sender=through, subject="Re: Login [P-1000]", Reply_To=EVE)
    await process.keep(sender=EVE, subject="Re: Login", In_Reply_To="<1@form.example>")
    await process.perform_all()
    assert (await kept(store))[2:] == [
        STRANGER,
        STRANGER,
        ("performed", "ticket", None),
        ("performed", "message", "in-reply-to"),
    ]
    rows = sorted(await rows_of_mails(store), key=lambda row: row["ordinal"])
    assert rows[-1]["ticket_id"] == opened["ticket_id"]
    assert await who_takes_part(store) == 0
    await process.keep(Cc=EVE)
    await process.perform_all()
    assert await who_takes_part(store) == 0


async def test_a_mail_that_staff_put_on_a_ticket_lets_its_writer_in_nowhere(process: Intake, store: Any) -> None:
    await process.keep(subject="Login")
    await process.perform_all()
    ticket = (await only_ticket(store))["ticket_id"]
    await process.keep(subject="Another matter")
    await process.keep(sender=EVE, identity="<eve@pc.example>")
    await staff_take_up(process, store, "message", ticket)
    assert (await kept(store))[2] == ("performed", "message", "by-hand")
    for subject in ("Re: [P-1000] Login", "Re: x [P-1001]", "A new matter"):
        await process.keep(sender=EVE, subject=subject)
    assert (await kept(store))[3:] == [STRANGER] * 3
    await process.keep(Cc=EVE)
    await process.perform_all()
    assert await who_takes_part(store) == 0


async def test_whose_ticket_staff_open_from_a_mail_writes_on_that_one_alone(process: Intake, store: Any) -> None:
    await process.keep(subject="Login")
    await process.perform_all()
    await process.keep(sender=EVE, identity="<eve@pc.example>")
    await staff_take_up(process, store, "ticket")
    for subject in ("Re: [P-1000] Login", "A new matter"):
        await process.keep(sender=EVE, subject=subject)
    await process.keep(sender=EVE, In_Reply_To="<eve@pc.example>")
    assert (await kept(store))[1:] == [
        ("performed", "ticket", "by-hand"),
        STRANGER,
        STRANGER,
        ("stored", "message", "in-reply-to"),
    ]


async def test_whom_the_account_itself_lets_in_is_of_it_from_then_on(process: Intake, store: Any) -> None:
    """A ticket was opened from a mail of theirs; then they come by the portal, whose token names the account."""
    await process.keep(sender=EVE)
    await staff_take_up(process, store, "ticket")
    (account,) = await accounts(store)
    (subject,) = [row["subject_id"] for row in await rows_of_mails(store)]
    asked = Addressed(
        command=lambda one: AddParticipant(ticket_id=uuid4(), by="engineer", participant=Participant(one, EVE)),
        opens=False,
        account_id=account,
        digest=Directory(MASTER).digest(EVE),
        candidate=uuid4(),
    )
    async with store.transaction() as tx:
        (command,) = await enrich(tx, [asked])
    assert isinstance(command, AddParticipant)
    assert command.participant.subject_id == subject
    await process.keep(sender=EVE, subject="A new matter")
    assert (await kept(store))[1] == ("stored", "ticket", None)


ERIK = "erik@desk.punctual.local"
VOUCHED = "mx.punctual.local; dkim=pass header.d=desk.punctual.local"


async def test_staff_never_become_customers_and_are_believed_only_if_the_mail_server_vouches(
    process: Intake, store: Any
) -> None:
    await process.keep(subject="Login")
    await process.perform_all()
    await process.keep(sender=ERIK, subject="A matter of my own")
    await staff_take_up(process, store, "ticket")
    (account,) = await accounts(store)
    async with store.transaction() as tx:  # as a ticket of their own by the portal makes them
        digest = Directory(MASTER).digest(ERIK)
        (row,) = await tx.select("subjects", {"digest": digest})
        member = {"subject_id": row["subject_id"], "member": True}
        await tx.put([Put("subjects", {"account_id": account, "digest": digest}, member)])
    for subject in ("Re: [P-1000] Login", "Re: [P-1001] A matter of my own", "Something else"):
        await process.keep(sender=ERIK, subject=subject)
        await process.keep(sender=ERIK, subject=subject, Authentication_Results=VOUCHED)
    await process.keep(sender=FORM, subject="Re: [P-1000] Login", Reply_To=ERIK, Authentication_Results=VOUCHED)
    await process.keep(sender=NO_REPLY, subject="New", Reply_To=ERIK, Authentication_Results=VOUCHED)
    not_vouched = ("unmatched", None, "not-vouched-for")
    assert (await kept(store))[2:] == [
        not_vouched,
        ("stored", "staff", "subject"),
        not_vouched,
        ("stored", "message", "subject"),
        not_vouched,
        STRANGER,
        not_vouched,
        not_vouched,
    ]


async def test_nobody_of_another_account_and_nobody_erased_is_told_whoever_names_them(
    store: Any, process: Intake
) -> None:
    await registered(process, ["rival.example"])
    await process.keep(sender="bob@customer.example", subject="Of Bob")
    await process.perform_all()
    (bob,) = [row["subject_id"] for row in await rows_of_mails(store)]
    await erase(store, bob)
    async with intake(store) as later:
        await later.keep(Cc="bob@customer.example, carol@customer.example, dan@rival.example, x@nowhere.example")
        await later.perform_all()
    assert (await kept(store))[1] == ("performed", "ticket", None)
    async with store.transaction() as tx:
        (row,) = await tx.select("participants", {"takes_part": True})
        facts = await later.core.facts(tx, f"ticket-{row['ticket_id']}")
    assert [fact.event.email for fact in facts if isinstance(fact.event, ParticipantAdded)] == [
        "carol@customer.example"
    ]


async def only_ticket(store: Any) -> dict[str, Any]:
    async with store.transaction() as tx:
        (ticket,) = await tx.select("tickets", {"closed_at": None})
    assert isinstance(ticket["ticket_id"], UUID)
    return dict(ticket)


async def test_the_same_mail_at_several_doors_is_kept_and_performed_once(store: Any, process: Intake) -> None:
    async with intake(store) as other:
        doors = [process, other] * 3
        await asyncio.gather(*(door.keep(identity="<1@pc.example>") for door in doors))
        await asyncio.gather(process.perform_all(), other.perform_all())
    assert await kept(store) == [("performed", "ticket", None)]
    await only_ticket(store)


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
async def test_a_mail_that_is_stored_in_pieces_is_kept_and_performed_once(
    store: Any, process: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.mailroom.raw.PIECE_BYTES", 100)
    async with intake(store) as other:
        doors = [process, other] * 3
        await asyncio.gather(*(door.keep(identity="<1@pc.example>", X_Dump="x" * 300) for door in doors))
        (row,) = await rows_of_mails(store)
        assert len(row["raw"]) > 300
        await asyncio.gather(process.perform_all(), other.perform_all())
    assert await kept(store) == [("performed", "ticket", None)]
    ticket = await only_ticket(store)
    async with store.transaction() as tx:
        (fact,) = await process.core.facts(tx, f"ticket-{ticket['ticket_id']}")
    assert fact.event.description == "And?"


async def test_a_long_text_is_read_while_others_go_on(
    store: Any, process: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def noting(*values: Any) -> CommandRequest:
        threads.append(threading.current_thread() is threading.main_thread())
        return request_for(*values)

    monkeypatch.setattr("intake.mailroom.process.request_for", noting)
    monkeypatch.setattr("intake.mailroom.process.WORDS_CHARACTERS", 3)
    await process.keep()
    assert await process.perform_all() == [1]
    assert threads == [False]
    assert await kept(store) == [("performed", "ticket", None)]


async def test_one_id_with_other_words_is_another_mail_and_one_of_an_earlier_release_is_known(
    store: Any, process: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in ("Scan 1", "Scan 2", "Scan 1"):
        await process.keep(subject=subject, identity="<scan@printer>")
    assert len(await kept(store)) == 2
    assert len({row["ticket_id"] for row in await rows_of_mails(store)}) == 2
    with monkeypatch.context() as earlier:
        earlier.setattr("intake.mailroom.receive.key", earlier_key)
        await process.keep(identity="<before@pc.example>")
    await process.keep(identity="<before@pc.example>")
    assert len(await kept(store)) == 3


async def test_an_answer_finds_a_ticket_that_is_still_to_be_opened_and_waits_for_it(
    store: Any, process: Intake
) -> None:
    await process.keep(identity="<1@pc.example>")
    for _ in range(2):
        await process.keep(In_Reply_To="<1@pc.example>")
    assert await kept(store) == [
        ("stored", "ticket", None),
        ("stored", "message", "in-reply-to"),
        ("stored", "message", "in-reply-to"),
    ]
    assert await process.perform_all() == [1, 1, 1]
    ticket = await only_ticket(store)
    async with store.transaction() as tx:
        facts = await process.core.facts(tx, f"ticket-{ticket['ticket_id']}")
    assert [fact.event.body for fact in facts if isinstance(fact.event, MessagePosted)] == ["And?", "And?"]


async def test_mails_of_a_shard_that_has_stopped_hold_up_nobody_else(
    store: Any, process: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.mailroom.process.RETRY_SECONDS", 0.2)
    for _ in range(MAILS_AT_ONCE):
        await process.keep()
    stopped = {shard_of(row["ticket_id"]) for row in await rows_of_mails(store)}
    while len([row for row in await rows_of_mails(store) if shard_of(row["ticket_id"]) not in stopped]) < 2:
        await process.keep()
    parted = replace(process.processor, stopped=lambda shard: "it has parted" if shard in stopped else "")
    assert await parted.process_some() == MAILS_AT_ONCE
    await parted.process_some()
    for row in await rows_of_mails(store):
        assert row["state"] == ("stored" if shard_of(row["ticket_id"]) in stopped else "performed")
    # Once somebody has seen to it, they are performed by themselves.
    stopped.clear()
    await asyncio.sleep(0.3)
    while await parted.process_some():
        pass
    assert {state for state, _, _ in await kept(store)} == {"performed"}


async def test_a_number_finds_its_ticket(store: Any, process: Intake) -> None:
    await process.keep()
    await process.perform_all()
    await process.keep(subject="Re: [P-1000] Hello")
    assert (await kept(store))[1] == ("stored", "message", "subject")


async def test_two_answers_to_a_mail_that_we_never_saw_are_one_ticket(store: Any, process: Intake) -> None:
    await process.keep(In_Reply_To="<unseen@pc.example>", References="<root@pc.example> <unseen@pc.example>")
    await process.keep(sender="bob@customer.example", In_Reply_To="<unseen@pc.example>")
    await process.keep(sender="cem@customer.example", References="<root@pc.example>")
    await process.keep(sender="dora@customer.example", identity="<unseen@pc.example>")
    assert (await kept(store))[-1] == ("stored", "message", "message-id")
    assert [target for _, target, _ in await kept(store)] == ["ticket", "message", "message", "message"]


async def test_a_fresh_mail_to_the_address_of_a_closed_ticket_opens_another_that_links_to_it(
    store: Any, process: Intake
) -> None:
    await process.keep()
    await process.perform_all()
    ticket = await only_ticket(store)
    address = reply_address(MAILBOX, ticket["ticket_id"], KEY)
    await process.keep(subject="Something else", to=address)
    async with store.transaction() as tx:
        await tx.put([Put("tickets", {"ticket_id": ticket["ticket_id"]}, {"closed_at": WallClock().now()})])
    await process.keep(subject="Something else", to=address)
    await process.keep(subject="Re: Hello", to=address)
    assert [target for _, target, _ in await kept(store)] == ["ticket", "message", "ticket", "message"]
    rows = sorted(await rows_of_mails(store), key=lambda row: row["ordinal"])
    assert rows[2]["related"] == ticket["ticket_id"]


async def test_a_mail_to_several_signed_addresses_is_a_message_on_each_ticket(store: Any, process: Intake) -> None:
    for n in range(3):
        await process.keep(subject=f"Matter {n}")
    await process.perform_all()
    tickets = [row["ticket_id"] for row in sorted(await rows_of_mails(store), key=lambda row: row["ordinal"])]
    to = ", ".join(reply_address(MAILBOX, ticket, KEY) for ticket in tickets[:2])
    for _ in range(2):
        await process.keep(subject="Both of them", identity="<both@pc.example>", to=to)
    await process.perform_all()
    assert await kept(store) == [
        *[("performed", "ticket", None)] * 3,
        *[("performed", "message", "reply-address")] * 2,
    ]
    said = []
    for ticket in tickets:
        async with store.transaction() as tx:
            facts = await process.core.facts(tx, f"ticket-{ticket}")
        said.append(sum(isinstance(fact.event, MessagePosted) for fact in facts))
    assert said == [1, 1, 0]


async def test_who_takes_part_in_one_of_several_tickets_is_heard_on_that_one_alone(store: Any, process: Intake) -> None:
    await process.keep()
    await process.keep()
    await process.perform_all()
    hers, ann_s = [row["ticket_id"] for row in sorted(await rows_of_mails(store), key=lambda row: row["ordinal"])]
    (account,) = await accounts(store)
    other = await registered(process, ["elsewhere.example"])
    for where in (account, other):
        person = {"account_id": where, "digest": Directory(MASTER).digest(EVE)}
        async with store.transaction() as tx:
            subject = (await tx.first("subjects", person, {"subject_id": uuid4(), "member": True}))["subject_id"]
            if where == account:
                await tx.put([Put("tickets", {"ticket_id": hers}, {"subject_id": subject})])
    for tickets in ((hers, ann_s), (ann_s, hers)):
        await process.keep(sender=EVE, to=", ".join(reply_address(MAILBOX, ticket, KEY) for ticket in tickets))
    rows = sorted(await rows_of_mails(store), key=lambda row: row["ordinal"])[2:]
    assert [(row["target"], row["ticket_id"]) for row in rows] == [("message", hers)] * 2


async def test_a_mail_to_very_many_signed_addresses_is_copied_a_bounded_number_of_times(
    store: Any, process: Intake
) -> None:
    for n in range(COPIES_OF_A_MAIL + 3):
        await process.keep(subject=f"Matter {n}")
    tickets = [row["ticket_id"] for row in await rows_of_mails(store)]
    await process.keep(to=", ".join(reply_address(MAILBOX, ticket, KEY) for ticket in tickets))
    assert [target for _, target, _ in await kept(store)].count("message") == COPIES_OF_A_MAIL + 1


async def test_who_is_known_by_address_needs_no_domain(store: Any, process: Intake) -> None:
    digest = Directory(MASTER).digest("bob@elsewhere.example")
    (account,) = await accounts(store)
    async with store.transaction() as tx:
        await tx.first("subjects", {"account_id": account, "digest": digest}, {"subject_id": uuid4(), "member": True})
    await process.keep(sender="bob@elsewhere.example")
    await process.keep(sender="eve@elsewhere.example")
    assert await kept(store) == [("stored", "ticket", None), ("unmatched", None, "unknown-sender")]


async def test_a_subdomain_belongs_to_the_account_of_the_domain_unless_another_owns_it(
    store: Any, process: Intake
) -> None:
    (account,) = await accounts(store)
    branch = await registered(process, ["branch.customer.example", "Müller.example"])
    senders = {
        "ann@mail.customer.example": account,
        "bob@branch.customer.example": branch,
        "cem@eu.branch.customer.example": branch,
        "dora@xn--mller-kva.example": branch,
        "eve@müller.example": branch,
        "fay@notcustomer.example": None,
        "gus@example": None,
    }
    for sender in senders:
        await process.keep(sender=sender)
    rows = sorted(await rows_of_mails(store), key=lambda row: row["ordinal"])
    assert [row["account_id"] for row in rows] == [*senders.values()]


async def test_a_domain_that_an_earlier_release_kept_as_people_write_it_is_still_taken(
    store: Any, process: Intake
) -> None:
    (account,) = await accounts(store)
    async with store.transaction() as tx:
        await tx.put([Put("account_domains", {"domain": "müller.example"}, {"account_id": account})])
    asked = RegisterAccount(
        account_id=uuid4(), by="admin", name="Other", domains=["xn--mller-kva.example"], tier="patrol"
    )
    async with store.transaction() as tx:
        (command,) = await enrich(tx, [asked])
    assert isinstance(command, RegisterAccount)
    assert command.taken == ("xn--mller-kva.example",)


async def accounts(store: Any) -> list[UUID]:
    async with store.transaction() as tx:
        return [row["account_id"] for row in await tx.select("accounts", {"tier": "patrol"})]


async def test_what_became_of_a_mail_is_said_once(store: Any, process: Intake) -> None:
    await process.keep()
    (row,) = await rows_of_mails(store)
    await process.perform_all()
    await process.processor._one({**row, "sealed_for": None})  # it could not be read, had it not been done already
    assert await kept(store) == [("performed", "ticket", None)]


@pytest.mark.parametrize("performed", [True, False])
async def test_a_mail_of_somebody_who_was_erased_is_performed_if_it_was_before(
    store: Any, process: Intake, performed: bool
) -> None:
    """Simulation found one that was performed by a process which died before it said so, and then called failed."""
    await process.keep()
    (row,) = await rows_of_mails(store)
    if performed:
        mail, _ = await process.processor._read(row)
        assert isinstance(await process.writer.perform(request_for(row, mail, "P-1", SHIPPED)), Done)
    await erase(store, row["subject_id"])
    async with intake(store) as later:
        await later.perform_all()
    assert await kept(store) == [("performed", "ticket", None) if performed else ("failed", "ticket", "erased")]


@pytest.mark.parametrize("read_before", [True, False])
async def test_a_colleague_who_is_erased_while_a_mail_waits_is_left_out_of_it(
    store: Any, process: Intake, monkeypatch: pytest.MonkeyPatch, read_before: bool
) -> None:
    """Simulation found one that failed for whom it named: its own writer waited in vain."""
    await process.keep(sender="bob@customer.example", subject="Of Bob")
    await process.perform_all()
    await process.keep(Cc="bob@customer.example, carol@customer.example")
    row, of_bob = await rows_of_mails(store)
    as_read = await process.processor._read(row)
    await erase(store, of_bob["subject_id"])
    async with intake(store) as later:
        if read_before:

            async def read(self: Processor, row: Any) -> Any:
                monkeypatch.undo()
                return as_read

            monkeypatch.setattr(Processor, "_read", read)
            await later.processor.process_some()
            assert (await kept(store))[1] == ("stored", "ticket", None)
            later.processor.retry_at.clear()
        await later.perform_all()
    assert (await kept(store))[1] == ("performed", "ticket", None)
    async with store.transaction() as tx:
        facts = await later.core.facts(tx, f"ticket-{row['ticket_id']}")
    told = [fact.event.email for fact in facts if isinstance(fact.event, ParticipantAdded)]
    assert told == ["carol@customer.example"]


async def test_a_mail_of_somebody_erased_waits_while_what_it_led_to_may_be_missing(
    store: Any, process: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulation found one that a restored database called failed before it had taken up what it led to."""
    await process.keep()
    (row,) = await rows_of_mails(store)
    await erase(store, row["subject_id"])

    async def unsure(self: Any) -> bool:
        return True

    async with store.transaction() as tx:
        monkeypatch.setattr(type(tx), "unsure", unsure)
    async with intake(store) as later:
        await later.processor.process_some()
    assert await kept(store) == [("stored", "ticket", None)]


async def test_no_two_processes_give_out_the_same_numbers(store: Any) -> None:
    these, those = Numbers(store, TICKET_NUMBERS), Numbers(store, TICKET_NUMBERS)
    drawn = await asyncio.gather(*(one.next() for one in [these, those] * 30))
    assert sorted(drawn)[0] == "P-1000"
    assert len(set(drawn)) == 60


async def passed_on(store: Any, process: Intake) -> list[FeedbackMailReceived]:
    """What feedback hears, in the order of the mails; each of them only once."""
    await process.perform_all()
    rows = sorted(await rows_of_mails(store), key=lambda row: row["ordinal"])
    found: dict[UUID, FeedbackMailReceived] = {}
    async with store.transaction() as tx:
        for row in rows:
            for fact in await process.core.facts(tx, f"feedback-{row['ticket_id']}"):
                found[fact.event_id] = fact.event
    keys = [row["key"] for row in rows]
    assert len({one.mail for one in found.values()}) == len(found)
    return sorted(found.values(), key=lambda one: keys.index(one.mail))


async def test_feedback_is_begun_by_anybody_and_goes_on_with_what_follows(store: Any, process: Intake) -> None:
    await process.keep(identity="<1@pc.example>", sender=EVE, to=FEEDBACK_BOX)
    # The first is only stored yet; the second is somebody else's.
    await process.keep(In_Reply_To="<1@pc.example>", sender=EVE.upper(), to=FEEDBACK_BOX)
    await process.keep(In_Reply_To="<1@pc.example>", sender=ANN, to=FEEDBACK_BOX)
    assert await kept(store) == [
        ("stored", "feedback", None),
        ("stored", "addition", "in-reply-to"),
        ("stored", "feedback", None),
    ]
    first, second, third = await passed_on(store, process)
    assert (first.threaded, first.account_id, first.feedback_id) == (False, None, first.message_id)
    assert (second.threaded, second.follows, second.feedback_id) == (True, True, first.feedback_id)
    assert second.subject_id == first.subject_id
    assert third.account_id == (await accounts(store))[0]
    assert not third.threaded
    await process.keep(In_Reply_To="<1@pc.example>", sender=EVE, to=FEEDBACK_BOX)
    assert (await passed_on(store, process))[3].follows


async def test_a_colleague_s_mail_follows_too(store: Any, process: Intake) -> None:
    await process.keep(identity="<1@pc.example>", to=FEEDBACK_BOX)
    await process.keep(In_Reply_To="<1@pc.example>", sender="bob@customer.example", to=FEEDBACK_BOX)
    _, second = await passed_on(store, process)
    assert second.follows


async def test_answers_to_letters_are_passed_on_with_what_they_name(store: Any, process: Intake) -> None:
    feedback, letter_of = uuid4(), letter_id(uuid4(), uuid4(), "punctual.local")
    await process.keep(sender=EVE, to=reply_address(FEEDBACK_BOX, feedback, KEY))
    await process.keep(sender=EVE, to=FEEDBACK_BOX, In_Reply_To=letter_of)
    await process.keep(sender=EVE, to=MAILBOX, References=letter_of)
    await process.keep(sender=EVE, to=FEEDBACK_BOX, subject="Re: [F-1000] Hello P-1000")
    await process.keep(sender=EVE, to=reply_address(FEEDBACK_BOX, feedback, b"somebody else's key"))
    reasons = ["reply-address", "in-reply-to", "references", "subject", None]
    assert [reason for _, _, reason in await kept(store)] == reasons
    signed, replied, to_desk, numbered, forged = await passed_on(store, process)
    assert (signed.feedback_id, replied.feedback_id) == (feedback, feedback_of(letter_of))
    assert to_desk.feedback_id == replied.feedback_id
    assert (numbered.threaded, numbered.numbers, numbered.tickets) == (True, ("F-1000",), ("P-1000",))
    assert numbered.feedback_id == numbered.message_id
    assert not forged.threaded
    assert not any(one.follows for one in (signed, replied, to_desk, numbered, forged))
    assert len({one.subject_id for one in (signed, replied, to_desk, numbered, forged)}) == 1


async def test_a_mail_to_both_mailboxes_is_a_ticket_and_feedback_each_once(store: Any, process: Intake) -> None:
    for to in (MAILBOX, FEEDBACK_BOX, MAILBOX):
        await process.keep(identity="<1@pc.example>", to=to, Cc=f"{FEEDBACK_BOX}, {MAILBOX}")
    assert sorted(await kept(store)) == [("stored", "feedback", None), ("stored", "ticket", None)]
    await process.keep(identity="<2@pc.example>", to=MAILBOX, In_Reply_To="<1@pc.example>")
    await process.keep(identity="<3@pc.example>", to=FEEDBACK_BOX, In_Reply_To="<1@pc.example>")
    assert [target for _, target, _ in await kept(store)][2:] == ["message", "addition"]
    first, third = await passed_on(store, process)
    assert third.feedback_id == first.feedback_id
    await only_ticket(store)


async def test_an_answer_to_a_letter_that_comes_to_both_is_one(store: Any, process: Intake) -> None:
    letter_of = letter_id(uuid4(), uuid4(), "punctual.local")
    for to in (MAILBOX, FEEDBACK_BOX):
        await process.keep(identity="<1@pc.example>", to=to, In_Reply_To=letter_of)
    assert await kept(store) == [("stored", "answer", "in-reply-to")]


async def test_who_belongs_to_no_account_opens_no_ticket_by_having_given_feedback(store: Any, process: Intake) -> None:
    await process.keep(sender=EVE, to=FEEDBACK_BOX)
    await process.keep(sender=EVE)
    assert [state for state, _, _ in await kept(store)] == ["stored", "unmatched"]


async def test_after_a_restore_it_is_known_again_who_began_what(store: Any, process: Intake) -> None:
    subject, feedback = uuid4(), uuid4()
    began = FeedbackMailReceived(
        feedback_id=feedback,
        message_id=feedback,
        account_id=None,
        subject_id=subject,
        threaded=False,
        follows=False,
        text="Slow.",
        subject="Hello",
        email=EVE,
        mail="key",
        thread="<1@pc.example>",
    )
    facts = [recorded(one, version=1) for one in (began, replace(began, email=ERASED, thread=ERASED))]
    host: Any = SimpleNamespace(common=SimpleNamespace(master_key=MASTER))
    async with store.transaction() as tx:
        await adopted(host)(tx, facts)
        await tx.put([put for fact in facts for put in project(fact, domain.INITIAL, domain.INITIAL)])
    await process.keep(In_Reply_To="<1@pc.example>", sender=EVE, to=FEEDBACK_BOX)
    ((_, target, _),) = await kept(store)
    (row,) = await rows_of_mails(store)
    assert (target, row["ticket_id"], row["subject_id"]) == ("addition", feedback, subject)


async def test_after_a_restore_a_ticket_by_mail_alone_makes_nobody_a_member(store: Any, process: Intake) -> None:
    (account,) = await accounts(store)
    by_mail = replace(OPENED, account_id=account, subject_id=uuid4(), email=EVE, channel="email")
    by_portal = replace(by_mail, ticket_id=uuid4(), channel="portal")
    host: Any = SimpleNamespace(common=SimpleNamespace(master_key=MASTER))
    for told in (by_mail, by_portal, by_mail):
        await process.keep(sender=EVE)
        async with store.transaction() as tx:
            await adopted(host)(tx, [recorded(told, version=1)])
    await process.keep(sender=EVE)
    assert await kept(store) == [STRANGER, STRANGER, *[("stored", "ticket", None)] * 2]
    assert {row["subject_id"] for row in await rows_of_mails(store)} == {None, by_mail.subject_id}


async def test_after_a_restore_participants_and_staff_s_mails_are_known_again(store: Any, process: Intake) -> None:
    ticket, account, bob, pat = uuid4(), uuid4(), uuid4(), uuid4()
    joined = ParticipantAdded(
        ticket_id=ticket, account_id=account, subject_id=bob, email="bob@customer.example", because="wrote"
    )
    outside = replace(joined, subject_id=pat, email=EVE, because="staff", outside=True)
    response = InitialResponseGiven(
        ticket_id=ticket,
        subject_id=uuid4(),
        message_id=uuid4(),
        severity=2,
        tier="patrol",
        calendar=None,
        waiting=False,
        states="plan",
        body="So.",
        thread="<eve@desk.example>",
    )
    facts = [recorded(event, version=n) for n, event in enumerate((joined, outside, response), 1)]
    host: Any = SimpleNamespace(common=SimpleNamespace(master_key=MASTER))
    async with store.transaction() as tx:
        await adopted(host)(tx, facts)
        directory = Directory(MASTER)
        for subject, owner, email in ((bob, account, "bob@customer.example"), (pat, NOBODY, EVE)):
            (row,) = await tx.select("subjects", {"subject_id": subject})
            assert (row["account_id"], row["digest"]) == (owner, directory.digest(email))
        digest = directory.digest_of_message("<eve@desk.example>")
        (row,) = await tx.select("mail_ids", {"digest": digest})
    assert row["ticket_id"] == ticket


def bounce(identity: str = "", recipient: str = ANN) -> bytes:
    """A notice that a mail couldn't be delivered, with the mail if it has an identity."""
    returned = f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {identity}\r\n\r\nHi\r\n" if identity else ""
    return (
        f"From: MAILER-DAEMON@isp.example\r\nTo: {MAILBOX}\r\nSubject: Undelivered\r\n"
        f"Message-ID: <{uuid4()}@isp.example>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; isp.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n{returned}--b--\r\n"
    ).encode()


async def notices(store: Any, process: Intake, ticket: UUID) -> list[Any]:
    async with store.transaction() as tx:
        return [fact.event for fact in await process.core.facts(tx, f"delivery-{ticket}")]


async def test_a_notice_about_a_mail_of_ours_is_on_record_and_touches_no_ticket(store: Any, process: Intake) -> None:
    ticket, mail = uuid4(), uuid4()
    for identity in (message_id(ticket, mail, "punctual.local"), letter_id(ticket, mail, "punctual.local")):
        content = bounce(identity)
        for _ in range(2):
            await process.receiver.receive(content, "", [MAILBOX])
    await process.perform_all()
    assert await kept(store) == [("performed", "delivery", "message-id")] * 2
    told = await notices(store, process, ticket)
    assert [(one.notification_id, one.failed, one.status, one.by) for one in told] == [
        (mail, True, "5.1.1", "message-id")
    ] * 2
    async with store.transaction() as tx:
        assert await tx.select("tickets", {"closed_at": None}) == []


async def test_a_notice_that_names_only_the_recipient_is_about_their_last_ticket(store: Any, process: Intake) -> None:
    await process.keep()
    await process.perform_all()
    ticket = await only_ticket(store)
    await process.receiver.receive(bounce(recipient=ANN.upper()), "", [MAILBOX])
    await process.receiver.receive(bounce(recipient="nobody@elsewhere.example"), "", [MAILBOX])
    await process.perform_all()
    assert (await kept(store))[1:] == [("performed", "delivery", "recipient"), ("ignored", None, "report")]
    (told,) = await notices(store, process, ticket["ticket_id"])
    assert (told.notification_id, told.by) == (None, "recipient")


EXCHANGE = "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'"
IN_WORDS = (
    (
        "Unzustellbar: Re: Es bleibt stehen [{number}]",
        f"Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\n{ANN}<mailto:{ANN}>\n"
        f"Die eingegebene E-Mail-Adresse wurde nicht gefunden.\n\nGenerierender Server: mx\n\n{ANN}\n{EXCHANGE}\n",
    ),
    ("Message undeliverable: Re: It stops", f"Your message to {ANN} could not be delivered.\nThe user does not exist."),
    ("系统退信", f"抱歉，您的邮件被退回来了……\n收件人 {ANN.upper()}\n退信原因 收件人邮件地址不存在，邮件无法送达。"),
    ("配信不能通知", f"以下のメールは配信できませんでした。\n\n宛先: {ANN}\n理由: 550 5.1.1 User unknown\n"),
    (
        "Undeliverable: Re: It stops",
        f"Your mail to {ANN} could not be delivered.\n\n---- The mail ----\nFrom: {MAILBOX}\nAsk bob@customer.example.",
    ),
)


def in_words(subject: str, text: str, kind: str = "text/plain") -> bytes:
    """A notice that a mail couldn't be delivered in a form that no program reads."""
    return (
        f"From: Postmaster <postmaster@customer.example>\nTo: {MAILBOX}\nSubject: {subject}\n"
        f"Message-ID: <{uuid4()}@customer.example>\nContent-Type: {kind}; charset=utf-8\n\n{text}"
    ).encode()


async def test_a_notice_in_words_is_about_the_first_person_of_ours_in_them(store: Any, process: Intake) -> None:
    await process.keep(Cc="bob@customer.example")
    await process.perform_all()
    ticket = await only_ticket(store)
    await process.keep(Subject="Another matter")
    await process.perform_all()
    page = (
        f'<p><b>Delivery has failed to these recipients:</b></p><p><a href="mailto:{ANN}">{ANN}</a><br>{EXCHANGE}</p>'
    )
    for subject, text in IN_WORDS:
        await process.receiver.receive(in_words(subject.format(number=ticket["number"]), text), "", [MAILBOX])
    subject = f"Undeliverable: Re: It stops [{ticket['number']}]"
    await process.receiver.receive(in_words(subject, page, "text/html"), "", [MAILBOX])
    await process.perform_all()
    assert (await kept(store))[2:] == [("performed", "delivery", "recipient")] * (len(IN_WORDS) + 1)
    told = await notices(store, process, ticket["ticket_id"])
    assert [(one.failed, one.subjects, one.status) for one in told] == [
        (True, (ticket["subject_id"],), "5.1.10")
    ] * 2, "the number in the subject says which of their tickets"


async def test_a_failed_mail_of_which_nothing_says_whose_it_was_waits_for_a_person(store: Any, process: Intake) -> None:
    await process.keep()
    await process.perform_all()
    number = (await only_ticket(store))["number"]
    for subject, text in [
        (f"Undeliverable: Re: It stops [{number}]", f"carl@elsewhere.example\n{EXCHANGE}"),
        ("Undeliverable: Re: It stops", "The recipient's mailbox is unknown."),
        (f"Vanligvis: Re: It stops [{number}]", "I en form som ingen kjenner."),
        ("Undeliverable: Buy now", f"carl@elsewhere.example\n{EXCHANGE}"),
        (f"Delayed: Re: It stops [{number}]", "carl@elsewhere.example: delivery is delayed, and will be retried."),
    ]:
        await process.receiver.receive(in_words(subject, text), "", [MAILBOX])
    await process.perform_all()
    assert (await kept(store))[1:] == [
        ("unmatched", None, "bounce"),
        ("unmatched", None, "bounce"),
        ("unmatched", None, "notice"),
        ("ignored", None, "bounce"),
        ("ignored", None, "bounce"),
    ]


async def test_a_notice_says_whose_mail_it_was_of_all_who_take_part(store: Any, process: Intake) -> None:
    bob = "bob@customer.example"
    await process.keep(Cc=bob)
    await process.perform_all()
    ticket = await only_ticket(store)
    for recipient in (ANN, bob.upper()):
        await process.receiver.receive(bounce(recipient=recipient), "", [MAILBOX])
        await process.perform_all()
    async with store.transaction() as tx:
        (participant,) = await tx.select("participants", {"ticket_id": ticket["ticket_id"]})
    told = await notices(store, process, ticket["ticket_id"])
    assert [one.subjects for one in told] == [(ticket["subject_id"],), (participant["subject_id"],)]


async def test_what_answers_a_notice_is_no_message_of_the_ticket(store: Any, process: Intake) -> None:
    """The notice's Message-ID is nobody's, though the notice belongs to a ticket."""
    content = bounce(message_id(uuid4(), uuid4(), "punctual.local")).replace(b"Message-ID: <", b"Message-ID: <1", 1)
    await process.receiver.receive(content, "", [MAILBOX])
    identity = content.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode()
    await process.keep(In_Reply_To=identity)
    assert (await kept(store))[1] == ("stored", "ticket", None)


async def test_a_vacation_subject_within_seconds_of_what_we_told_of_is_a_program_s(store: Any, process: Intake) -> None:
    await process.keep()
    await process.perform_all()
    ticket = await only_ticket(store)
    address = reply_address(MAILBOX, ticket["ticket_id"], KEY)
    await process.keep(subject="Automatic reply: Re: Hello", to=address)
    await process.keep(subject="Re: Automatic reply is not sent", to=address)
    async with store.transaction() as tx:
        earlier = WallClock().now() - timedelta(minutes=1)
        await tx.put([Put("tickets", {"ticket_id": ticket["ticket_id"]}, {"updated_at": earlier})])
    await process.keep(subject="Automatic reply: Re: Hello", to=address)
    assert await kept(store) == [
        ("performed", "ticket", None),
        ("ignored", None, "vacation-subject"),
        ("stored", "message", "reply-address"),
        ("stored", "message", "reply-address"),
    ]
