"""What intake is told by its environment, as PUNCTUAL_INTAKE_<FIELD>."""

import ssl
from base64 import b64decode
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, FilePath, SecretStr, ValidationInfo, field_validator

from kit.process.settings import ServiceSettings

MAX_PORT = 65_535
MIN_SECRET_BYTES = 16
"""Of a key with which a provider signs."""


class Settings(ServiceSettings):
    """Where intake's doors are."""

    port: int = Field(8101, ge=0, le=65535, examples=["8101"])
    smtp_port: int = Field(8125, ge=0, le=65535, examples=["8125"])
    smtp_tls_certificate: FilePath | None = Field(None, examples=["/run/secrets/smtp.pem"])
    """With its chain, in PEM; then TLS is offered (STARTTLS). It is read again when it was renewed."""
    smtp_tls_key: FilePath | None = Field(None, validate_default=True, examples=["/run/secrets/smtp.key"])
    """Of that certificate, unless it is in the same file."""
    smtp_tls_required: bool = Field(False, examples=["true"])
    """Nothing is taken over SMTP without TLS."""
    smtp_proxy_protocol: bool = Field(False, examples=["true"])
    """A proxy stands in front of the SMTP port, and says first whom it speaks for (PROXY protocol, version 1 or 2)."""
    lmtp: str = Field("", pattern=r"^(|\d{1,5}|/.{1,100})$", examples=["8124"])
    """A port or a socket's path, on which a mail server in front hands mails over by LMTP."""
    imap_host: str = Field("", pattern=r"^[^\s/@]*$", examples=["imap.example.com"])
    """An IMAP server from which mails are fetched; empty: none."""
    imap_port: int = Field(993, ge=1, le=MAX_PORT, examples=["993"])
    imap_tls: Literal["tls", "starttls", "none"] = Field("tls", examples=["starttls"])
    """From the start, after STARTTLS (port 143), or none at all."""
    imap_tls_ca: FilePath | None = Field(None, examples=["/etc/ssl/our-ca.pem"])
    """Who vouches for its certificate, instead of those that the system trusts."""
    imap_user: str = Field("", validate_default=True, examples=["support@example.com"])
    imap_password_file: FilePath | None = Field(None, validate_default=True, examples=["/run/secrets/imap"])
    imap_folder: str = Field("INBOX", min_length=1, examples=["INBOX"])
    imap_stored_folder: str = Field("", examples=["Stored"])
    """Where mails are moved once they are stored; empty: they stay, and get the mark PunctualStored."""
    imap_poll_seconds: float = Field(30.0, ge=0.1, le=3600, examples=["30"])
    webhook_secrets: SecretStr | None = Field(None, examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    """With which a provider signs the mails that it posts (Standard Webhooks), separated by blanks: the one in use, and
    while it is replaced the other, too. Without one, mails are not taken so."""
    mailbox: str = Field("support@punctual.local", pattern=r"^[^@\s]+@[^@\s]+$", examples=["support@example.com"])
    feedback_mailbox: str = Field(
        "feedback@punctual.local", pattern=r"^[^@\s]+@[^@\s]+$", examples=["feedback@example.com"]
    )
    """For what people think of the support; the same as notifier's, from which letters about it come."""
    own_lists: str = Field("", examples=["all.example.com, desk@lists.example.com"])
    """The desk's own mailing lists, by List-Id or address: mail through them asks for nothing."""
    web_forms: str = Field("", examples=["forms@example.com"])
    """Addresses from which web forms send what people fill in; the person is in Reply-To."""
    authserv_ids: str = Field("", examples=["mx.example.com"])
    """Names under which the mail server in front writes `Authentication-Results`; empty: no such header is believed."""
    mail_bytes: int = Field(25 * 1024 * 1024, ge=1024, examples=["26214400"])

    @field_validator("smtp_tls_key")
    @classmethod
    def _pair(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        certificate = info.data.get("smtp_tls_certificate")
        if certificate is None and key is not None:
            raise ValueError("there is a key and no certificate; set PUNCTUAL_INTAKE_SMTP_TLS_CERTIFICATE too")
        if certificate is not None:
            try:
                ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key or certificate)
            except OSError as error:
                raise ValueError(f"certificate and key are no pair in PEM that can be read ({error})") from None
        return key

    @field_validator("lmtp")
    @classmethod
    def _is_place(cls, place: str) -> str:
        if place.isdecimal() and not 0 < int(place) <= MAX_PORT:
            raise ValueError(f"a port is at most {MAX_PORT}")
        return place

    @field_validator("webhook_secrets")
    @classmethod
    def _are_keys(cls, secrets: SecretStr | None) -> SecretStr | None:
        for secret in secrets.get_secret_value().split() if secrets else ():
            try:
                key = b64decode(secret.removeprefix("whsec_"), validate=True)
            except ValueError:
                raise ValueError("a secret is whsec_ and base64") from None
            if len(key) < MIN_SECRET_BYTES:
                raise ValueError(f"a secret has {MIN_SECRET_BYTES} bytes or more: openssl rand -base64 24")
        return secrets

    @field_validator("imap_user", "imap_password_file")
    @classmethod
    def _is_told(cls, value: Any, info: ValidationInfo) -> Any:
        if info.data.get("imap_host") and not value:
            raise ValueError("PUNCTUAL_INTAKE_IMAP_HOST is set and needs it")
        return value

    @field_validator("smtp_tls_required")
    @classmethod
    def _has_certificate(cls, required: bool, info: ValidationInfo) -> bool:
        if required and info.data.get("smtp_tls_certificate") is None:
            raise ValueError("TLS needs a certificate; set PUNCTUAL_INTAKE_SMTP_TLS_CERTIFICATE too")
        return required
