"""Whoever adds a service makes a folder and writes one line; the lists that tools want follow from these."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.contract.members import COMPOSE, DEMO, HINT, NAMES, PROJECT, SOME, folders, main, project
from tests.contract.naming import ROOT

from contracts.names import SERVICES

NEW = "night-watch"
MORE = (*SERVICES, NEW)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What `make members` reads and writes."""
    for name in (PROJECT, COMPOSE, DEMO, *(str(file.relative_to(ROOT)) for file in ROOT.glob("s*/*/pyproject.toml"))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def grown(copy: Path) -> Path:
    """The same with one more service."""
    folder = copy / "services" / NEW
    folder.mkdir()
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{NEW}"\n')
    return copy


def read(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / PROJECT).read_text())


def containers(root: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load((root / name).read_text())["services"]
    return found


def test_every_list_in_the_repository_is_as_it_would_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ROOT, SERVICES, check=True) == 0, capsys.readouterr().out


def test_a_folder_without_its_line_is_named_with_the_line_to_add(
    grown: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(grown, SERVICES, check=True) == 1
    assert capsys.readouterr().out == f'add `"{NEW}": "punctual.{NEW}.v1",` to TOPIC_OF in {NAMES}\n'


def test_a_line_without_its_folder_is_named(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(copy, MORE, check=False) == 1
    assert capsys.readouterr().out == f"{NAMES} names {NEW}, and there is no services/{NEW}\n"


def test_after_the_folder_and_the_line_every_list_is_written_and_then_stays(
    grown: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = (PROJECT, COMPOSE, DEMO)
    assert main(grown, MORE, check=True) == 1
    assert capsys.readouterr().out.splitlines() == [f"{name} does not list every member: {HINT}" for name in files]
    assert main(grown, MORE, check=False) == 0
    assert main(grown, MORE, check=True) == 0


def test_the_package_gets_its_place_in_every_list_of_the_project(grown: Path) -> None:
    before = read(grown)
    main(grown, MORE, check=False)
    after = read(grown)
    assert after["project"]["dependencies"] == [*folders(grown, "shared"), *MORE]
    assert after["tool"]["uv"]["sources"].keys() == before["tool"]["uv"]["sources"].keys() | {NEW}
    assert set(after["tool"]["mypy"]["mypy_path"]) - set(before["tool"]["mypy"]["mypy_path"]) == {f"services/{NEW}"}
    assert set(after["tool"]["importlinter"]["root_packages"]) >= {"night_watch", "sla_timer", "kit"}
    gained = {
        contract["name"]: sorted(set(str(contract).split("'")) - set(str(former).split("'")))
        for former, contract in zip(
            before["tool"]["importlinter"]["contracts"], after["tool"]["importlinter"]["contracts"], strict=True
        )
        if former != contract
    }
    assert gained["Services never import one another"] == ["night_watch"]
    assert gained["The same rooms in the same order in every service, and no others"] == ["night_watch"]
    assert gained["Domains do no I/O"] == ["night_watch.domain"]
    layers = [row for names in gained.values() for row in names if " | " in row]
    assert layers == ["intake | sla_timer | escalation | notifier | feedback | night_watch"]


def test_it_gets_a_container_with_a_port_and_a_health_check_of_its_own_and_the_demo_s_clock(grown: Path) -> None:
    main(grown, MORE, check=False)
    made, other = containers(grown, COMPOSE)[NEW], containers(grown, COMPOSE)["escalation"]
    assert made.keys() == other.keys()
    assert made["command"] == ["serve", NEW]
    assert made["ports"] == ["127.0.0.1:${PUNCTUAL_NIGHT_WATCH_PORT:-8106}:8106"]
    assert made["environment"]["PUNCTUAL_NIGHT_WATCH_PORT"] == "8106"
    assert "http://127.0.0.1:8106/readyz" in made["healthcheck"]["test"][-1]
    assert containers(grown, DEMO)[NEW] == containers(grown, DEMO)["escalation"]


def test_wherever_it_stands_in_the_list_it_takes_no_other_s_port(grown: Path) -> None:
    assert main(grown, (NEW, *SERVICES), check=False) == 0
    ports = [made["ports"][0] for made in containers(grown, COMPOSE).values() if "ports" in made]
    assert len(ports) == len(set(ports))
    assert containers(grown, COMPOSE)[NEW]["environment"]["PUNCTUAL_NIGHT_WATCH_PORT"] == "8106"


def test_an_import_contract_that_means_only_some_services_says_so_and_is_left_alone() -> None:
    text = (ROOT / PROJECT).read_text() + f'modules = ["intake", "feedback"] {SOME}\nlayers = ["intake | feedback"]\n'
    *_, some, every = project(text, MORE, folders(ROOT, "shared")).splitlines()
    assert some == f'modules = ["intake", "feedback"] {SOME}'
    assert every == 'layers = ["intake | sla_timer | escalation | notifier | feedback | night_watch"]'
