"""Shows a proof on a terminal, with a table that fits its width."""

from rich.console import Console
from rich.table import Table

from kit.proof.form import AnyProof
from kit.proof.text import COLUMN_HEADS, events, rows, rules

RIGHT_ALIGNED = ("counted", "total")


def show(console: Console, proof: AnyProof) -> None:
    """Print the proof, with time after the deadline in red."""
    console.print(proof.summary, markup=False)
    console.print()
    for line in proof.arithmetic:
        console.print(f"  {line}", markup=False)
    table = Table()
    for head in COLUMN_HEADS:
        table.add_column(head, justify="right" if head in RIGHT_ALIGNED else "left")
    for one, cells in zip(proof.segments, rows(proof), strict=True):
        table.add_row(*map(_plain, cells), style="red" if one.reason == "late" else None if one.counted else "dim")
    console.print(table)
    for line in rules(proof):
        console.print(line, markup=False)
    console.print()
    for line, detail in events(proof):
        console.print(line, markup=False)
        console.print(f"  {detail}", markup=False, style="dim")
    for sentence in proof.disagreements:
        console.print(f"This proof does not hold: {sentence}", style="bold red", markup=False)


def _plain(cell: str) -> str:
    return cell.replace("[", r"\[")
