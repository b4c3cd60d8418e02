"""What must be true of whoever follows facts, be they set aside and redriven or not: each has its effect, in order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

from tests.simulation.ending import Ending

from contracts.envelope import Fact
from contracts.feedback import FeedbackReceived
from contracts.names import NOTIFICATIONS, TICKETS, shard_of_stream
from contracts.notifications import ThreadLocaleChanged, ThreadOpened
from contracts.tickets import (
    FeedbackMailReceived,
    LocaleChanged,
    MessageMarked,
    Reopened,
    TicketLocaleChanged,
    TicketOpened,
    TierChanged,
)
from feedback.react import Correspondence
from intake.domain.commands import Entitlement
from intake.react import Terms
from kit.process.service import Service

ANY = Terms(entitlement=Entitlement(account_version=0, tier="enlist", calendar=None))


def _commands(ending: Ending, service: Service, fact: Fact) -> Sequence[tuple[str, UUID]]:
    """The stream and the id of each command that follows. What a change of tier asks for, only intake knew then."""
    context: Any = service.policy
    if service.name == "intake":
        of_account = isinstance(fact.event, TierChanged | LocaleChanged)
        context = [] if of_account else ANY if isinstance(fact.event, Reopened) else context
    if service.name == "feedback" and isinstance(fact.event, MessageMarked):
        context = Correspondence(received_at=fact.event.received_at, policies=context, number="F-1")
    if service.name == "feedback" and isinstance(fact.event, FeedbackMailReceived):
        if fact.event.threaded and not (fact.event.follows and _has_its_customer(ending, fact.event)):
            return []  # where it belongs, only feedback knew then
        context = Correspondence(received_at=fact.happened_at, policies=context, number="F-1")
    return [
        (stream, uuid5(fact.event_id, f"{service.name}/{stream}/{type(command).__name__}/{n}"))
        for n, (stream, command) in enumerate(service.react(fact, context))
    ]


def _has_its_customer(ending: Ending, mail: FeedbackMailReceived) -> bool:
    """Whether whoever began the feedback that the mail follows was not erased: otherwise nobody is on their side."""
    began = (fact.event for fact in ending.by_stream[f"feedback-{mail.feedback_id}"])
    return not any(one.subject_id in ending.desk.erasures.erased for one in began if isinstance(one, FeedbackReceived))


def facts_are_followed_in_order(ending: Ending) -> Iterable[str]:
    """Every command that a fact asks for was carried out; in a stream never before that of an earlier fact."""
    for name, service in ending.world.services.items():
        tables, causes = ending.world.stores[name].tables, dict[UUID, Fact]()
        for fact in (fact for topic in service.listens for fact in ending.logs[topic]):
            for stream, command in _commands(ending, service, fact):
                causes[command] = fact
                if (shard_of_stream(stream), command) not in tables.commands:
                    yield f"{name} did not follow {type(fact.event).__name__} {fact.event_id} for {stream}"
        orders: dict[str, dict[UUID, Fact]] = defaultdict(dict)
        for fact in ending.logs[service.topic]:
            if cause := causes.get(fact.command_id):
                orders[fact.stream][fact.command_id] = cause
        for stream, order in orders.items():
            yield from (f"{name}: {stream}: {words}" for words in _disorder(list(order.values())))


def _disorder(causes: Sequence[Fact]) -> Iterable[str]:
    """Facts whose effect comes after that of one which had come after them."""
    for n, late in enumerate(causes):
        for early in causes[:n]:
            known = early.meta.seen.get(late.topic, 0) if early.topic != late.topic else early.shard_seq - 1
            if late.shard_seq <= known and early.shard == late.shard:
                yield f"{type(late.event).__name__} {late.event_id} comes after {type(early.event).__name__}"


def open_tickets_follow_their_account(ending: Ending) -> Iterable[str]:
    """P14."""
    models = ending.world.stores["intake"].tables.models
    accounts = {row["account_id"]: row for row in models.get("accounts", {}).values()}
    for row in models.get("tickets", {}).values():
        account = accounts[row["account_id"]]
        has, wants = (row["tier"], row["calendar"]), (account["tier"], account["calendar"])
        if row.get("closed_at") is None and has != wants:
            yield f"ticket {row['ticket_id']} has {has}, its account {wants}"


def tickets_and_threads_read_as_their_account(ending: Ending) -> Iterable[str]:
    """Whoever writes about an open ticket does so in the account's language, as it is now."""
    models = ending.world.stores["intake"].tables.models
    accounts = {row["account_id"]: row["language"] for row in models.get("accounts", {}).values()}
    told = {TicketOpened, TicketLocaleChanged, ThreadOpened, ThreadLocaleChanged}
    read = {
        (fact.topic, fact.event.ticket_id): fact.event.language
        for topic in (TICKETS, NOTIFICATIONS)
        for fact in ending.logs[topic]
        if type(fact.event) in told
    }
    for row in models.get("tickets", {}).values():
        wanted, ticket = accounts[row["account_id"]], row["ticket_id"]
        for topic in (TICKETS, NOTIFICATIONS):
            if row.get("closed_at") is None and read.get((topic, ticket), wanted) != wanted:
                yield f"ticket {ticket} reads {read[topic, ticket]} on {topic}, its account {wanted}"
