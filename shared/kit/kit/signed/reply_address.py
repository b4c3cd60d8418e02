"""The signed reply address of a ticket, `support+<ticket>.<signature>@…`, by which an answer finds its ticket.

The signature proves that we made the address; it gives no rights. It consists of letters and digits in one case, which
no mail system changes. For mailboxes of up to 18 characters the local part has at most the 64 that RFC 5321 allows.
"""

import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from uuid import UUID

_TOKEN = re.compile(r"\+([a-z2-7]{26})\.([a-z2-7]{16})$", re.IGNORECASE)
_PURPOSE = b"punctual.reply-address\x00"


def reply_address(mailbox: str, ticket_id: UUID, key: bytes) -> str:
    """Where answers about the ticket go. `mailbox`: the helpdesk's own address; `key`: a secret of 16 bytes or more."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{_base32(ticket_id.bytes)}.{_signature(ticket_id, key)}@{domain}"


def ticket_named(recipients: Iterable[str], keys: Sequence[bytes]) -> UUID | None:
    """The ticket of the first address that is signed with one of the keys: the current one, or earlier ones."""
    return next(tickets_named(recipients, keys), None)


def tickets_named(recipients: Iterable[str], keys: Sequence[bytes]) -> Iterator[UUID]:
    """The tickets of all addresses that are signed with one of the keys."""
    for address in recipients:
        found = _TOKEN.search(address.rpartition("@")[0])
        if found is None:
            continue
        ticket_id = UUID(bytes=b32decode(found[1].upper() + "======"))
        given = found[2].lower()
        if any(hmac.compare_digest(given, _signature(ticket_id, key)) for key in keys):
            yield ticket_id


def _signature(ticket_id: UUID, key: bytes) -> str:
    return _base32(hmac.digest(key, _PURPOSE + ticket_id.bytes, sha256)[:10])


def _base32(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=").lower()
