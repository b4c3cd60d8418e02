"""A mail whose words are within its signature is read as if they were not."""

from base64 import encodebytes
from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from tests.mail.cases import HEAD, PNG, SMIME, TEXT, parts

from intake.mail import attached, message_words, parse, smime

MONDAY = datetime(2026, 7, 13, tzinfo=UTC)


def signed(content: bytes) -> bytes:
    """As Outlook does it: the content is in the signature, in DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    ann = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ann")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(ann)
        .issuer_name(ann)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(MONDAY)
        .not_valid_after(MONDAY + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def streamed(pieces: list[bytes]) -> bytes:
    """As programs that don't know the length beforehand do it: in BER, piece by piece; nobody signs it."""
    octets = b"".join(b"\x04" + bytes([len(piece)]) + piece for piece in pieces)
    within = _open(b"\x30", bytes.fromhex("06092a864886f70d010701") + _open(b"\xa0", _open(b"\x24", octets)))
    data = _open(b"\x30", b"\x02\x01\x01\x31\x00" + within + b"\x31\x00")
    return _open(b"\x30", bytes.fromhex("06092a864886f70d010702") + _open(b"\xa0", data))


def _open(tag: bytes, content: bytes) -> bytes:
    return tag + b"\x80" + content + b"\x00\x00"


def mail(data: bytes) -> bytes:
    return HEAD + SMIME + encodebytes(data)


INNER = parts(TEXT, PNG)


@pytest.mark.parametrize(
    "data",
    [signed(INNER), streamed([INNER[at : at + 100] for at in range(0, len(INNER), 100)]), signed(mail(signed(INNER)))],
    ids=["DER", "BER", "twice"],
)
def test_the_words_and_files_within_a_signature_are_those_of_the_mail(data: bytes) -> None:
    read, plainly = parse(mail(data)), parse(INNER)
    assert message_words(read) == message_words(plainly)
    assert read.attachments == plainly.attachments
    assert attached(mail(data), 1) == attached(INNER, 1)


def test_what_only_looks_signed_stays_a_file() -> None:
    whole = signed(INNER)
    for data in (whole[:-200], whole[:40], b"", streamed([b"x" * 99] * 8_000)):
        (one,) = parse(mail(data)).attachments
        assert (one.name, attached(mail(data), 2)) == ("smime.p7m", None)
    assert len(mail(streamed([b"x" * 99] * 8_000))) > smime.OPENED_BYTES


def test_what_is_signed_is_taken_out_once_however_often_the_mail_is_looked_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[int] = []
    content = smime.content

    def counted(part: Message, data: bytes) -> bytes | None:
        opened.append(len(data))
        return content(part, data)

    monkeypatch.setattr(smime, "content", counted)
    parse(mail(signed(INNER)))
    assert len(opened) == 1
