"""A clock's proof is in the form that every promise's proof has: whatever reads one can read the other."""

from typing import Any

from pydantic import TypeAdapter
from tests.unit.sla_timer.explained import logged, proved
from tests.unit.sla_timer.story import hours, ny, opened

from contracts import proof as form
from kit.proof.form import AnyProof
from sla_timer.history import ClockStatus
from sla_timer.proof import Proof

TEN = ny("2026-07-14 10:00")


def fields(of: type) -> dict[str, Any]:
    """What the JSON of it has, by name: how it is described, but for words and what else there may be."""
    whole = TypeAdapter(of).json_schema(mode="serialization")
    return {name: _bare(one) for name, one in whole["properties"].items()}


def _bare(one: Any) -> Any:
    if isinstance(one, dict):
        return {key: _bare(value) for key, value in one.items() if key not in ("title", "description")}
    return one


def test_how_a_clock_stands_has_all_that_any_promise_has_and_means_the_same_by_it() -> None:
    common, of_clock = fields(form.PromiseStatus), fields(ClockStatus)
    states = {"common": common.pop("state"), "clock": of_clock.pop("state")}
    assert set(states["common"]["enum"]) < set(states["clock"]["enum"])
    assert {name: of_clock.get(name) for name in common} == common


def test_a_clocks_proof_has_all_that_any_proof_has_with_the_clock_for_the_promise() -> None:
    common, of_clock = fields(form.Proof), fields(Proof)
    assert of_clock.keys() - common.keys() == {"clock"}
    assert common.keys() - of_clock.keys() == {"promise"}
    assert {name: of_clock[name] for name in common.keys() - {"promise"}} == {
        name: one for name, one in common.items() if name != "promise"
    }


def test_what_shows_any_proof_finds_the_clock_as_its_promise() -> None:
    at = TEN + hours(1)
    proof = proved(logged([(TEN, opened(2))], at), at)
    shown: AnyProof = proof
    assert shown.promise is proof.clock
