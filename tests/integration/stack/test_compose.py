"""docker-compose.yml and the demo's override: read as they are, and by compose itself where there is one."""

import json
import os
import re
import subprocess
from importlib.metadata import entry_points
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.images import ROOT, compose_answers

from kit.process.settings import Common, prefix_of
from punctual.local.databases import SERVICES

BASE, DEMO = ROOT / "docker-compose.yml", ROOT / "deploy" / "compose.demo.yml"
JOBS = {"secrets", "migrate"}
"""They end; others wait for that."""
BLIND = {"collector"}
"""Its image holds one program, which cannot look at itself."""
SECRET = re.compile(r"(SECRET|KEY|PASSWORD|DATABASE_URL)$")
CLOCK = {
    "PUNCTUAL_POSTGRES_PORT": "5432",
    "PUNCTUAL_CLOCK_EPOCH": "2016-03-02T00:00:00Z",
    "PUNCTUAL_CLOCK_SINCE": "2026-11-23T12:00:00Z",
}


def written(*files: Any) -> list[tuple[str, dict[str, Any]]]:
    """All services of these files, by name."""
    return [one for file in files for one in YAML(typ="safe").load(file.read_text())["services"].items()]


def configured(*files: Any, **more: str) -> dict[str, Any]:
    """What compose makes of them, as it does without a `.env` and variables of ours."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PUNCTUAL_", "COMPOSE_"))}
    argv = ["docker", "compose", "--env-file", "/dev/null"]
    argv += [word for file in files for word in ("-f", str(file))]
    said = subprocess.run([*argv, "config", "--format", "json"], env=env | more, capture_output=True, check=False)
    assert said.returncode == 0, said.stderr.decode()
    found: dict[str, Any] = json.loads(said.stdout)
    return found


with_compose = pytest.mark.skipif(not compose_answers(), reason="there is no docker compose")


@with_compose
def test_compose_understands_the_desk() -> None:
    found = configured(BASE)
    assert found["name"] == "punctual"
    assert set(SERVICES) < found["services"].keys()


@with_compose
def test_the_demos_desk_is_a_project_of_its_own_with_the_same_images_and_its_clock() -> None:
    usual, demo = configured(BASE), configured(BASE, DEMO, **CLOCK)
    assert demo["name"] == "punctual-demo"
    assert not {one["name"] for one in usual["volumes"].values()} & {one["name"] for one in demo["volumes"].values()}
    for name in SERVICES:
        assert demo["services"][name]["image"] == usual["services"][name]["image"]
        assert demo["services"][name]["environment"]["PUNCTUAL_CLOCK_EPOCH"] == CLOCK["PUNCTUAL_CLOCK_EPOCH"]
        assert "PUNCTUAL_CLOCK_EPOCH" not in usual["services"][name]["environment"]


@with_compose
def test_services_are_told_nothing_that_they_would_refuse_to_know() -> None:
    published = {point.name: point for point in entry_points(group="punctual.services")}
    demo = configured(BASE, DEMO, **CLOCK)
    for name in SERVICES:
        own = published[name].load().settings
        known = {f"PUNCTUAL_{field.upper()}" for field in Common.model_fields}
        known |= {prefix_of(name) + field.upper() for field in own.model_fields}
        assert demo["services"][name]["environment"].keys() <= known


def test_everything_that_stays_up_has_a_health_check() -> None:
    without = {name for name, service in written(BASE) if "healthcheck" not in service}
    assert without == JOBS | BLIND


def test_a_busy_machine_makes_no_service_ill() -> None:
    checks = [service["healthcheck"] for _, service in written(BASE) if "healthcheck" in service]
    patience = {(one["timeout"], one["retries"], one["interval"], one["start_period"]) for one in checks}
    assert patience == {("10s", 8, "15s", "2m")}, "two minutes of failure, once it is up"


def test_ports_are_on_loopback_only() -> None:
    ports = [port for _, service in written(BASE, DEMO) for port in service.get("ports", [])]
    assert len(ports) == len(SERVICES) + 4, "and Kafka, the mails, the door for mails, the demo's PostgreSQL"
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_no_secret_is_in_the_files() -> None:
    named = [key for _, service in written(BASE, DEMO) for key in service.get("environment", {})]
    assert [key for key in named if SECRET.search(key)] == []
    for file in (BASE, DEMO):
        assert not re.search(r"://[^/\s]*:[^/\s]*@", file.read_text()), "an address with a password"


def test_services_can_change_nothing_but_what_they_must() -> None:
    for name, service in written(BASE):
        if name in SERVICES:
            assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
            assert service["volumes"] == ["secrets:/run/secrets:ro"]
