"""The release: a hash of the code, the same however it was built and installed."""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from kit.process.service import Service


def release_of(service: Service) -> str:
    """The release of a service, with all packages that it uses."""
    return _of(("contracts", "hours", "kit", service.react.__module__.partition(".")[0]))


@cache
def _of(packages: Iterable[str]) -> str:
    said = blake2b(digest_size=8)
    for package in packages:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            for file in sorted(Path(folder).rglob("*.py")):
                said.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return said.hexdigest()
