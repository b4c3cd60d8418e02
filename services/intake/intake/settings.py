"""What intake is told by its environment, as PUNCTUAL_INTAKE_<FIELD>."""

from pydantic import Field

from kit.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """Where intake's doors are."""

    port: int = Field(8101, ge=0, le=65535, examples=["8101"])
    smtp_port: int = Field(8125, ge=0, le=65535, examples=["8125"])
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
