"""Very many histories: in columns where they are plain, and as they are where not.

Plain is what most are: started, perhaps one change of severity, and then answered, withdrawn or neither.
"""

from array import array
from dataclasses import dataclass, field
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from contracts.tickets import Tier
from sla_timer.domain.instants import LATEST
from sla_timer.what_if.history import History, Told
from sla_timer.what_if.verdict import State

STATES: Final[tuple[State, ...]] = get_args(State)
CODES: Final = {state: code for code, state in enumerate(STATES)}
NEVER: Final = LATEST + 1
"""An instant after all others: of what has not happened."""
UNENDED, ANSWERED, WITHDRAWN = 0, 1, 2
ENDINGS: Final = {"answered": ANSWERED, "withdrawn": WITHDRAWN}

Micros = NDArray[np.int64]
Codes = NDArray[np.int8]
Places = NDArray[np.int32]
Terms = tuple[Tier, str | None]
"""A tier, and the calendar agreed with the account, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Columns of plain histories, one value for each. Instants are UTC microseconds; `ended`, `changed` may be NEVER.

    `terms`, `accounts`: places in the lists of `Gathered`. `then`: the severity from `changed` on.
    """

    received: Micros
    severity: Codes
    terms: Places
    changed: Micros
    then: Codes
    ended: Micros
    ending: Codes


@dataclass(slots=True)
class Gathered:
    """Histories as they come. Rows of `accounts`, `months`, `recorded`: first of all plain ones, then of the others."""

    terms: dict[Terms, int] = field(default_factory=dict)
    accounts: dict[str | None, int] = field(default_factory=dict)
    others: list[History] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    _received: "array[int]" = field(default_factory=lambda: array("q"))
    _severity: "array[int]" = field(default_factory=lambda: array("b"))
    _terms: "array[int]" = field(default_factory=lambda: array("i"))
    _changed: "array[int]" = field(default_factory=lambda: array("q"))
    _then: "array[int]" = field(default_factory=lambda: array("b"))
    _ended: "array[int]" = field(default_factory=lambda: array("q"))
    _ending: "array[int]" = field(default_factory=lambda: array("b"))
    _account: "array[int]" = field(default_factory=lambda: array("i"))
    _recorded: "array[int]" = field(default_factory=lambda: array("b"))

    def add(self, history: History) -> None:
        """One more."""
        told = history.told
        if len(told) > 1 and told[0].kind == "awaited" and told[1].kind == "started":
            told = told[1:]  # what was waited for has come, and the wait leaves no trace
        if not _is_plain(told):
            self.others.append(history)
            return
        first, last = told[0], told[-1]
        change = told[1] if len(told) > 1 and told[1].kind == "severity" else None
        ending = ENDINGS.get(last.kind, UNENDED)
        self._received.append(first.at)
        self._severity.append(first.severity)
        terms = (first.tier, first.agreed)
        self._terms.append(self.terms.setdefault(terms, len(self.terms)))
        self._changed.append(change.at if change else NEVER)
        self._then.append(change.severity if change else first.severity)
        self._ended.append(last.at if ending else NEVER)
        self._ending.append(ending)
        self._account.append(self._place(history))
        self._recorded.append(CODES[history.recorded])
        self.names.append(history.name)

    def __len__(self) -> int:
        return len(self._received) + len(self.others)

    def plain(self) -> Plain:
        """The columns."""
        return Plain(
            received=np.array(self._received, np.int64),
            severity=np.array(self._severity, np.int8),
            terms=np.array(self._terms, np.int32),
            changed=np.array(self._changed, np.int64),
            then=np.array(self._then, np.int8),
            ended=np.array(self._ended, np.int64),
            ending=np.array(self._ending, np.int8),
        )

    def received(self) -> Micros:
        """When each was notified of first, the others after the plain ones."""
        others = [history.begun for history in self.others]
        return np.concatenate([np.array(self._received, np.int64), np.array(others, np.int64)])

    def recorded(self) -> Codes:
        """What the log says came of each, in the same order."""
        others = [CODES[history.recorded] for history in self.others]
        return np.concatenate([np.array(self._recorded, np.int8), np.array(others, np.int8)])

    def account(self) -> Micros:
        """Whose each is: a place in `accounts`."""
        others = [self._place(history) for history in self.others]
        return np.concatenate([np.array(self._account, np.int64), np.array(others, np.int64)])

    def name(self, row: int) -> str:
        """The number of a ticket, or its id where the log doesn't name one."""
        return self.names[row] if row < len(self.names) else self.others[row - len(self.names)].name

    def _place(self, history: History) -> int:
        return self.accounts.setdefault(history.account_id, len(self.accounts))


def _is_plain(told: tuple[Told, ...]) -> bool:
    kinds = [one.kind for one in told]
    if not kinds or kinds[0] != "started":
        return False
    rest = kinds[2:] if kinds[1:2] == ["severity"] else kinds[1:]
    return not rest or (len(rest) == 1 and rest[0] in ENDINGS)
