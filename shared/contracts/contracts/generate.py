"""Write what is generated: the JSON Schemas of the events and of the policy, and the AsyncAPI document.

python -m contracts.generate             write them
python -m contracts.generate --check     name those that differ from the classes, and fail
python -m contracts.generate --release   write them, and declare the schemas published: from now on they only grow
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import contracts
from contracts.asyncapi import document
from contracts.base import BY_NAME
from contracts.schema import file_name, policy_schema, schema_of

HERE = Path(__file__).parent
RELEASED = "released"

Schemas = dict[tuple[str, int], dict[str, Any]]


def schemas(folder: Path = HERE) -> Schemas:
    """The schemas of all events: current versions from their classes, older ones as they were released."""
    found = {key: schema for key, schema in released(folder).items() if key[0] in BY_NAME}
    found |= {(kind.name, kind.version): schema_of(kind) for kind in BY_NAME.values()}
    return dict(sorted(found.items()))


def released(folder: Path = HERE) -> Schemas:
    """The schemas that have been published."""
    found: Schemas = {}
    for path in sorted((folder / RELEASED).glob("*.json")):
        name, _, version = path.stem.rpartition(".v")
        found[name, int(version)] = json.loads(path.read_text(encoding="utf-8"))
    return found


def generated(folder: Path = HERE) -> dict[Path, str]:
    """What each generated file should say, by its path inside the folder."""
    made = schemas(folder)
    files = {Path("schemas", file_name(*key)): _text(schema) for key, schema in made.items()}
    return files | {
        Path("asyncapi.json"): _text(document(made)),
        Path("policy.schema.json"): _text(policy_schema()),
    }


def drift(folder: Path = HERE) -> list[str]:
    """The generated files that are missing, differ, or shouldn't be there: a sentence for each."""
    files = generated(folder)
    wrong = [
        f"{path} {'differs from its event class' if (folder / path).exists() else 'is missing'}"
        for path, text in files.items()
        if not (folder / path).exists() or (folder / path).read_text(encoding="utf-8") != text
    ]
    return wrong + [f"{path} belongs to no event" for path in _stray(folder, files)]


def write(folder: Path = HERE) -> None:
    """Write the files and remove those that belong to no event."""
    files = generated(folder)
    for path in _stray(folder, files):
        (folder / path).unlink()
    for path, text in files.items():
        _write(folder / path, text)


def release(folder: Path = HERE) -> None:
    """Declare the current schemas published. Those of older versions stay for ever."""
    write(folder)
    for kind in BY_NAME.values():
        name = file_name(kind.name, kind.version)
        _write(folder / RELEASED / name, (folder / "schemas" / name).read_text(encoding="utf-8"))


def _stray(folder: Path, files: dict[Path, str]) -> list[Path]:
    present = (path.relative_to(folder) for path in sorted((folder / "schemas").glob("*.json")))
    return [path for path in present if path not in files]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def main(argv: Sequence[str] | None = None, folder: Path = HERE) -> int:
    """The command. Returns the exit code."""
    parser = ArgumentParser(prog="python -m contracts.generate", description=contracts.__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="fail, naming the files that differ")
    what.add_argument("--release", action="store_true", help="also declare the schemas published")
    chosen = parser.parse_args(argv)
    if chosen.check:
        wrong = drift(folder)
        sys.stdout.writelines(f"{sentence}; run: python -m contracts.generate\n" for sentence in wrong)
        return 1 if wrong else 0
    (release if chosen.release else write)(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
