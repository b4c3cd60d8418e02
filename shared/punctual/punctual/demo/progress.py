"""What was played, how punctually, and what went wrong."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from punctual.demo.actions import Action, Open, Rate, Ticket


@dataclass(slots=True)
class Progress:
    """`opened`: tickets by the id that a door gave; `late`: how long after its instant an action was done;
    `steps`: of complaints, those that were taken."""

    actions: Counter[str] = field(default_factory=Counter)
    opened: dict[str, Ticket] = field(default_factory=dict)
    late: timedelta = timedelta()
    latest: str = ""
    problems: list[str] = field(default_factory=list)
    steps: int = 0

    def played(self, ticket: Ticket, action: Action, late: timedelta) -> None:
        """An action was done."""
        self.actions[type(action).__name__] += 1
        if not isinstance(action, Rate) and late > self.late:
            self.late, self.latest = late, f"{type(action).__name__} of {ticket.incident}"

    def failed(self, ticket: Ticket, action: Action, why: str) -> None:
        """A door did not do what it must."""
        self.problems.append(f"{ticket.incident}, {type(action).__name__}: {why}")


def planned(tickets: list[Ticket]) -> Counter[str]:
    """How many actions of each kind there are to be."""
    return Counter(type(action).__name__ for ticket in tickets for action in ticket.actions)


def openings(tickets: list[Ticket]) -> int:
    """How many tickets there are to be."""
    return sum(isinstance(action, Open) for ticket in tickets for action in ticket.actions)
