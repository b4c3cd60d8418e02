"""What was played, how punctually, and what went wrong."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from punctual.demo.acts import Act, Open, Rate, Ticket


@dataclass(slots=True)
class Progress:
    """`opened`: tickets by the id that a door gave; `late`: how long after its instant an act was done."""

    acts: Counter[str] = field(default_factory=Counter)
    opened: dict[str, Ticket] = field(default_factory=dict)
    late: timedelta = timedelta()
    latest: str = ""
    problems: list[str] = field(default_factory=list)

    def played(self, ticket: Ticket, act: Act, late: timedelta) -> None:
        """An act was done."""
        self.acts[type(act).__name__] += 1
        if not isinstance(act, Rate) and late > self.late:
            self.late, self.latest = late, f"{type(act).__name__} of {ticket.incident}"

    def failed(self, ticket: Ticket, act: Act, why: str) -> None:
        """A door did not do what it must."""
        self.problems.append(f"{ticket.incident}, {type(act).__name__}: {why}")


def planned(tickets: list[Ticket]) -> Counter[str]:
    """How many acts of each kind there are to be."""
    return Counter(type(act).__name__ for ticket in tickets for act in ticket.acts)


def openings(tickets: list[Ticket]) -> int:
    """How many tickets there are to be."""
    return sum(isinstance(act, Open) for ticket in tickets for act in ticket.acts)
