"""Figures that a service's own parts set, which `/metrics` shows beside those of all services."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gauge:
    """What a figure says, and its values, by those of its `label`; without a label it has one."""

    text: str
    label: str
    values: Mapping[str, float]

    @classmethod
    def of(cls, text: str, value: float) -> "Gauge":
        """A figure without a label."""
        return cls(text, "", {"": value})


Gauges = dict[str, Gauge]
"""The figures, by the metric's name: a part sets its own whenever it knows better."""
