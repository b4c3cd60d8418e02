"""What feedback is told by its environment, as PUNCTUAL_FEEDBACK_<FIELD>."""

from pydantic import Field

from kit.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """Where feedback's door is, and how much its public page takes."""

    port: int = Field(8105, ge=0, le=65535, examples=["8105"])
    page_per_hour: int = Field(60, ge=1, le=1_000_000, examples=["60"])
