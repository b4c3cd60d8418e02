"""From commands to events that are ready to be stored: drafted by the core, then sealed. No database takes part."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from contracts import codec
from contracts.alarms import Alarms, between
from contracts.base import kind_of
from contracts.command_ids import of_event
from contracts.errors import MalformedEvent
from contracts.ids import uuid5
from contracts.names import shard_of_stream
from contracts.refusals import Refusal
from kit.decider import Decider
from kit.log.request import ChangedMeanwhile, Failed, Overtaken, Refused, Result, Work
from kit.personal.vault import NoKey, sealer, subjects_of
from kit.store.values import Append, NewEvent

EVENTS = UUID("5b0f8d8e-6a0f-5a55-9d6c-6f0c1d2e3f40")
"""Namespace of event ids that follow from what happened rather than from who noticed."""


@dataclass(slots=True)
class Stream:
    """A stream's state at a version: as it was read, or as drafts have left it."""

    state: Any
    version: int


@dataclass(slots=True)
class Draft:
    """What was decided on a stream at that version; not sealed yet."""

    work: Work
    before: Any
    version: int
    events: list[Any] = field(default_factory=list)
    states: list[Any] = field(default_factory=list)
    """The stream's state after each event."""
    alarms: list[Alarms | None] = field(default_factory=list)
    """What each event changes of what the stream waits for."""
    ids: list[UUID] = field(default_factory=list)
    subjects: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class Decided:
    """A sealed draft. `events` are still in the clear."""

    work: Work
    before: Any
    events: list[Any]
    states: list[Any]
    append: Append


def drafted(decider: Decider, work: Work, command: Any, stream: Stream) -> Draft | Refused | Failed:
    """Decide, and bring the stream up to what was decided: the next command for it follows on that.

    `command`: that of the work, complete.
    """
    state = stream.state
    draft = Draft(work, stream.state, stream.version)
    try:
        if work.if_version not in (None, stream.version):
            raise ChangedMeanwhile(f"It is at version {stream.version} now: read it again, then decide.")
        for n, event in enumerate(decider.decide(command, state)):
            draft.events.append(event)
            draft.ids.append(_event_id(decider, work, event, state, n))
            draft.subjects |= subjects_of(event)
            after = decider.evolve(state, event)
            draft.alarms.append(_alarms_between(decider, state, after))
            state = after
            draft.states.append(state)
    except Refusal as refusal:
        return Refused(refusal)
    except Exception as error:  # the core is pure: whatever it raises concerns this command alone
        return Failed(error)
    stream.state, stream.version = state, stream.version + len(draft.events)
    return draft


def sealed(drafts: Sequence[Draft], keys: dict[UUID, bytes]) -> tuple[list[Decided], dict[UUID, Result]]:
    """What can be stored of the drafts, and by command id what is to be said of the others."""
    decided: list[Decided] = []
    results: dict[UUID, Result] = {}
    void: set[str] = set()
    for draft in drafts:
        if draft.work.stream in void:  # decided upon events that will not be
            results[draft.work.command_id] = Overtaken()
            continue
        try:
            decided.append(Decided(draft.work, draft.before, draft.events, draft.states, _append(draft, keys)))
        except (MalformedEvent, NoKey, ValueError, TypeError) as error:
            results[draft.work.command_id] = Failed(error)
            void.add(draft.work.stream)
    return decided, results


def _alarms_between(decider: Decider, before: Any, after: Any) -> Alarms | None:
    wanted = getattr(decider, "alarms", None)
    return between(wanted(before), wanted(after)) if wanted else None


def _event_id(decider: Decider, work: Work, event: Any, state: Any, n: int) -> UUID:
    identify = getattr(decider, "identify", None)
    own = identify(event, state) if identify else None
    return uuid5(EVENTS, f"{work.stream}/{own}") if own else of_event(work.command_id, n)


def _append(draft: Draft, keys: dict[UUID, bytes]) -> Append:
    work, events = draft.work, []
    for n, (event, event_id, alarms) in enumerate(zip(draft.events, draft.ids, draft.alarms, strict=True), 1):
        kind = kind_of(event)
        data = codec.encode(event, seal=sealer(keys, work.stream, draft.version + n))
        events.append(NewEvent(event_id, kind.name, kind.version, data, alarms))
    return Append(
        shard=shard_of_stream(work.stream),
        command_id=work.command_id,
        request_hash=work.request_hash,
        stream=work.stream,
        expected=draft.version,
        events=events,
        meta=work.meta,
        result=msgspec.json.encode(work.answer | _told(draft) | {"version": draft.version + len(events)}),
    )


def _told(draft: Draft) -> dict[str, Any]:
    told = draft.work.told
    return told([draft.before, *draft.states][-1]) if told else {}
