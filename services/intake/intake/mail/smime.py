"""Mails in signed S/MIME whose words are within the signature, as Outlook sends them: anybody can take them out.

Whether the signature is good is not asked: the mail counts as any other does.
"""

from email.message import Message

from asn1crypto import cms

TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
OPENED_BYTES = 1024 * 1024
"""The largest that is opened, as it is written in the mail."""


def content(part: Message, data: bytes) -> bytes | None:
    """The mail within a signed part, whose decoded bytes are `data`; None if it is encrypted, too large, or neither."""
    written = part.get_payload()
    if not isinstance(written, str) or len(written) > OPENED_BYTES:
        return None
    try:
        told = cms.ContentInfo.load(data)
        if told["content_type"].native != "signed_data":
            return None
        inner = told["content"]["encap_content_info"]["content"].native
    except Exception:  # whatever the library does on what it doesn't understand
        return None
    return inner if isinstance(inner, bytes) else None
