"""The quick replace does what dataclasses.replace does, for every class that the language and the cores have."""

import dataclasses
import pkgutil
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

import pytest

import contracts
from contracts.names import SERVICES
from contracts.replacing import replace


def dataclasses_of(package: str) -> list[type[Any]]:
    """Those that are defined in a package, in the modules below it too."""
    root = import_module(package)
    names = [package, *(found.name for found in pkgutil.walk_packages(root.__path__, f"{package}."))]
    things = [thing for name in names for thing in vars(import_module(name)).values()]
    own = {thing for thing in things if isinstance(thing, type) and thing.__module__.startswith(package)}
    return sorted(filter(dataclasses.is_dataclass, own), key=lambda kind: (kind.__module__, kind.__qualname__))


CORES = sorted(point.module for point in entry_points(group="punctual.deciders"))
CLASSES = [kind for package in (contracts.__name__, *CORES) for kind in dataclasses_of(package)]


def filled(kind: type[Any]) -> Any:
    """One with something else in each field; `__init__` is not asked whether it likes that."""
    one = object.__new__(kind)
    for field in dataclasses.fields(kind):
        object.__setattr__(one, field.name, f"a {field.name}")
    return one


def test_the_classes_are_found() -> None:
    assert len(CORES) == len(SERVICES)
    assert {"TicketOpened", "Details", "Ticket", "Clock", "Climbing", "Thread", "Issued"} <= {
        kind.__name__ for kind in CLASSES
    }


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_it_gives_what_dataclasses_replace_gives(kind: type[Any]) -> None:
    one = filled(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    for changes in ({}, *({name: None} for name in names), dict.fromkeys(names)):
        try:
            wanted = dataclasses.replace(one, **changes)
        except (TypeError, ValueError) as refused:  # by its own __post_init__
            with pytest.raises(type(refused)):
                replace(one, **changes)
            continue
        made = replace(one, **changes)
        assert type(made) is kind
        assert made is not one
        assert made == wanted
        assert [getattr(made, name) for name in names] == [getattr(wanted, name) for name in names]
    assert one == filled(kind)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_a_field_that_there_is_not_is_refused(kind: type[Any]) -> None:
    with pytest.raises(TypeError):
        replace(filled(kind), no_such_field=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """Refuses to end before it begins."""

    begin: int
    end: int = 9

    def __post_init__(self) -> None:
        if self.end < self.begin:
            raise ValueError("ends before it begins")


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """Counts for itself."""

    text: str
    length: int = dataclasses.field(init=False, default=0)


@dataclasses.dataclass(frozen=True)
class Loose:
    """Has no slots."""

    text: str
    more: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Nested(Span):
    """Inherits its slots, and what its base refuses."""

    name: str = ""


def test_what_a_class_checks_itself_is_checked() -> None:
    for span in (Span(1, 5), Nested(1, 5, "a")):
        assert replace(span, end=7) == dataclasses.replace(span, end=7)
        with pytest.raises(ValueError, match="ends before"):
            replace(span, end=0)


def test_a_field_that_is_not_given_to_init_is_refused() -> None:
    assert replace(Counted("a"), text="b") == Counted("b")
    with pytest.raises(ValueError, match="length"):
        replace(Counted("a"), length=1)


def test_a_class_without_slots_is_replaced_too() -> None:
    assert replace(Loose("a"), more=3) == Loose("a", 3)


@pytest.mark.parametrize("thing", [1, None, {"a": 1}, Span])
def test_what_is_no_instance_of_a_dataclass_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match="dataclass instances"):
        replace(thing, a=2)
