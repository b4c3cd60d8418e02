"""Hypothesis strategies for any event, and for its envelope, made from the types in the registry."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import strategies as st

from contracts.alarms import ALL_ALARMS, MAX_NAME_CHARACTERS, Alarm, Alarms, WallClock
from contracts.base import BY_CLASS, kind_of
from contracts.causes import Cause
from contracts.envelope import Fact, Meta, Recorded
from contracts.later import Later
from contracts.names import SHARDS, TOPICS

TEXTS = st.text(max_size=40)
INSTANTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
COUNTS = st.integers(1, 2**63 - 1)
WORDS = st.text(min_size=1, max_size=20)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    UUID: st.uuids(),
    str: TEXTS,
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    datetime: INSTANTS,
    timedelta: st.timedeltas(timedelta(0), timedelta(days=3650)),
    type(None): st.none(),
    Any: JSON_VALUES,
}


def values_of(hint: Any, plain: Mapping[Any, st.SearchStrategy[Any]] = PLAIN) -> st.SearchStrategy[Any]:
    """Values of a type that a field of an event or of a command may have. `plain`: where they are drawn from."""
    if hint in plain:
        return plain[hint]
    if hint is Alarm:
        names = values_of(str, plain).filter(lambda name: name != ALL_ALARMS and len(name) <= MAX_NAME_CHARACTERS)
        ways = (("at", plain[datetime]), ("after", _later(plain)), ("wall_clock", values_of(WallClock, plain)))
        return st.one_of(*(st.builds(Alarm, name=names, **{way: values}) for way, values in ways))
    if is_dataclass(hint) and isinstance(hint, type):
        return instances_of(hint, plain)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return values_of(parts[0], plain)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, types.UnionType):
        return st.one_of(*(values_of(part, plain) for part in parts))
    if origin in (tuple, Sequence):
        return st.lists(values_of(parts[0], plain), max_size=3).map(tuple)
    if origin is frozenset:
        return st.frozensets(values_of(parts[0], plain), max_size=3)
    if origin is dict:
        return st.dictionaries(values_of(parts[0], plain), values_of(parts[1], plain), max_size=3)
    raise TypeError(f"no event may have a field of type {hint}: neither schema nor reader would know it")


def _later(plain: Mapping[Any, st.SearchStrategy[Any]]) -> st.SearchStrategy[Later]:
    """Terms that an alarm may have."""
    since, text, many = plain[datetime], plain[str], st.integers(0, 2**31)
    terms = (("support_time", plain[timedelta]), ("working_days", many), ("days", many))
    return st.one_of(
        *(st.builds(Later, since=since, calendar=text, policy=text, **{term: values}) for term, values in terms)
    )


def instances_of(cls: type[Any], plain: Mapping[Any, st.SearchStrategy[Any]] = PLAIN) -> st.SearchStrategy[Any]:
    """Instances of a dataclass, each field drawn."""
    hints = get_type_hints(cls, include_extras=True)
    return st.builds(cls, **{field.name: values_of(hints[field.name], plain) for field in fields(cls)})


def _about_somebody(event: Any) -> Any:
    """Personal texts without a subject are refused, so there are none."""
    nobodys = [field for field, of in kind_of(event).personal.items() if getattr(event, of) is None]
    return replace(event, **dict.fromkeys(nobodys))


def events_of(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Events of one class."""
    return instances_of(cls).map(_about_somebody)


EVENTS = st.one_of(*[events_of(cls) for cls in BY_CLASS])
KINDS, KEYS = st.sampled_from(("request", "mail", "of-another-kind")), st.from_regex("[!-~]{1,64}", fullmatch=True)
CAUSES = st.builds(Cause, source=st.sampled_from(TOPICS), id=st.uuids().map(str)) | st.builds(
    Cause, source=KINDS, id=KEYS
)
METAS = st.builds(
    Meta,
    actor=WORDS,
    role=WORDS,
    traceparent=st.none() | WORDS,
    seen=st.dictionaries(st.sampled_from(TOPICS), st.integers(0, 2**63 - 1)),
    occurred_at=st.none() | INSTANTS,
    cause=st.none() | CAUSES,
    alarms=st.none() | values_of(Alarms),
)
FACTS: st.SearchStrategy[Fact] = st.builds(
    Recorded,
    topic=st.sampled_from(TOPICS),
    shard=st.integers(0, SHARDS - 1),
    shard_seq=COUNTS,
    stream=WORDS,
    version=COUNTS,
    event_id=st.uuids(),
    command_id=st.uuids(),
    recorded_at=INSTANTS,
    event=EVENTS,
    meta=METAS,
)
