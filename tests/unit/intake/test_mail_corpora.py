"""Real mails of thirteen public sets, read and sorted. They stay where they are: some of them are copyleft."""

import csv
import gzip
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.shared import DATA, none

from intake.mail import Mail, message_words, opening_words, parse

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=none("real mails"))

FROM_PEOPLE = {
    "email-bounceparser": {"spam-bogus-email-in-report.msg", "spam-with-image.msg"},
    "email-flufl-bounce": {"groupwise_03.txt"},  # an answer of a hotel
    "email-sisimai-bounces": {
        # Bounces that a person forwarded, and one that is none.
        "lhost-sendmail-14.eml",
        "make-test-36.eml",
        "is-not-bounce-02.eml",
    },
}
"""Sets of machines' mails, and which of them people wrote."""


class Sample(NamedTuple):
    file: str
    row: dict[str, str]
    raw: bytes
    mail: Mail


@cache
def samples(folder: str) -> tuple[Sample, ...]:
    return tuple(_read(DATA / folder))


def _read(folder: Path) -> Iterator[Sample]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest):
            raw = (folder / row["file"]).read_bytes()
            raw = gzip.decompress(raw) if row["file"].endswith(".gz") else raw
            yield Sample(Path(row["file"]).name, row, raw, parse(raw))


def folders() -> list[str]:
    return sorted(path.name for path in DATA.glob("email-*")) if DATA.is_dir() else []


def test_all_sets_are_there() -> None:
    assert sum(len(samples(folder)) for folder in folders()) == 1_237


@pytest.mark.parametrize("folder", folders())
def test_every_mail_is_read(folder: str) -> None:
    for sample in samples(folder):
        mail = sample.mail
        assert mail.size == len(sample.raw)
        for text in (mail.text, mail.subject, mail.sender, opening_words(mail).title, message_words(mail).description):
            text.encode("utf-8")


@pytest.mark.parametrize("folder", folders())
def test_message_ids_are_those_of_the_manifest(folder: str) -> None:
    told = [(sample.mail.message_id, sample.row["message_id"].strip()) for sample in samples(folder)]
    clean = [(ours, theirs) for ours, theirs in told if theirs.startswith("<") and theirs.count("<") == 1]
    assert [ours for ours, _ in clean] == ["".join(theirs.split()) for _, theirs in clean]


def ignored(sample: Sample) -> bool:
    told = sample.mail.automatic
    return told is not None and told.kind != "sent-for"


@pytest.mark.parametrize("folder", FROM_PEOPLE)
def test_bounces_vacations_and_complaints_ask_for_nothing_and_people_do(folder: str) -> None:
    assert {sample.file for sample in samples(folder) if not ignored(sample)} == FROM_PEOPLE[folder]


@pytest.mark.parametrize(
    ("folder", "machines"),
    [
        ("email-talon-replies", 0),
        ("email-request-tracker", 0),
        ("email-reply-trimmer", 0),
        ("email-zammad", 8),  # six notices of failed deliveries, two with a null sender
        ("email-ruby-mail", 3),  # delivery reports
        ("email-mail-parser", 0),
        ("email-notmuch-threads", 0),
    ],
)
def test_people_s_mails_are_not_ignored(folder: str, machines: int) -> None:
    assert sum(map(ignored, samples(folder))) == machines


def test_every_mail_of_a_mailing_list_that_says_so_is_known() -> None:
    listed = [s for s in samples("email-notmuch-threads") if b"\nlist-id:" in s.raw.lower()[:8_192]]
    assert len(listed) > 50
    assert {sample.mail.automatic and sample.mail.automatic.kind for sample in listed} == {"sent-for"}


def test_the_three_kinds_of_line_ends_read_the_same() -> None:
    folder = DATA / "email-sisimai-bounces" / "messages"
    names = {path.name for path in (folder / "dos").iterdir()} & {path.name for path in (folder / "mac").iterdir()}
    assert names
    for name in names:
        dos, mac = (parse((folder / kind / name).read_bytes()) for kind in ("dos", "mac"))
        assert (dos.subject, dos.sender, dos.automatic) == (mac.subject, mac.sender, mac.automatic)
