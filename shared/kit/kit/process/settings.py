"""Settings from environment variables, checked at the start, which fails naming the unknown, missing or wrong ones."""

import os
import re
import socket
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from contracts.names import SERVICES
from kit.clock import AcceleratedClock, Clock, WallClock

PREFIX = "PUNCTUAL_"
TOOL_VARIABLES = re.compile(
    r"PUNCTUAL_(HOME|SHARED|SECRETS_DIR|TEST_\w+|LOCAL_\w+|ADMIN_DATABASE_URL|\w+_OWNER_DATABASE_URL)$"
)
"""Variables of the tools around the services, which a service ignores."""

LINK_VARIABLES = re.compile(
    r"PUNCTUAL_(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$", re.IGNORECASE
)
"""Variables that Kubernetes sets for each service of the namespace (`enableServiceLinks`), known by their names ..."""
PORT_VARIABLES = re.compile(r"PUNCTUAL_(\w+_)?PORT$", re.IGNORECASE)
LINK_VALUES = re.compile(r"(tcp|udp|sctp)://")
"""... and, if the name may be a setting of ours, by their values: `PUNCTUAL_INTAKE_PORT=tcp://10.0.0.7:8101`."""

SERVERS_PATTERN = r"^(\[[^\s\]]+\]|[^\s,:\[\]]+)(:\d+)?(,(\[[^\s\]]+\]|[^\s,:\[\]]+)(:\d+)?)*$"
"""Brokers, separated by commas, each with or without a port."""

S = TypeVar("S", bound="ServiceSettings")


class SettingsError(Exception):
    """Settings are missing, wrong or unknown; the message names each variable, with an example."""


def _key(text: Any) -> Any:
    return b64decode(text, validate=True) if isinstance(text, str) else text


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError("there is no such time zone; write a name of IANA's") from None
    return name


def is_link(name: str, value: str) -> bool:
    """Whether Kubernetes set this variable because a service of the cluster has such a name."""
    return bool(LINK_VARIABLES.match(name) or (PORT_VARIABLES.match(name) and LINK_VALUES.match(value)))


class EnvironmentSettings(BaseSettings):
    """Settings from the environment, without the variables that Kubernetes sets for its services."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then files."""
        assert isinstance(env_settings, EnvSettingsSource)
        said = env_settings.env_vars.items()
        env_settings.env_vars = {name: value for name, value in said if not is_link(name, value or "")}
        return init_settings, env_settings, file_secret_settings


Zone = Annotated[str, AfterValidator(_zone)]
Level = Annotated[Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(_lower)]
MasterKey = Annotated[bytes, BeforeValidator(_key), Field(min_length=32, max_length=32)]


class Common(EnvironmentSettings):
    """The settings that all services share, as PUNCTUAL_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX)

    kafka: str = Field(pattern=SERVERS_PATTERN, examples=["127.0.0.1:9092"])
    topic_prefix: str = Field("", examples=["demo."])
    replica: str = Field(default_factory=socket.gethostname, pattern=r"^\S{1,200}$", examples=["sla-timer-1"])
    host: str = Field("127.0.0.1", examples=["0.0.0.0"])  # noqa: S104 - an example
    master_key: MasterKey = Field(examples=["the base64 of 32 random bytes: openssl rand -base64 32"])
    token_secret: SecretStr = Field(min_length=16, examples=["at least 16 characters"])
    survey_secret: SecretStr = Field(min_length=16, examples=["at least 16 characters"])
    feedback_url: str = Field("http://127.0.0.1:8105", examples=["https://feedback.example.com"])
    escalation_url: str = Field("http://127.0.0.1:8103", examples=["https://escalation.example.com"])
    """Where staff reach escalation: calls link to its page."""
    vendor_name: str = Field("Support", min_length=1, max_length=100, examples=["Example Support"])
    """In whose name our mails and pages speak to customers."""
    vendor_zone: Zone = Field("UTC", examples=["Europe/Berlin"])
    """The time zone in which they name instants, unless the customer's account has one of its own."""
    staff_domain: str = Field("desk.punctual.local", pattern=r"^[^@\s]+$", examples=["desk.example.com"])
    """Where the mailboxes of roles and engineers are: `vp@<domain>`."""
    clock_speed: float = Field(1.0, gt=0, examples=["2880"])
    clock_epoch: AwareDatetime | None = Field(None, examples=["2016-03-01T08:00:00Z"])
    clock_since: AwareDatetime | None = Field(None, examples=["2026-11-23T12:00:00Z"])
    otlp_endpoint: str | None = Field(None, pattern=r"^https?://[^/\s]+", examples=["http://collector:4318"])
    log_level: Level = Field("info", examples=["debug"])

    def clock(self) -> Clock:
        """The clock that all processes share."""
        if self.clock_speed == 1 and self.clock_epoch is None:
            return WallClock()
        if self.clock_epoch is None or self.clock_since is None:
            raise SettingsError(
                "PUNCTUAL_CLOCK_SPEED needs PUNCTUAL_CLOCK_EPOCH (where the clock starts) and PUNCTUAL_CLOCK_SINCE "
                "(the real instant it started at), e.g. 2016-03-01T08:00:00Z"
            )
        return AcceleratedClock(self.clock_speed, self.clock_epoch.astimezone(UTC), self.clock_since.astimezone(UTC))


class ServiceSettings(EnvironmentSettings):
    """The settings that each service has for itself, as PUNCTUAL_<SERVICE>_<FIELD>."""

    database_url: str = Field(
        pattern=r"^postgres(ql)?://\S+$", repr=False, examples=["postgresql://intake:secret@127.0.0.1:5432/intake"]
    )
    port: int = Field(ge=0, le=65535, examples=["8101"])


def prefix_of(service: str) -> str:
    """`PUNCTUAL_SLA_TIMER_` for `sla-timer`."""
    return PREFIX + service.upper().replace("-", "_") + "_"


def load(service: str, kind: type[S]) -> tuple[Common, S]:
    """The settings of a service. Raises SettingsError naming every variable that is missing, wrong or unknown."""
    env = os.environ
    folder = env.get("PUNCTUAL_SECRETS_DIR") or None
    if folder and not Path(folder).is_dir():
        raise SettingsError(f"PUNCTUAL_SECRETS_DIR is wrong: {folder} is no folder; for example /run/secrets")
    faults = _unknown(env, service, kind)
    made: list[BaseSettings] = []
    for cls, prefix in ((Common, PREFIX), (kind, prefix_of(service))):
        try:
            made.append(cls(_env_prefix=prefix, _secrets_dir=folder))
        except ValidationError as error:
            faults += [_fault(cls, prefix, fault) for fault in error.errors()]
    if faults:
        raise SettingsError("\n".join(faults))
    return made[0], made[1]  # type: ignore[return-value]


def _fault(cls: type[BaseSettings], prefix: str, fault: Any) -> str:
    name = str(fault["loc"][0]) if fault["loc"] else "?"
    example = _example(cls.model_fields.get(name))
    what = "is missing" if fault["type"] == "missing" else f"is wrong: {fault['msg']}"
    own = prefix.removeprefix(PREFIX).strip("_").lower() or "intake"
    return f"{prefix}{name.upper()} {what}; for example {prefix}{name.upper()}={example.replace('intake', own)}"


def _example(field: FieldInfo | None) -> str:
    return str(field.examples[0]) if field and field.examples else "..."


def _unknown(env: Mapping[str, str], service: str, kind: type[BaseSettings]) -> list[str]:
    mine = prefix_of(service)
    names = {*SERVICES, *(entry.name for entry in entry_points(group="punctual.services"))}
    others = [prefix_of(name) for name in names if name != service]
    known = {PREFIX + name.upper() for name in Common.model_fields} | {
        mine + name.upper() for name in kind.model_fields
    }
    strange = [
        name
        for name, value in env.items()
        if name.startswith(PREFIX)
        and name not in known
        and not is_link(name, value)
        and not TOOL_VARIABLES.match(name)
        and not any(name.startswith(prefix) for prefix in others)
    ]
    return [
        f"{name} is not a setting of {service}; did you mean one of {', '.join(sorted(known))}?" for name in strange
    ]
