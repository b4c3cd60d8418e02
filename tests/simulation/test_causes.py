"""What events came of, in whole histories: found again where it was not written down, and missed where it is wrong."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import is_dataclass
from importlib import import_module
from typing import Any
from uuid import UUID, uuid5

import pytest
from msgspec import structs
from tests.simulation import runs
from tests.simulation.ending import Ending
from tests.simulation.invariants import log

from contracts.causes import Cause
from contracts.envelope import Fact
from contracts.names import TOPIC_OF, category_of
from contracts.replacing import replace
from kit.consume import follow
from kit.replay.causes import causes_of
from kit.timers import timers

SEEDS = ("0", "3", "7", "11")


def found(monkeypatch: pytest.MonkeyPatch, seed: str, check: Callable[[Ending], Iterable[str]]) -> tuple[str, ...]:
    """What a check finds at the end of a run."""
    monkeypatch.setattr(runs, "INVARIANTS", (check,))
    return runs.simulate(seed).findings


def commands_of(service: str) -> list[str]:
    """The names of a service's commands."""
    module = import_module(f"{service.replace('-', '_')}.domain.commands")
    return sorted(name for name, one in vars(module).items() if is_dataclass(one) and one.__module__ == module.__name__)


COMMANDS = {topic: commands_of(service) for service, topic in TOPIC_OF.items()}


def _without_cause(fact: Fact) -> Fact:
    return structs.replace(fact, meta=replace(fact.meta, cause=None))


def causes_are_found_again(ending: Ending) -> Iterable[str]:
    """Of each event, from its stream and the facts of its ticket, without what they say of causes."""
    deciders = {service.topic: service.decider for service in ending.world.services.values()}
    named = {fact.event_id: fact.meta.cause for facts in ending.logs.values() for fact in facts}
    every = [_without_cause(fact) for facts in ending.logs.values() for fact in facts]
    common = [fact for fact in every if category_of(fact.stream) in ("account", "policy")]
    streams: dict[str, list[Fact]] = {}
    about: dict[Any, list[Fact]] = {}
    for fact in every:
        streams.setdefault(fact.stream, []).append(fact)
        about.setdefault(_about(fact), []).append(fact)
    for stream, facts in streams.items():
        # Whatever came of these has always named its cause.
        if category_of(stream) in ("feedback", "delivery", "mailroom") or _tells_of_mails(facts):
            continue
        topic = facts[0].topic
        others = [one for one in (*about[_about(facts[0])], *common) if one.stream != stream]
        again = causes_of(facts, others, deciders[topic], COMMANDS[topic])
        for fact in facts:
            if again.get(fact.event_id) != named[fact.event_id]:
                name = f"{type(fact.event).__name__} of {stream}"
                yield f"{name} came of {named[fact.event_id]}, found again: {again.get(fact.event_id)}"


def _tells_of_mails(facts: Sequence[Fact]) -> bool:
    return any(getattr(fact.event, "template", None) == "mails-waiting" for fact in facts)


def _about(fact: Fact) -> Any:
    return getattr(fact.event, "ticket_id", None) or getattr(fact.event, "feedback_id", None) or fact.stream


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cause_of_an_event_from_before_is_found_again_from_its_command_id(
    seed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(monkeypatch, seed, causes_are_found_again) == ()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda topic, event_id: None, "names no cause"),
        (lambda topic, event_id: Cause(topic, str(uuid5(UUID(event_id), "another"))), "which is in no log"),
        (lambda topic, event_id: Cause("request", event_id), "which there is not"),
    ],
)
def test_a_wrong_cause_of_what_follows_from_a_fact_is_noticed(
    wrong: Callable[[str, str], Cause | None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "Cause", wrong)
    assert any(words in finding for finding in found(monkeypatch, "0", log.events_name_their_cause))


def test_a_ring_that_names_no_cause_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "Cause", lambda topic, event_id: None)
    findings = found(monkeypatch, "3", log.events_name_their_cause)
    assert any("names no cause" in finding for finding in findings)
