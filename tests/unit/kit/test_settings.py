"""A start with wrong settings stops, and names each of them with an example."""

import base64
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from contracts.names import SERVICES
from kit.clock import AcceleratedClock, WallClock
from kit.process.service import Service
from kit.process.settings import Common, ServiceSettings, SettingsError, is_link, load, prefix_of

MASTER = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "PUNCTUAL_KAFKA": "127.0.0.1:9092",
    "PUNCTUAL_MASTER_KEY": MASTER,
    "PUNCTUAL_TOKEN_SECRET": "a secret that is long enough",
    "PUNCTUAL_SURVEY_SECRET": "a secret that is long enough",
    "PUNCTUAL_INTAKE_DATABASE_URL": "postgresql://intake:secret@127.0.0.1:5432/intake",
    "PUNCTUAL_INTAKE_PORT": "8101",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    import os

    for name in [name for name in os.environ if name.startswith("PUNCTUAL_")]:
        monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def published(name: str) -> Service:
    """A service as it is installed."""
    (point,) = entry_points(group="punctual.services", name=name)
    service: Service = point.load()
    return service


def faults(environment: pytest.MonkeyPatch, **changes: str | None) -> list[str]:
    """What is said of an environment with these changes."""
    for name, value in changes.items():
        if value is None:
            environment.delenv(name)
        else:
            environment.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load("intake", ServiceSettings)
    return str(refused.value).splitlines()


def test_the_vendor_has_a_name_and_a_time_zone_that_exists(environment: pytest.MonkeyPatch) -> None:
    common, _ = load("intake", ServiceSettings)
    assert (common.vendor_name, common.vendor_zone) == ("Support", "UTC")
    for zone in ("Europe/Berlim", "../etc/passwd", "/etc", "Europe"):
        (fault,) = faults(environment, PUNCTUAL_VENDOR_ZONE=zone)
        assert "PUNCTUAL_VENDOR_ZONE is wrong" in fault
        assert "PUNCTUAL_VENDOR_ZONE=Europe/Berlin" in fault


def test_a_whole_environment_is_taken(environment: pytest.MonkeyPatch) -> None:
    common, own = load("intake", ServiceSettings)
    assert (common.kafka, common.master_key, own.port) == ("127.0.0.1:9092", b"k" * 32, 8101)
    assert isinstance(common.clock(), WallClock)
    assert "long enough" not in repr(common)
    assert "secret" not in repr(own)


def test_every_missing_variable_is_named_with_an_example(environment: pytest.MonkeyPatch) -> None:
    said = faults(environment, PUNCTUAL_KAFKA=None, PUNCTUAL_MASTER_KEY=None, PUNCTUAL_INTAKE_DATABASE_URL=None)
    assert len(said) == 3
    assert said[0] == "PUNCTUAL_KAFKA is missing; for example PUNCTUAL_KAFKA=127.0.0.1:9092"
    assert said[1].startswith("PUNCTUAL_MASTER_KEY is missing; for example")
    assert said[2].startswith("PUNCTUAL_INTAKE_DATABASE_URL is missing; for example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUNCTUAL_KAFKA", "http://kafka:9092/"),
        ("PUNCTUAL_MASTER_KEY", "not base64!"),
        ("PUNCTUAL_MASTER_KEY", base64.b64encode(b"short").decode()),
        ("PUNCTUAL_TOKEN_SECRET", "short"),
        ("PUNCTUAL_CLOCK_SPEED", "0"),
        ("PUNCTUAL_CLOCK_SPEED", "fast"),
        ("PUNCTUAL_CLOCK_EPOCH", "2016-03-01T08:00:00"),
        ("PUNCTUAL_LOG_LEVEL", "loud"),
        ("PUNCTUAL_OTLP_ENDPOINT", "collector"),
        ("PUNCTUAL_INTAKE_PORT", "http"),
        ("PUNCTUAL_INTAKE_PORT", "65536"),
        ("PUNCTUAL_INTAKE_DATABASE_URL", "mysql://intake@localhost/intake"),
    ],
)
def test_a_wrong_value_is_named_with_an_example_and_not_repeated(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    (said,) = faults(environment, **{name: value})
    assert said.startswith(f"{name} is wrong: ")
    assert f"for example {name}=" in said
    if "SECRET" in name or "KEY" in name or "DATABASE" in name:
        assert value not in said


def test_an_unknown_variable_is_named_with_those_that_there_are(environment: pytest.MonkeyPatch) -> None:
    (said,) = faults(environment, PUNCTUAL_KAFAK="127.0.0.1:9092")
    assert said.startswith("PUNCTUAL_KAFAK is not a setting of intake; did you mean one of")
    assert "PUNCTUAL_KAFKA" in said
    (said,) = faults(environment, PUNCTUAL_INTAKE_PROT="1", PUNCTUAL_KAFAK=None)
    assert said.startswith("PUNCTUAL_INTAKE_PROT is not a setting")


def test_what_other_services_and_the_tools_are_told_is_no_mistake(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUNCTUAL_NOTIFIER_SMTP_URL", "smtp://mail")
    environment.setenv("PUNCTUAL_HOME", "/somewhere")
    environment.setenv("PUNCTUAL_SHARED", "/elsewhere")
    environment.setenv("PUNCTUAL_OTLP_ENDPOINT", "")  # as compose files say "none"
    assert load("intake", ServiceSettings)[0].otlp_endpoint is None


LINKS = {
    "PUNCTUAL_POSTGRES_SERVICE_HOST": "10.0.0.5",
    "PUNCTUAL_POSTGRES_SERVICE_PORT": "5432",
    "PUNCTUAL_INTAKE_SERVICE_HOST": "fd00::17",
    "PUNCTUAL_INTAKE_SERVICE_PORT_HTTP": "8101",
    "PUNCTUAL_INTAKE_PORT": "tcp://10.0.0.7:8101",
    "PUNCTUAL_INTAKE_PORT_8101_TCP": "tcp://10.0.0.7:8101",
    "PUNCTUAL_INTAKE_PORT_8101_TCP_PROTO": "tcp",
    "PUNCTUAL_INTAKE_PORT_8101_TCP_PORT": "8101",
    "PUNCTUAL_INTAKE_PORT_8101_TCP_ADDR": "10.0.0.7",
    "PUNCTUAL_INTAKE_SMTP_PORT": "tcp://10.0.0.7:25",
    "PUNCTUAL_MAIL_GATEWAY_PORT": "tcp://10.0.0.9:25",
    "PUNCTUAL_COLLECTOR_PORT_4317_UDP_ADDR": "10.0.0.8",
    "PUNCTUAL_SERVICE_HOST": "10.0.0.9",
    "PUNCTUAL_PORT": "tcp://10.0.0.9:80",
    "PUNCTUAL_PORT_80_TCP": "tcp://10.0.0.9:80",
}
"""What Kubernetes sets in every container of a namespace with services of such names."""


@pytest.mark.parametrize("name", SERVICES)
def test_what_the_orchestrator_says_of_its_services_is_no_setting(environment: pytest.MonkeyPatch, name: str) -> None:
    kind = published(name).settings
    environment.delenv("PUNCTUAL_INTAKE_PORT")
    environment.setenv(prefix_of(name) + "DATABASE_URL", GOOD["PUNCTUAL_INTAKE_DATABASE_URL"])
    without = load(name, kind)
    for link, value in LINKS.items():
        environment.setenv(link, value)
        environment.setenv(link.replace("INTAKE", name.upper().replace("-", "_")), value)
    assert load(name, kind) == without


def test_no_setting_of_ours_has_the_name_of_a_link() -> None:
    names = [f"PUNCTUAL_{field.upper()}" for field in Common.model_fields]
    names += [prefix_of(one) + field.upper() for one in SERVICES for field in published(one).settings.model_fields]
    assert [name for name in names if is_link(name, "8101")] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUNCTUAL_KAFKA_PORT", "9092"),
        ("PUNCTUAL_INTAKE_HOST", "10.0.0.7"),
        ("PUNCTUAL_INTAKE_SERVICE", "10.0.0.7"),
        ("PUNCTUAL_SERVICE_HOSTS", "10.0.0.7"),
        ("PUNCTUAL_INTAKE_PORT_HTTP_TCP", "tcp://10.0.0.7:8101"),
        ("PUNCTUAL_URL", "tcp://10.0.0.7:8101"),
    ],
)
def test_what_only_looks_like_it_is_refused_by_name(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    (said,) = faults(environment, **{name: value})
    assert said.startswith(f"{name} is not a setting of intake")


def test_an_image_with_one_service_knows_the_variables_of_the_others(environment: pytest.MonkeyPatch) -> None:
    environment.setattr("kit.process.settings.entry_points", lambda group: [])
    environment.setenv("PUNCTUAL_SLA_TIMER_DATABASE_URL", "postgresql://sla_timer@db/sla_timer")
    environment.setenv("PUNCTUAL_NOTIFIER_SMTP_URL", "smtp://mail")
    load("intake", ServiceSettings)
    (said,) = faults(environment, PUNCTUAL_SLA_TIMR_PORT="1")
    assert said.startswith("PUNCTUAL_SLA_TIMR_PORT is not a setting of intake")


def test_secrets_come_from_files_too(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PUNCTUAL_MASTER_KEY", "PUNCTUAL_TOKEN_SECRET", "PUNCTUAL_INTAKE_DATABASE_URL"):
        (tmp_path / name.lower()).write_text(GOOD[name] + "\n")
        environment.delenv(name)
    environment.setenv("PUNCTUAL_SECRETS_DIR", str(tmp_path))
    common, own = load("intake", ServiceSettings)
    assert common.master_key == b"k" * 32
    assert common.token_secret.get_secret_value() == GOOD["PUNCTUAL_TOKEN_SECRET"]
    assert own.database_url == GOOD["PUNCTUAL_INTAKE_DATABASE_URL"]


def test_a_folder_of_secrets_that_is_not_there_is_named(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (said,) = faults(environment, PUNCTUAL_SECRETS_DIR=str(tmp_path / "nowhere"))
    assert said.startswith("PUNCTUAL_SECRETS_DIR is wrong: ")


def test_a_fast_clock_needs_to_know_where_it_starts(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUNCTUAL_CLOCK_SPEED", "60")
    common, _ = load("intake", ServiceSettings)
    with pytest.raises(SettingsError, match="PUNCTUAL_CLOCK_EPOCH"):
        common.clock()
    environment.setenv("PUNCTUAL_CLOCK_EPOCH", "2016-03-01T09:00:00+01:00")
    environment.setenv("PUNCTUAL_CLOCK_SINCE", "2026-11-23T12:00:00Z")
    clock = load("intake", ServiceSettings)[0].clock()
    epoch, since = datetime(2016, 3, 1, 8, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert clock == AcceleratedClock(60, epoch, since)


def test_the_process_ends_with_2_and_says_what_is_wrong(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("PUNCTUAL_MASTER_KEY")
    environment.setenv("PUNCTUAL_LOG_LEVEL", "loud")
    command = [sys.executable, "-m", "punctual", "serve", "intake"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert [line.split()[0] for line in ended.stderr.splitlines()] == ["PUNCTUAL_MASTER_KEY", "PUNCTUAL_LOG_LEVEL"]
    assert ended.stdout == ""


def test_all_in_one_process_say_all_that_is_wrong_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("PUNCTUAL_MASTER_KEY")
    command = [sys.executable, "-m", "punctual", "serve", "all"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    said = [line.split()[0] for line in ended.stderr.splitlines() if "_PORT" not in line]
    others = ("ESCALATION", "FEEDBACK", "NOTIFIER", "SLA_TIMER")
    assert sorted(said) == sorted(["PUNCTUAL_MASTER_KEY", *(f"PUNCTUAL_{name}_DATABASE_URL" for name in others)])


def test_every_setting_has_an_example() -> None:
    for kind in (Common, ServiceSettings):
        assert [name for name, field in kind.model_fields.items() if not field.examples] == []
