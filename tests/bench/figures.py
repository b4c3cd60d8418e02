"""What a benchmark finds, and how it is shown: each figure beside what it is compared with, in the same run."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """A measured value. `ratio` is value / reference; `reach_for` says what we want of either, in words."""

    name: str
    value: float
    unit: str
    against: str = ""
    reference: float | None = None
    reach_for: str = ""

    @property
    def ratio(self) -> float | None:
        """How it compares."""
        return None if not self.reference else self.value / self.reference


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(figures: Sequence[Figure]) -> None:
    """A table on the terminal."""
    table = Table("figure", "value", "compared with", "ratio", "reach for")
    for figure in figures:
        reference = f"{figure.against} ({_number(figure.reference)})" if figure.reference else figure.against
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        table.add_row(figure.name, f"{_number(figure.value)} {figure.unit}", reference, ratio, figure.reach_for)
    Console().print(table)


def write(figures: Sequence[Figure], file: Path) -> None:
    """The same for programs."""
    rows = [asdict(figure) | {"ratio": figure.ratio} for figure in figures]
    file.write_text(json.dumps(rows, indent=2) + "\n")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
