"""From commands to events that are ready to be stored: the core drafts them, then they are sealed. Pure."""

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
from kit.log.request import ChangedMeanwhile, CommandRequest, Failed, Overtaken, Refused, Result
from kit.personal.vault import NoKey, sealer, subjects_of
from kit.store.values import Append, NewEvent

EVENT_ID_NAMESPACE = UUID("5b0f8d8e-6a0f-5a55-9d6c-6f0c1d2e3f40")
"""For the ids of events that two commands may record independently: the same happening gets the same id."""


@dataclass(slots=True)
class Stream:
    """A stream's state and version, as read from the log and changed by the drafts made since."""

    state: Any
    version: int


@dataclass(slots=True)
class Draft:
    """The events that the core decided for one request, on a stream in state `before` at `version`; not sealed yet."""

    request: CommandRequest
    before: Any
    version: int
    events: list[Any] = field(default_factory=list)
    states: list[Any] = field(default_factory=list)
    """The stream's state after each event."""
    alarms: list[Alarms | None] = field(default_factory=list)
    """What each event changes of the stream's alarms."""
    ids: list[UUID] = field(default_factory=list)
    subjects: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class Decided:
    """A draft whose `append` is sealed; `events` and `states` are still in the clear."""

    request: CommandRequest
    before: Any
    events: list[Any]
    states: list[Any]
    append: Append


def drafted(decider: Decider, request: CommandRequest, command: Any, stream: Stream) -> Draft | Refused | Failed:
    """Let the core decide, and advance `stream` by its events, so that the next command for it is decided on them.

    `command`: the request's command, completed by `enrich`.
    """
    state = stream.state
    draft = Draft(request, stream.state, stream.version)
    try:
        if request.if_version not in (None, *_current_versions(decider, stream)):
            raise ChangedMeanwhile(f"It is at version {stream.version} now: read it again, then decide.")
        for n, event in enumerate(decider.decide(command, state)):
            draft.events.append(event)
            draft.ids.append(_event_id(decider, request, event, state, n))
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


def _current_versions(decider: Decider, stream: Stream) -> range:
    """The versions after which nothing has happened that whoever read one of them must know."""
    echoes = getattr(decider, "echoes", None)
    return range(stream.version - (echoes(stream.state) if echoes else 0), stream.version + 1)


def sealed(drafts: Sequence[Draft], keys: dict[UUID, bytes]) -> tuple[list[Decided], dict[UUID, Result]]:
    """The drafts that can be stored, and by command id the results of those that can't.

    Once a draft fails, later drafts on its stream are overtaken: they were decided on events that won't be stored.
    """
    decided: list[Decided] = []
    results: dict[UUID, Result] = {}
    void: set[str] = set()
    for draft in drafts:
        if draft.request.stream in void:
            results[draft.request.command_id] = Overtaken()
            continue
        try:
            decided.append(Decided(draft.request, draft.before, draft.events, draft.states, _append(draft, keys)))
        except (MalformedEvent, NoKey, ValueError, TypeError) as error:
            results[draft.request.command_id] = Failed(error)
            void.add(draft.request.stream)
    return decided, results


def _alarms_between(decider: Decider, before: Any, after: Any) -> Alarms | None:
    wanted = getattr(decider, "alarms", None)
    return between(wanted(before), wanted(after)) if wanted else None


def _event_id(decider: Decider, request: CommandRequest, event: Any, state: Any, n: int) -> UUID:
    identify = getattr(decider, "identify", None)
    own = identify(event, state) if identify else None
    return uuid5(EVENT_ID_NAMESPACE, f"{request.stream}/{own}") if own else of_event(request.command_id, n)


def _append(draft: Draft, keys: dict[UUID, bytes]) -> Append:
    request, events = draft.request, []
    answer = request.answer | _answer_from_state(draft) | {"version": draft.version + len(draft.events)}
    for n, (event, event_id, alarms) in enumerate(zip(draft.events, draft.ids, draft.alarms, strict=True), 1):
        kind = kind_of(event)
        data = codec.encode(event, seal=sealer(keys, request.stream, draft.version + n))
        events.append(NewEvent(event_id, kind.name, kind.version, data, alarms))
    return Append(
        shard=shard_of_stream(request.stream),
        command_id=request.command_id,
        request_hash=request.request_hash,
        stream=request.stream,
        expected=draft.version,
        events=events,
        meta=request.meta,
        result=msgspec.json.encode(answer),
    )


def _answer_from_state(draft: Draft) -> dict[str, Any]:
    describe = draft.request.answer_from_state
    return describe([draft.before, *draft.states][-1]) if describe else {}
