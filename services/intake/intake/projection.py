"""Which rows of intake's read models a fact changes."""

import json
from collections.abc import Iterable
from typing import Any

from contracts.envelope import Fact
from intake.domain import events as facts
from intake.domain.state import Account, Nothing, Passed, State, WaitingForInformation, status
from kit.decider import Put

NOTHING_MISSING = json.dumps([])


def project(fact: Fact, before: State, after: State) -> Iterable[Put]:
    """The rows that a fact changes. Personal words stay in the log."""
    if isinstance(fact.event, facts.FeedbackMailReceived):
        return _feedback_mail(fact.event)
    if isinstance(fact.event, facts.WaitingMailsNoted):
        values = {"ordinal": fact.event.ordinal, "noted_at": fact.happened_at}
        return [Put("mail_notices", {"notice_id": fact.event.notice_id}, values)]
    match after:
        case Account():
            return _account(fact, after) if isinstance(fact.event, facts.AccountEvent) else []
        case Nothing() | Passed():
            return []
        case _:
            ticket = Put("tickets", {"ticket_id": after.ticket.ticket_id}, _ticket(fact, after))
            return [ticket, *_participant(fact)]


def _account(fact: Fact, account: Account) -> Iterable[Put]:
    values: dict[str, Any] = {
        "tier": account.tier,
        "calendar": account.calendar,
        "language": account.locale.language,
        "zone": account.locale.zone,
        "version": fact.version,
    }
    if isinstance(fact.event, facts.AccountRegistered):
        values |= {"name": account.name, "domains": json.dumps(account.domains), "registered_at": fact.happened_at}
        for domain in account.domains:
            yield Put("account_domains", {"domain": domain, "account_id": account.account_id})
    yield Put("accounts", {"account_id": account.account_id}, values)


def _participant(fact: Fact) -> Iterable[Put]:
    event = fact.event
    if isinstance(event, facts.ParticipantAdded | facts.ParticipantRemoved):
        key = {"ticket_id": event.ticket_id, "subject_id": event.subject_id}
        takes_part = isinstance(event, facts.ParticipantAdded)
        yield Put("participants", key, {"takes_part": takes_part, "since": fact.happened_at})


def _feedback_mail(mail: facts.FeedbackMailReceived) -> Iterable[Put]:
    """Who began a feedback by mail: what refers to that mail belongs there."""
    if not mail.threaded:
        values = {"account_id": mail.account_id, "subject_id": mail.subject_id}
        yield Put("feedback_mails", {"feedback_id": mail.feedback_id}, values)


def _ticket(fact: Fact, after: Any) -> dict[str, Any]:
    ticket = after.ticket
    values = {
        "status": status(after),
        "severity": ticket.severity,
        "priority": ticket.priority,
        "tier": ticket.tier,
        "calendar": ticket.calendar,
        "assignee": ticket.assignee,
        "missing": json.dumps(after.missing) if isinstance(after, WaitingForInformation) else NOTHING_MISSING,
        "updated_at": fact.happened_at,
        "closings": ticket.closings,
        "version": fact.version,
    }
    match fact.event:
        case facts.TicketOpened(channel=channel):
            values |= {
                "number": ticket.number,
                "account_id": ticket.account_id,
                "subject_id": ticket.subject_id,
                "channel": channel,
                "opened_at": fact.happened_at,
            }
        case facts.Closed():
            values["closed_at"] = fact.happened_at
        case facts.Reopened():
            values["closed_at"] = None
    return values
