"""What escalation is told by its environment, as PUNCTUAL_ESCALATION_<FIELD>."""

from pydantic import Field

from kit.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """Where escalation's door is."""

    port: int = Field(8103, ge=0, le=65535, examples=["8103"])
