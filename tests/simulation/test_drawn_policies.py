"""That policies are drawn field by field, and none is left out."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from random import Random
from typing import Any, get_args, get_type_hints

import pytest
from tests.simulation.drawn_policies import DRAWS, FOLLOW, DrawnPolicies

from contracts import policy
from sla_timer.policy.file.read import DEFAULT, read


def forms(form: Any) -> Iterator[type[Any]]:
    """The dataclasses that a type is made of."""
    if is_dataclass(form):
        assert isinstance(form, type)
        yield form
        for hint in get_type_hints(form).values():
            yield from forms(hint)
    for part in get_args(form):
        yield from forms(part)


def test_every_field_of_the_published_form_is_drawn() -> None:
    every = {f"{form.__name__}.{field.name}" for form in forms(policy.Policy) for field in fields(form)}
    assert every - DRAWS.keys() == FOLLOW
    assert DRAWS.keys() - every == set()


@pytest.mark.parametrize("field", sorted(DRAWS))
def test_each_draw_changes_what_it_is_about(field: str) -> None:
    whole, random = policy.read(read(DEFAULT, today=date(2026, 3, 2)).resolved), Random(0)
    assert any(DRAWS[field](whole, random) != whole for _ in range(20))


def test_a_drawn_policy_can_be_published() -> None:
    drawn, random = DrawnPolicies(), Random(0)
    base = read(DEFAULT, today=date(2026, 3, 2))
    for _ in range(50):
        document = drawn.documents[drawn.draw(base, random)]
        assert policy.read(document.resolved).name == document.published().name
