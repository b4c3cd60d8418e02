"""Real mails of public sets. They stay where they are: some of them are copyleft."""

import csv
import gzip
from collections.abc import Iterator

from tests.shared import DATA

from intake.mail import Mail, parse


def folders() -> list[str]:
    """The sets of mails at hand."""
    return sorted(path.name for path in DATA.glob("email-*")) if DATA.is_dir() else []


def read(folder: str, file: str) -> bytes:
    """The bytes of a mail."""
    data = (DATA / folder / file).read_bytes()
    return gzip.decompress(data) if file.endswith(".gz") else data


def mails(folder: str) -> Iterator[tuple[str, Mail]]:
    """Each mail of a set, by its file."""
    with (DATA / folder / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest):
            yield row["file"], parse(read(folder, row["file"]))
