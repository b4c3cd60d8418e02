"""The keys that every entry of a policy file may have."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from sla_timer.policy.fields import Rules


class Entry(BaseModel):
    """An entry may cite the rule it follows, and says so if it is assumed instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Rules = ()
    assumed: bool = False

    def assumed_entries(self) -> Iterator[str]:
        """The paths of assumed entries within this one, as in `tiers.assessment`; its own path is empty."""
        yield from (".".join(keys) for keys in _assumed(self, ()))


def _assumed(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    match value:
        case Entry():
            if value.assumed:
                yield keys
            for name, field in type(value).model_fields.items():
                yield from _assumed(getattr(value, name), (*keys, field.alias or name))
        case Mapping():
            for key, part in value.items():
                yield from _assumed(part, (*keys, str(key)))
        case tuple():
            for place, part in enumerate(value):
                yield from _assumed(part, (*keys, str(place)))
