"""Every event that was ever written can be read for ever."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.contract import corpus

from contracts import codec, generate
from contracts.base import BY_NAME

CORPUS = corpus.stored()


def test_every_version_of_every_event_has_an_instance() -> None:
    versions = {(kind.name, version) for kind in BY_NAME.values() for version in range(1, kind.version + 1)}
    versions |= generate.released().keys()
    missing = sorted(f"{name} v{version}" for name, version in versions - CORPUS.keys())
    assert missing == [], "run: python -m tests.contract.corpus"


def within(old: Any, new: Any) -> bool:
    """Whether nothing of the old value is lost in the new one, which may have further fields."""
    if isinstance(old, dict):
        return all(name in new and within(value, new[name]) for name, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(within, old, new))
    return bool(old == new)


@pytest.mark.parametrize(("name", "version"), CORPUS)
def test_a_golden_event_is_read_and_written_again(name: str, version: int) -> None:
    data = CORPUS[name, version]
    event = codec.decode(name, version, data)
    again = codec.encode(event, seal=None)
    assert codec.decode(name, BY_NAME[name].version, again) == event
    if version == BY_NAME[name].version:
        assert within(json.loads(data), json.loads(again))


@pytest.mark.parametrize(("name", "version"), [key for key in CORPUS if key[0] in BY_NAME and BY_NAME[key[0]].personal])
def test_the_seals_of_a_golden_event_still_open(name: str, version: int) -> None:
    event = codec.decode(name, version, CORPUS[name, version], open=corpus.open_)
    written = set(json.loads(CORPUS[name, version]))
    for field in set(BY_NAME[name].personal) & written:  # it may have got more since
        assert getattr(event, field) == f"{field}, personal: ñ → 漢"


def test_a_golden_event_is_never_written_twice(tmp_path: Path) -> None:
    written = corpus.add_missing(tmp_path)
    assert len(written) == len(BY_NAME)
    before = {path: path.read_bytes() for path in written}
    assert corpus.add_missing(tmp_path) == []
    assert {path: path.read_bytes() for path in written} == before
