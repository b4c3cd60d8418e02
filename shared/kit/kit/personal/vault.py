"""Sealing and opening personal fields with the keys of persons, which are stored wrapped by the master key."""

import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from msgspec import structs

from contracts import sealing
from contracts.base import ERASED, kind_of
from contracts.envelope import Fact
from contracts.replacing import replace
from kit.store import Tx

Fetch = Callable[[Tx, set[UUID]], Awaitable[None]]
"""Reads the keys of these subjects from the keys topic into the table, as far as the topic has them."""


class NoKey(Exception):
    """An event names a subject whose key is unknown here, so its personal fields can't be sealed."""


Makes = Callable[[Any], Collection[UUID]]
"""The subjects of an event whose keys this service makes, if they have none. Each subject's key has one maker."""


def makes_none(event: Any) -> Collection[UUID]:
    """For a service that makes no keys."""
    return ()


class Vault:
    """Seals and opens personal fields with the keys of subjects."""

    def __init__(
        self, master: bytes, *, makes: Makes = makes_none, fetch: Fetch | None = None, cached: int = 20_000
    ) -> None:
        self.makes = makes
        self._master = master
        self._fetch = fetch
        self._cached = cached
        self._cache: OrderedDict[UUID, bytes] = OrderedDict()

    async def keys(
        self, tx: Tx, subjects: Iterable[UUID], *, make: Collection[UUID] = frozenset()
    ) -> dict[UUID, bytes]:
        """The keys of these subjects, without erased ones. `make`: those for whom to draw one if there is none."""
        wanted = set(subjects)
        found = {subject: self._cache[subject] for subject in wanted if subject in self._cache}
        if missing := wanted - found.keys():
            wrapped = await tx.keys(sorted(missing))
            absent = missing - wrapped.keys() - await tx.erased(sorted(missing))
            if self._fetch and (others := absent - set(make)):
                await self._fetch(tx, others)
                wrapped = await tx.keys(sorted(missing))
            if absent := absent & set(make):
                drawn = {subject: aes_key_wrap(self._master, os.urandom(32)) for subject in absent}
                await tx.keep_keys(drawn, relayed=False)
                wrapped = await tx.keys(sorted(missing))
                # Not cached yet: this transaction may still fail.
                return found | {subject: aes_key_unwrap(self._master, key) for subject, key in wrapped.items()}
            for subject, key in wrapped.items():
                found[subject] = self._cache[subject] = aes_key_unwrap(self._master, key)
            while len(self._cache) > self._cached:
                self._cache.popitem(last=False)
        return found

    async def open(self, tx: Tx, facts: Sequence[Fact]) -> list[Fact]:
        """The facts with personal fields in the clear; `erased` where a key is gone."""
        subjects = {subject for fact in facts for subject in subjects_of(fact.event)}
        keys = await self.keys(tx, subjects) if subjects else {}
        return [opened(fact, keys) for fact in facts]


def subjects_of(event: Any) -> set[UUID]:
    """The subjects whose personal fields the event holds."""
    personal = kind_of(event).personal
    return {getattr(event, of) for name, of in personal.items() if getattr(event, name) is not None}


def opened(fact: Fact, keys: dict[UUID, bytes]) -> Fact:
    """The fact with personal fields in the clear; `erased` where a key is missing."""
    personal = kind_of(fact.event).personal
    if not personal:
        return fact
    texts = {}
    for name, of in personal.items():
        text = getattr(fact.event, name)
        if text is not None and text.startswith(sealing.PREFIX):
            key = keys.get(getattr(fact.event, of))
            texts[name] = ERASED
            if key:
                texts[name] = sealing.open_(key, text, stream=fact.stream, version=fact.version, field=name)
    return structs.replace(fact, event=replace(fact.event, **texts)) if texts else fact


def sealer(keys: dict[UUID, bytes], stream: str, version: int) -> Callable[[UUID, str, str], str]:
    """A function that seals a personal field of the event with that version in that stream."""

    def seal(subject: UUID, field: str, text: str) -> str:
        if text == ERASED:
            return text
        if (key := keys.get(subject)) is None:
            raise NoKey(f"no key for subject {subject}, needed for the field {field!r} of {stream}")
        return sealing.seal(key, text, stream=stream, version=version, field=field)

    return seal
