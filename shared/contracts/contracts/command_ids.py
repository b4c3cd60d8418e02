"""Command ids, derived from their cause: a command tried again has the same id, and the cause can be found from it."""

from uuid import UUID

from contracts.ids import uuid5

RINGS = UUID("7a0b1f1c-54fb-5b5c-8f6e-0c8f5d9b7e11")
MAILS = UUID("0d2a8f0e-63f7-5d0e-8f55-0c7f2f1f4a61")
"""The namespace of the ids of everything that mails create."""
HEEDING = UUID("a16560a4-63d0-430d-8c65-67465dda4a4f")
PUBLICATIONS = UUID("2b6d0c0e-52ce-5f3f-8a4b-4f7b8f3b2a10")


def of_reaction(event_id: UUID, service: str, stream: str, command: str, n: int) -> UUID:
    """The n-th command, from 0, with which a service reacts to a fact. `command`: the name of its class."""
    return uuid5(event_id, f"{service}/{stream}/{command}/{n}")


def of_ring(stream: str, kind: str, generation: int) -> UUID:
    """The ring of a timer."""
    return uuid5(RINGS, f"{stream}/{kind}/{generation}")


def of_mail(key: str, target: str) -> UUID:
    """The command for a mail. `target`: `ticket`, or `message` for one on a ticket."""
    return uuid5(MAILS, f"{key}/{target}")


def of_notice(ordinal: int) -> UUID:
    """The n-th notice, from 1, that mails wait for a person."""
    return uuid5(MAILS, f"waiting/{ordinal}")


def of_heeding(ticket_id: UUID, version: int, policy: str | None) -> UUID:
    """The command by which a ticket, at a version of its stream, follows a policy that requires less information."""
    return uuid5(HEEDING, f"{ticket_id}/{version}/{policy}")


def of_publication(before: int, policy: str, shard: int) -> UUID:
    """The publication of a policy in a shard, after `before` earlier ones."""
    return uuid5(PUBLICATIONS, f"{before}>{policy}/{shard}")


def of_outcome(notification_id: UUID, command: str) -> UUID:
    """The command that records the outcome of a requested mail."""
    return uuid5(notification_id, command)


def of_event(command_id: UUID, n: int) -> UUID:
    """The id of a command's n-th event, from 0, unless the event's id is derived from a name."""
    return uuid5(command_id, str(n))
