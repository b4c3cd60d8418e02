"""From the real day to what people do in the demo. The rules in words: `data/SOURCE.md`."""

from collections import Counter
from datetime import timedelta
from typing import Any

from punctual.demo import people
from punctual.demo.actions import (
    Action,
    Ask,
    Assess,
    Assign,
    Close,
    Inform,
    Open,
    Rate,
    Reopen,
    Resolve,
    Respond,
    Ticket,
    Write,
)
from punctual.demo.sample import Change, Incident, incidents, words

PRIORITIES = {1: "urgent", 2: "high", 3: "normal", 4: "low"}
HASTY = timedelta(minutes=10)
CLOSED_AFTER = timedelta(minutes=45)
RATED_AFTER = timedelta(minutes=20)
REPLIED_AFTER = timedelta(minutes=25)


def story() -> list[Ticket]:
    """The whole day, in the order in which tickets are opened."""
    seen: Counter[str] = Counter()
    told = words()
    tickets: list[Ticket] = []
    for n, incident in enumerate(incidents()):
        account = people.account_of(incident)
        person = people.PEOPLE[seen[account.name] % len(people.PEOPLE)]
        seen[account.name] += 1
        actions = _actions(incident, _words_for(incident, told, n), n)
        tickets.append(
            Ticket(
                incident=incident.name,
                account=account,
                person=person,
                email=f"{person.lower()}@{account.domain}",
                engineer=people.ENGINEERS[n % len(people.ENGINEERS)],
                way=people.way_of(incident),
                actions=tuple(sorted(actions, key=lambda action: action.at)),
                form=people.MAILS.get(incident.name, "plain"),
                acknowledges=people.ACKNOWLEDGED.get(incident.name),
                closings=sum(isinstance(action, Close) for action in actions),
            )
        )
    return tickets


def _words_for(incident: Incident, told: list[dict[str, Any]], n: int) -> dict[str, Any]:
    fitting = [one for one in told if incident.priority in one["severities"]]
    return fitting[n % len(fitting)]


def _actions(incident: Incident, told: dict[str, Any], n: int) -> list[Action]:
    wanted = {name: told[name] for name in ("product", "product_version", "os", "os_version")}
    lacking = people.LACKING.get(incident.name, ())
    given = {name: value for name, value in wanted.items() if name not in lacking}
    begin: list[Action] = [
        Open(
            at=incident.opened,
            severity=incident.priority,
            priority=PRIORITIES[incident.priority],
            title=told["title"],
            description=told["description"],
            details=given,
        )
    ]
    if lacking:
        begin.append(Inform(at=incident.opened + REPLIED_AFTER, details={name: wanted[name] for name in lacking}))
    if incident.name in people.WITHDRAWN:
        return [*begin, Close(at=incident.opened + timedelta(minutes=50), cause="withdrawn")]
    actions = [*begin, *_Work(incident, wanted).actions()]
    return actions + _endings(incident, actions, n)


class _Work:
    """What an incident's changes become. `answered`: the initial response was given; `contact`: somebody wrote."""

    def __init__(self, incident: Incident, wanted: dict[str, str]) -> None:
        self._incident, self._wanted = incident, wanted
        self._answered = self._contact = False
        self._priority = incident.priority

    def actions(self) -> list[Action]:
        """In order."""
        actions: list[Action] = []
        changes = self._incident.changes
        for n, change in enumerate(changes):
            following = changes[n + 1] if n + 1 < len(changes) else None
            actions += self._assessed(change)
            match change.state:
                case "active":
                    actions += self._active(change, following)
                case "awaiting user":
                    actions += self._awaiting(change, following)
                case "resolved":
                    actions += self._resolved(change)
        return actions

    def _assessed(self, change: Change) -> list[Action]:
        if change.priority == self._priority:
            return []
        self._priority = change.priority
        first = [] if self._contact else [Write(at=change.at, by="engineer", body=people.LOOKING)]
        self._contact = True
        return [*first, Assess(at=change.at, severity=change.priority, reason=people.ASSESSED)]

    def _active(self, change: Change, following: Change | None) -> list[Action]:
        taken = [Assign(at=change.at)]
        hasty = following and following.state == "awaiting user" and following.at - change.at <= HASTY
        if self._answered or hasty:
            return [] if self._answered else list(taken)
        self._answered = self._contact = True
        return [*taken, Respond(at=change.at, states="plan", body=people.PLAN)]

    def _awaiting(self, change: Change, following: Change | None) -> list[Action]:
        answer_at = change.at + ((following.at - change.at) / 2 if following else timedelta(minutes=90))
        self._contact = True
        if self._answered:
            replied = Write(at=answer_at, by="requester", body=people.REPLY)
            return [Write(at=change.at, by="engineer", body=people.QUESTION), replied]
        version = {"product_version": self._wanted["product_version"] + ".1"}
        return [
            Ask(at=change.at, missing=("product_version",), reason=people.INCOMPLETE),
            Inform(at=answer_at, details=version),
        ]

    def _resolved(self, change: Change) -> list[Action]:
        settled: list[Action] = [Resolve(at=change.at, resolution=people.RESOLUTION)]
        if self._answered:
            return settled
        self._answered = self._contact = True
        return [Assign(at=change.at), Respond(at=change.at, states="resolution", body=people.RESOLUTION), *settled]


def _endings(incident: Incident, actions: list[Action], n: int) -> list[Action]:
    """Closing, rating, and for two incidents reopening and closing again."""
    if incident.reopened:
        settled = max(action.at for action in actions) + timedelta(hours=2)
        again = settled + CLOSED_AFTER + timedelta(hours=1)
        return [
            Resolve(at=settled, resolution=people.RESOLUTION),
            *_closing(settled, 1, 2),
            Reopen(at=again, reason=people.AGAIN),
            Resolve(at=again + timedelta(hours=1), resolution=people.RESOLUTION),
            *_closing(again + timedelta(hours=1), 2, 4),
        ]
    resolved = [action.at for action in actions if isinstance(action, Resolve)]
    return _closing(resolved[-1], 1, people.RATINGS[n % len(people.RATINGS)]) if resolved else []


def _closing(resolved: Any, closing: int, rating: int | None) -> list[Action]:
    closed = resolved + CLOSED_AFTER
    end: list[Action] = [Close(at=closed)]
    if rating:
        comment = people.COMMENTS[rating]
        end.append(Rate(at=closed + RATED_AFTER, closing=closing, rating=rating, comment=comment))
    return end
