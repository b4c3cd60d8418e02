"""The demo in containers: what it tells docker, what it reads, and what it says where docker isn't as it must be."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from punctual.demo.catcher import MailDev
from punctual.demo.compose import PORTS, environment, from_outside, ground_of, head_start, read_secrets
from punctual.demo.environment import clock_from
from punctual.local.compose import Compose
from punctual.local.databases import SERVICES, role_of
from punctual.local.errors import StackUnavailable

CLOCK = clock_from(datetime(2026, 11, 23, 12, tzinfo=UTC))
NUMBERS = {name: 40000 + n for n, name in enumerate(PORTS)}
TO_X = {"from": {"address": "desk@z.example"}, "to": [{"address": "x@y.example"}]}
TO_V = {"from": {"address": "desk@z.example"}, "to": [{"address": "v@w.example"}]}
MAILS = [
    {"id": "a1", "subject": "first", "headers": {"message-id": "<1@desk>"}, "envelope": TO_X},
    {"id": "b2", "headers": {}, "envelope": TO_V},
    {"id": "c3", "subject": "third", "headers": {"message-id": "<3@desk>"}, "envelope": TO_X},
]


def test_docker_gets_our_ports_and_clock_and_none_of_our_other_settings() -> None:
    ours = {"PATH": "/bin", "DOCKER_HOST": "unix:///x", "PUNCTUAL_KAFKA": "elsewhere:1", "COMPOSE_FILE": "other.yml"}
    env = environment(ours, NUMBERS, CLOCK)
    assert env["PATH"] == "/bin"
    assert env["DOCKER_HOST"] == "unix:///x"
    assert not {"PUNCTUAL_KAFKA", "COMPOSE_FILE"} & env.keys()
    assert env["PUNCTUAL_SLA_TIMER_PORT"] == str(NUMBERS["sla-timer"])
    assert env["PUNCTUAL_CLOCK_SPEED"] == "2880.0"


def test_secrets_are_read_by_file_name_whatever_they_contain() -> None:
    said = "/run/secrets/punctual_token_secret:a:b=c\n/run/secrets/x:postgresql://u:p@h:5432/d\n"
    assert read_secrets(said) == {"punctual_token_secret": "a:b=c", "x": "postgresql://u:p@h:5432/d"}


def test_a_database_is_reached_from_outside_with_the_same_role_and_password() -> None:
    assert from_outside("postgresql://intake:p@postgres:5432/intake", 7) == "postgresql://intake:p@127.0.0.1:7/intake"


def test_the_ground_has_addresses_on_this_machine_only() -> None:
    secrets = {f"punctual_{role_of(s)}_database_url": f"postgresql://{s}:p@postgres:5432/d" for s in SERVICES}
    environment = ground_of(CLOCK, NUMBERS, secrets | {"punctual_token_secret": "t" * 16})
    assert environment.stack == "compose"
    assert {url.rpartition(":")[0] for url in environment.urls.values()} == {"http://127.0.0.1"}
    assert all("@127.0.0.1:" in dsn for dsn in environment.dsns.values())


@pytest.mark.parametrize(("took", "seconds"), [(1.0, 4.0), (20.0, 17.0), (1000.0, 90.0)])
def test_the_slower_the_machine_the_later_the_day_begins(took: float, seconds: float) -> None:
    assert head_start(took) == timedelta(seconds=seconds)


async def test_maildevs_list_is_told_newest_first_and_its_mails_as_they_came() -> None:
    asked: list[str] = []

    def answers(request: httpx2.Request) -> httpx2.Response:
        if request.url.path != "/api/email":
            return httpx2.Response(200, content=request.url.path.encode())
        asked.append(request.url.params["skip"])
        return httpx2.Response(200, content=json.dumps(MAILS[int(asked[-1]) :]))

    catcher = MailDev("http://127.0.0.1:1/")
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answers)) as http:
        found = await catcher.caught(http, "x@y.example")
        assert [(one["id"], one["subject"], one["message_id"]) for one in found] == [
            ("c3", "third", "<3@desk>"),
            ("a1", "first", "<1@desk>"),
        ]
        assert [one["subject"] for one in await catcher.caught(http, "v@w.example")] == [""]
        assert asked == ["0"], "people who look at the same moment cost one question"
        assert len(await catcher.caught(http)) == 3
        assert asked == ["0", "3"], "what is known is not asked for again"
        assert await catcher.raw(http, found[1]) == b"/api/email/a1/source"


def docker(folder: Path, script: str) -> Compose:
    """A project whose `docker` is this shell script."""
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Compose("p", [], {"PATH": f"{folder}:/bin:/usr/bin"}, folder / "compose.log")


async def test_where_there_is_no_docker_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StackUnavailable, match=r"No Docker engine answers \(docker: No such file"):
        await Compose("p", [], {"PATH": str(tmp_path)}, tmp_path / "log").check()


async def test_where_no_engine_answers_it_says_what_docker_says(tmp_path: Path) -> None:
    with pytest.raises(
        StackUnavailable, match=r"No Docker engine answers \(Cannot connect.*leave `--stack compose` out"
    ):
        await docker(tmp_path, "echo Cannot connect to the Docker daemon >&2; exit 1").check()


@pytest.mark.parametrize(
    ("engine", "compose", "said"),
    [("20.10.24", "2.30.0", "Docker engine is 20.10.24, and 25"), ("26.1.5", "1.29.2", "Compose is 1.29.2, and 2 is")],
)
async def test_where_docker_is_too_old_it_says_which_and_how_new_it_must_be(
    tmp_path: Path, engine: str, compose: str, said: str
) -> None:
    with pytest.raises(StackUnavailable, match=said):
        await docker(tmp_path, f'[ "$1" = version ] && echo {engine} || echo {compose}').check()


async def test_docker_as_it_must_be_is_taken(tmp_path: Path) -> None:
    await docker(tmp_path, '[ "$1" = version ] && echo 26.1.5+dfsg1 || echo v5.6.0').check()


async def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(StackUnavailable, match=r"`docker compose up` failed \(exit 3\). no space left"):
        await docker(tmp_path, "echo no space left; exit 3").run("up")
    assert "no space left" in (tmp_path / "compose.log").read_text()


async def test_a_job_is_waited_for_and_its_failure_told(tmp_path: Path) -> None:
    ps = """'{"Service":"migrate","State":"exited","ExitCode":1}'"""
    with pytest.raises(StackUnavailable, match=r"migrate failed \(exit 1\). no such role"):
        await docker(tmp_path, f'case "$*" in *" ps "*) echo {ps};; *) echo no such role;; esac').finished("migrate", 5)
