"""Which members there are: the lists of them that a tool wants in a file of its own follow from the folders.

A member is a folder of `shared/` or `services/`; the order of services is that of `contracts/names.py`. `make members`
writes the lists, and `make check` fails where one is not as it would be written.
"""

import re
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from tests.contract.naming import ROOT

from contracts.names import SERVICES

NAMES = "shared/contracts/contracts/names.py"
PROJECT, COMPOSE, DEMO = "pyproject.toml", "docker-compose.yml", "deploy/compose.demo.yml"
SOME = "# not all services"
"""Ends a line of import contracts that means only those that it names."""
HINT = f"run `make members` (import contracts that mean only some services say so: `{SOME}`)"
FIRST_PORT = 8101
MODEL = "escalation"
"""The service whose container has nothing of its own; that of a new one is written like it."""


def folders(root: Path, place: str) -> list[str]:
    """Members in `shared` or `services`, by name."""
    return sorted(file.parent.name for file in root.glob(f"{place}/*/pyproject.toml"))


def package(name: str) -> str:
    """`sla_timer` for `sla-timer`."""
    return name.replace("-", "_")


def project(text: str, services: Sequence[str], libraries: Sequence[str]) -> str:
    """pyproject.toml with these members. Import contracts that name several services name all, or say `SOME`."""
    members = (*libraries, *services)
    places = (*(f"shared/{name}" for name in libraries), *(f"services/{name}" for name in services), "deploy/local")
    packages = [package(name) for name in members]
    sources = "".join(f"{name} = {{ workspace = true }}\n" for name in members)
    text = re.sub(r"(?m)(?<=^\[tool\.uv\.sources\]\n)(?:\S.*\n)*", sources, text)
    for key, values in (("dependencies", members), ("mypy_path", places), ("root_packages", packages)):
        text = re.sub(rf"(?m)^{key} = \[.*\]$", f"{key} = {_array(values)}", text, count=1)
    start = text.index("[tool.importlinter]")
    lines = text[start:].splitlines(keepends=True)
    names = [package(name) for name in services]
    return text[:start] + "".join(line if SOME in line else _completed(line, names) for line in lines)


def _array(values: Sequence[str]) -> str:
    return "[{}]".format(", ".join(f'"{value}"' for value in values))


def _completed(line: str, names: Sequence[str]) -> str:
    """Of a line each row of services, as `"intake", "feedback"` or `intake | feedback`, perhaps of their rooms."""
    name = rf"\b(?:{'|'.join(names)})\b"
    for quote, comma in (('"', ", "), ("", " | ")):
        row = rf"{quote}{name}(?P<room>[\w.]*){quote}(?:{re.escape(comma)}{quote}{name}(?P=room){quote})+"
        whole = comma.join(rf"{quote}{one}\g<room>{quote}" for one in names)
        line = re.sub(row, whole, line)
    return line


def compose(text: str, services: Sequence[str]) -> str:
    """docker-compose.yml with a container for each service: what one needs beyond the usual is written by hand."""
    (model,) = re.findall(rf"\n  {MODEL}:\n(?:    .*\n)+", text)
    for name in (one for one in services if f"\n  {one}:\n" not in text):
        block = model.replace(MODEL, name).replace(package(MODEL).upper(), package(name).upper())
        block = block.replace(_port_of(model), _free_port(text))
        at = text.index("\nvolumes:\n")
        text = text[:at] + block + text[at:]
    return text


def _port_of(block: str) -> str:
    """The port of a container, as its block writes it."""
    (port,) = set(re.findall(r"\b81\d\d\b", block))
    return str(port)


def _free_port(text: str) -> str:
    """The first port that no container has yet, wherever in the list the new service is."""
    return next(str(port) for port in count(FIRST_PORT) if str(port) not in text)


def demo(text: str, services: Sequence[str]) -> str:
    """The demo's override, with its settings for each service."""
    return text + "".join(f"  {name}: {{environment: *settings}}\n" for name in services if f"\n  {name}: " not in text)


def written(root: Path, services: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By file what it says, and what it is to say."""
    libraries = folders(root, "shared")
    texts = {name: (root / name).read_text(encoding="utf-8") for name in (PROJECT, COMPOSE, DEMO)}
    return {
        PROJECT: (texts[PROJECT], project(texts[PROJECT], services, libraries)),
        COMPOSE: (texts[COMPOSE], compose(texts[COMPOSE], services)),
        DEMO: (texts[DEMO], demo(texts[DEMO], services)),
    }


def unnamed(root: Path, services: Sequence[str]) -> list[str]:
    """What to do about each folder without its line, and about each line without its folder."""
    there = folders(root, "services")
    return [
        *(f'add `"{name}": "punctual.{name}.v1",` to TOPIC_OF in {NAMES}' for name in sorted({*there} - {*services})),
        *(f"{NAMES} names {name}, and there is no services/{name}" for name in services if name not in there),
    ]


def main(root: Path, services: Sequence[str], *, check: bool) -> int:
    """Write the lists, or say which are not as they would be written. The exit code."""
    if problems := unnamed(root, services):
        print(*problems, sep="\n")
        return 1
    changed = {name: new for name, (old, new) in written(root, services).items() if old != new}
    for name, new in changed.items():
        if not check:
            (root / name).write_text(new, encoding="utf-8")
        print(f"{name} does not list every member: {HINT}" if check else f"{name}: written")
    return int(check and bool(changed))


if __name__ == "__main__":
    sys.exit(main(ROOT, SERVICES, check="--check" in sys.argv))
