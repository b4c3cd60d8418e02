"""What notifier is told by its environment, as PUNCTUAL_NOTIFIER_<FIELD>."""

from pydantic import Field

from kit.process.settings import ServiceSettings

ADDRESS = r"^[^@\s]+@[^@\s]+$"


class Settings(ServiceSettings):
    """Through which server mail leaves, and in whose name."""

    port: int = Field(8104, ge=0, le=65535, examples=["8104"])
    smtp_url: str = Field(
        "smtp://127.0.0.1:1025",
        pattern=r"^smtps?://[^/\s]+/?$",
        repr=False,
        examples=["smtps://desk:secret@mail.example.com:465"],
        description="`smtp`: STARTTLS where the server offers it; `smtps`: TLS from the start.",
    )
    sender: str = Field("support@punctual.local", pattern=ADDRESS, examples=["support@example.com"])
    """Intake's mailbox: answers go there."""
    feedback_mailbox: str = Field("feedback@punctual.local", pattern=ADDRESS, examples=["feedback@example.com"])
    """Feedback's mailbox: letters about feedback and complaints come from it, and their answers go there."""
    attempts: int = Field(20, ge=1, examples=["20"])
    """Times that a mail is offered to a server which defers it, until it is given up."""
    connections: int = Field(4, ge=1, le=64, examples=["4"])
    """To the mail server, kept open."""
