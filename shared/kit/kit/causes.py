"""Causes of events that were recorded before events named them, found again from command ids. Pure."""

from collections.abc import Iterable, Sequence
from itertools import product

from contracts.causes import IMPORT, MAIL, REQUEST, SETTINGS, TERMINAL, Cause, of_fact
from contracts.command_ids import of_heeding, of_mail, of_outcome, of_reaction, of_ring
from contracts.envelope import Fact
from contracts.names import SERVICES, TOPICS, category_of
from contracts.notifications import NotificationRequested
from contracts.sla import PolicyPublished
from contracts.tickets import InformationCompleted, InformationReceived
from kit.decider import Decider

STEPS = 16
"""Of the commands that follow from a fact about one ticket, so many are tried: more than follow from any."""
TICKETS_OF_ACCOUNT = 1_000
"""The same of a fact about an account: one for each of its open tickets."""
SERVICE_OF = dict(zip(TOPICS, SERVICES, strict=True))


def cause_of(fact: Fact, facts: Iterable[Fact], decider: Decider, commands: Sequence[str]) -> Cause | None:
    """What a fact came of; None: that can't be told from these facts.

    `facts`: what is known of its ticket and that ticket's account, from whatever topic, each stream in order, and the
    policies. `decider`: that of the fact's service; `commands`: the names of its commands' classes.
    """
    if fact.meta.cause is not None:
        return fact.meta.cause
    if fact.imported:
        return Cause(IMPORT, str(fact.command_id))
    if isinstance(fact.event, PolicyPublished):
        return _published(fact)
    facts = list(facts)
    if fact.meta.role != "service":
        return _mailed([fact, *facts], fact) or Cause(REQUEST, str(fact.command_id))
    before = [one for one in facts if _is_before(one, fact)]
    return _set(fact, before, decider) or _requested(fact, before, commands) or _follows(fact, before, commands)


def _is_before(one: Fact, fact: Fact) -> bool:
    """Whether it may be what the fact came of."""
    if one.shard != fact.shard:
        return True  # nothing is known of their order
    if one.topic == fact.topic:
        return one.shard_seq < fact.shard_seq and one.command_id != fact.command_id
    return one.shard_seq <= fact.meta.seen.get(one.topic, 0) or isinstance(one.event, PolicyPublished)


def _mailed(facts: Iterable[Fact], fact: Fact) -> Cause | None:
    """The mail that asked for it: of a command's events not each says so."""
    keys = {getattr(one.event, "mail", None) for one in facts if one.command_id == fact.command_id}
    mails = ((key, target) for key, target in product(keys, ("ticket", "message")) if key)
    return next((Cause(MAIL, key) for key, target in mails if of_mail(key, target) == fact.command_id), None)


def _published(fact: Fact) -> Cause | None:
    """Who published a policy; of one that came over HTTP its request is not on record."""
    if fact.meta.role == "service":
        return Cause(SETTINGS, fact.event.version)
    return Cause(TERMINAL, fact.event.version) if fact.meta.actor.endswith(" at a terminal") else None


def _set(fact: Fact, before: Iterable[Fact], decider: Decider) -> Cause | None:
    """The event that had set the timer which rang."""
    if (wanted := getattr(decider, "timers", None)) is None:
        return None
    state, asked = decider.INITIAL, set[tuple[str, int]]()
    setters: dict[tuple[str, int], Fact] = {}
    for one in before:
        if one.stream != fact.stream:
            continue
        state = decider.evolve(state, one.event)
        now = {(to.kind, to.generation) for to in wanted(state)}
        setters |= dict.fromkeys(now - asked, one)
        asked = now
    return next((of_fact(one) for to, one in setters.items() if of_ring(fact.stream, *to) == fact.command_id), None)


def _requested(fact: Fact, before: Iterable[Fact], commands: Sequence[str]) -> Cause | None:
    """The request for a mail, of what became of that mail."""
    for one in before:
        if isinstance(one.event, NotificationRequested):
            identity = one.event.notification_id
            if any(of_outcome(identity, command) == fact.command_id for command in commands):
                return of_fact(one)
    return None


def _follows(fact: Fact, before: Sequence[Fact], commands: Sequence[str]) -> Cause | None:
    """The fact that it followed from: one of another service, of this one, or the policy that a ticket heeds."""
    service = SERVICE_OF[fact.topic]
    near = sorted(before, key=lambda one: category_of(one.stream) == "account")
    for one in near:
        if isinstance(one.event, PolicyPublished):
            if _heeds(fact, one.event.version):
                return of_fact(one)
            continue
        steps = TICKETS_OF_ACCOUNT if category_of(one.stream) == "account" else STEPS
        for command, n in product(commands, range(steps)):
            if of_reaction(one.event_id, service, fact.stream, command, n) == fact.command_id:
                return of_fact(one)
    return None


def _heeds(fact: Fact, policy: str) -> bool:
    event = fact.event
    return (
        isinstance(event, InformationCompleted | InformationReceived)
        and event.policy == policy
        and any(of_heeding(event.ticket_id, fact.version - n, policy) == fact.command_id for n in (1, 2, 3))
    )
