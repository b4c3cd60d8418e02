"""Digests of addresses and Message-IDs: mail and portal find the same subject by them, and no address is stored."""

import hmac
from hashlib import sha256
from uuid import UUID

import idna

from contracts.addresses import canonical

_ADDRESSES = b"punctual.subjects\x00"
_MESSAGE_IDS = b"punctual.message-ids\x00"
_FEEDBACK_MAILS = b"punctual.feedback-mails\x00"


NOBODY = UUID(int=0)
"""In place of the account of people who belong to none: an address still stands for one subject."""


class Directory:
    """Makes keyed digests for the keys of tables. `master`: the installation's master key."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def digest(self, email: str) -> bytes:
        """32 bytes for an address, however it is written."""
        return self._keyed(_ADDRESSES, canonical(email))

    def digest_of_message(self, message_id: str) -> bytes:
        """32 bytes for a Message-ID."""
        return self._keyed(_MESSAGE_IDS, message_id)

    def digest_of_feedback_mail(self, message_id: str) -> bytes:
        """32 bytes for the Message-ID of a mail to feedback. The same mail may also have opened a ticket."""
        return self._keyed(_FEEDBACK_MAILS, message_id)

    def _keyed(self, purpose: bytes, text: str) -> bytes:
        return hmac.digest(self._master, purpose + text.encode("utf-8", "replace"), sha256)


def owning(email: str) -> list[str]:
    """The domains whose account an address belongs to, the nearest first: its own, and those above it.

    Also as people write them: an account that was registered by an earlier release has its domain so.
    """
    labels = canonical(email).rpartition("@")[2].split(".")
    above = [".".join(labels[n:]) for n in range(max(1, len(labels) - 1))]
    return [spelling for domain in above for spelling in spellings(domain)]


def spellings(domain: str) -> list[str]:
    """A domain that is an A-label, and, where they differ, as people write it."""
    try:
        return list(dict.fromkeys([domain, idna.decode(domain)]))
    except ValueError:
        return [domain]
