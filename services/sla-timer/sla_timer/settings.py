"""sla-timer's settings, from environment variables."""

from pathlib import Path

from pydantic import Field

from kit.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """PUNCTUAL_SLA_TIMER_*."""

    port: int = Field(8102, ge=0, le=65535, examples=["8102"])
    policy_file: Path | None = Field(None, description="Another policy than the shipped one", examples=["policy.yaml"])
