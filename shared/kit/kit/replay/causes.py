"""The causes of old events that don't name them, found from command ids. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any
from uuid import UUID

from contracts.causes import IMPORT, MAIL, REQUEST, SETTINGS, TERMINAL, Cause
from contracts.command_ids import of_event, of_heeding, of_mail, of_outcome, of_publication, of_reaction, of_ring
from contracts.envelope import Fact
from contracts.names import TOPIC_OF, category_of
from contracts.notifications import Requested
from contracts.sla import PolicyPublished
from contracts.tickets import InformationCompleted, InformationReceived
from kit.decider import Decider, Due, evolved

MAX_COMMANDS_OF_TICKET_FACT = 16
"""Command ids to try for a fact about a ticket: more commands than follow from any."""
MAX_COMMANDS_OF_ACCOUNT_FACT = 1_000
"""Command ids to try for a fact about an account: one per open ticket."""
SERVICE_OF = {topic: service for service, topic in TOPIC_OF.items()}


def causes_of(
    facts: Sequence[Fact], others: Iterable[Fact], decider: Decider, commands: Sequence[str]
) -> dict[UUID, Cause]:
    """The causes of a stream's facts, by event id; those that can't be found are missing.

    `facts`: those of the stream, in order. `others`: further facts about its ticket and the ticket's account, and
    publications of policies. `decider`: that of the stream's service; `commands`: the names of its command classes.
    """
    found = {one.event_id: cause for one in facts if (cause := one.meta.cause or from_outside(one, facts))}
    wanted = {one.command_id: one for one in facts if one.event_id not in found}
    if not wanted:
        return found
    by_command = dict(_rung(facts, decider))
    wanted = {command: one for command, one in wanted.items() if command not in by_command}
    for command, cause in _followed(wanted, list(others), facts, commands):
        by_command[command] = cause
        del wanted[command]
        if not wanted:
            break
    for one in facts:
        if one.event_id not in found and (caused := by_command.get(one.command_id)):
            found[one.event_id] = caused
    return found


def from_outside(fact: Fact, facts: Sequence[Fact]) -> Cause | None:
    """The cause of a fact that came from outside: import, policy, mail or request; None: it came of another fact.

    `facts`: all facts of the same command are among them.
    """
    if fact.imported:
        return Cause(IMPORT, str(fact.command_id))
    if isinstance(fact.event, PolicyPublished):
        # The request is not on record for a policy that came over HTTP.
        at_a_terminal = fact.meta.actor.endswith(" at a terminal")
        source = SETTINGS if fact.meta.role == "service" else TERMINAL if at_a_terminal else None
        return Cause(source, fact.event.version) if source else None
    if fact.meta.role == "service":
        return None
    # Only some events of a command name the mail that it came by.
    keys = {getattr(one.event, "mail", None) for one in facts if one.command_id == fact.command_id}
    for key, target in product(keys, ("ticket", "message")):
        if key and of_mail(key, target) == fact.command_id:
            return Cause(MAIL, key)
    return Cause(REQUEST, str(fact.command_id))


def _rung(facts: Sequence[Fact], decider: Decider) -> Iterator[tuple[UUID, Cause]]:
    """The command id of every possible ring, with the event that set the timer."""
    wanted: Callable[[Any], Iterable[Due]] | None = getattr(decider, "timers", None)
    if wanted is None:
        return
    state, asked = decider.INITIAL, set[tuple[str, int]]()
    for one in facts:
        state = evolved(decider, state, one)
        now = {(to.kind, to.generation) for to in wanted(state)}
        yield from ((of_ring(one.stream, *to), one.as_cause) for to in now - asked)
        asked = now


def _followed(
    wanted: dict[UUID, Fact], others: Sequence[Fact], facts: Sequence[Fact], commands: Sequence[str]
) -> Iterator[tuple[UUID, Cause]]:
    """The wanted command ids that follow from facts, with their causes: about the ticket, its account, or a policy."""
    stream, service = facts[0].stream, SERVICE_OF[facts[0].topic]
    policies = [one for one in others if isinstance(one.event, PolicyPublished)]
    heeding = {command: cause for command, fact in wanted.items() if (cause := _heeded(fact, policies))}
    yield from heeding.items()
    followed = [one for one in (*others, *facts) if not isinstance(one.event, PolicyPublished)]
    for one in sorted(followed, key=lambda each: category_of(each.stream) == "account"):
        steps = MAX_COMMANDS_OF_ACCOUNT_FACT if category_of(one.stream) == "account" else MAX_COMMANDS_OF_TICKET_FACT
        tried = (of_reaction(one.event_id, service, stream, *each) for each in product(commands, range(steps)))
        if isinstance(one.event, Requested):
            tried = (of_outcome(one.event.notification_id, command) for command in commands)
        yield from ((command, one.as_cause) for command in tried if command in wanted)


def _heeded(fact: Fact, policies: Sequence[Fact]) -> Cause | None:
    """The publication of a policy (its event in shard 0) from which a ticket's fact follows; None: it doesn't.

    The command id names the version of the ticket at which the policy was applied: any before this fact. A policy may
    be published again: the last publication before the fact counts.
    """
    if not isinstance(fact.event, InformationCompleted | InformationReceived) or fact.event.policy is None:
        return None
    ticket, policy = fact.event.ticket_id, fact.event.policy
    if all(of_heeding(ticket, version, policy) != fact.command_id for version in range(fact.version - 1, 0, -1)):
        return None
    known = sorted((one for one in policies if one.event.version == policy), key=lambda one: one.version)
    if not known:
        return None
    at_hand = [one for one in known if one.recorded_at <= fact.recorded_at][-1:] or known[:1]
    same = [one for one in known if one.version == at_hand[0].version]
    return _in_shard_0(next((one for one in same if one.event.shard == 0), same[0]))


def _in_shard_0(published: Fact) -> Cause:
    """A publication as a cause: its event in shard 0, unless it is so old that ids were made otherwise."""
    policy, shard = published.event.version, published.event.shard
    first, here = (of_event(of_publication(published.version - 1, policy, one), 0) for one in (0, shard))
    return Cause(published.topic, str(first)) if here == published.event_id else published.as_cause
