"""What must be true of the policy while it changes: clocks keep the version that they were started under, and whatever
a version says is obeyed by whoever it concerns."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.simulation.ending import Ending
from tests.simulation.information import waits_for
from tests.simulation.scenario import SPEED

from contracts import policy
from contracts.envelope import Fact
from contracts.escalations import EscalationRaised
from contracts.names import ESCALATIONS, SLA, TICKETS
from contracts.sla import (
    ClockCancelled,
    ClockEvent,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockUnowed,
    PolicyPublished,
    SlaBreached,
)
from contracts.tickets import InformationCompleted, InformationReceived, TicketOpened

KNOWN_WITHIN = 12.0
"""Seconds until a replica that is not restarted knows another version, for all faults and wrong clocks."""


def clocks_keep_their_policy(ending: Ending) -> Iterable[str]:
    """From their start to their end; a change of severity ends none."""
    clocks: dict[str, list[Fact]] = defaultdict(list)
    for fact in ending.logs[SLA]:
        if isinstance(fact.event, ClockEvent) and hasattr(fact.event, "versions"):
            clocks[fact.stream].append(fact)
    for stream, facts in clocks.items():
        version, superseded = "", False
        for fact in facts:
            event = fact.event
            if isinstance(event, ClockStarted | ClockUnowed) and not superseded:
                version = event.versions.policy
            if event.versions.policy != version and version:
                yield f"{stream} was started under {version}, and {type(event).__name__} is under another policy"
            superseded = _superseded(event, before=superseded)
            if isinstance(event, ClockCancelled) and not superseded:
                version = ""


def clocks_start_under_the_policy_in_force(ending: Ending) -> Iterable[str]:
    """The one published last in their shard; for a while still the one before, by who hasn't heard of it."""
    published: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    starting: dict[str, bool] = {}
    for fact in ending.logs[SLA]:
        if isinstance(fact.event, PolicyPublished):
            published[fact.shard].append((fact.event.version, fact.recorded_at))
        elif isinstance(fact.event, ClockStarted) and starting.get(fact.stream, True):
            versions = [version for version, _ in published[fact.shard]]
            version = fact.event.versions.policy
            if version not in versions:
                yield f"{fact.stream} is under {version}, which was not published before"
            elif version != versions[-1]:
                late = (fact.event.received_at - published[fact.shard][-1][1]) / timedelta(seconds=SPEED)
                if late > KNOWN_WITHIN:
                    yield f"{fact.stream} is under {version}, {late:.1f} s after another was published"
        if isinstance(fact.event, ClockEvent):
            starting[fact.stream] = not _superseded(fact.event, before=not starting.get(fact.stream, True))


def _superseded(event: ClockEvent, *, before: bool) -> bool:
    """Whether a start that follows takes up a course: nothing is owed at this severity."""
    match event:
        case ClockUnowed():
            return True
        case ClockCancelled(cause=cause):
            return cause == "severity"
        case ClockPaused() | ClockResumed():
            return before
        case _:
            return False


def _published(ending: Ending) -> dict[str, PolicyPublished]:
    return {fact.event.version: fact.event for fact in ending.logs[SLA] if isinstance(fact.event, PolicyPublished)}


def tickets_lack_what_their_policy_requires(ending: Ending) -> Iterable[str]:
    """By the version that they name; by the shipped one's where none had been heard of (P8)."""
    published = _published(ending)
    for fact in ending.logs[TICKETS]:
        if not isinstance(opened := fact.event, TicketOpened):
            continue
        version = opened.policy
        required = policy.required(published[version]) if version else policy.DEFAULT_REQUIRED
        said = {"description": opened.description} | {
            name: getattr(opened.details, name) for name in required if name != "description"
        }
        if opened.missing != tuple(name for name in required if not said[name]):
            yield f"ticket {opened.ticket_id} lacks {opened.missing}, and its policy {version} requires {required}"


def nobody_is_relieved_of_what_is_wanted(ending: Ending) -> Iterable[str]:
    """By the version that relieves them. (And nobody waits for more at the end: see Administrator.)"""
    published = _published(ending)
    for ticket in ending.tickets:
        facts = ending.of(TICKETS, ticket)
        for n, fact in enumerate(facts):
            if isinstance(fact.event, InformationReceived | InformationCompleted) and fact.event.policy:
                before, after = waits_for(facts[:n]), waits_for(facts[: n + 1])
                required = policy.required(published[fact.event.policy])
                if after.missing != before.missing & {*required, *before.asked} or after == before:
                    yield f"ticket {ticket} waited for {before}, and by a policy of {required} for {after}"


def calls_follow_the_ladder_of_the_broken_promise(ending: Ending) -> Iterable[str]:
    """Whom the version of the breach names, and when (P23)."""
    published = _published(ending)
    for fact in ending.logs[ESCALATIONS]:
        if not isinstance(call := fact.event, EscalationRaised) or call.policy is None:
            continue
        name = f"rung {call.rung} of the escalation {call.escalation} of ticket {call.ticket_id}"
        breaches = ending.of(SLA, call.ticket_id, SlaBreached.__name__)
        if call.policy not in {one.event.versions.policy for one in breaches if one.event.metric == call.escalation}:
            yield f"{name} goes by {call.policy}, under which no such promise was broken"
        ladder = policy.ladders(published[call.policy])["breach"]
        if call.role != ladder.rungs[call.rung % len(ladder.rungs)].role:
            yield f"{name} calls {call.role}, and the policy {ladder.rungs}"
        if ladder.counts == "elapsed" and call.next_at != _after(call.breached_at, ladder, call.rung + 1):
            yield f"{name} says that the next is called at {call.next_at}"


def _after(breached_at: datetime, ladder: policy.Ladder, rung: int) -> datetime | None:
    turn, step = divmod(rung, len(ladder.rungs))
    if turn >= ladder.rounds:
        return None
    return breached_at + timedelta(seconds=turn * ladder.every + ladder.rungs[step].after)
