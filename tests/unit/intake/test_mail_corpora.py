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

NOT_KNOWN_AS_AUTOMATIC = {
    "email-bounceparser": {
        "bluebottle.msg",  # a person's answer with a challenge attached
        "spam-bogus-email-in-report.msg",
        "spam-with-image.msg",
    },
    "email-flufl-bounce": {"groupwise_03.txt", "simple_35.txt"},
    "email-sisimai-bounces": {
        # Complaints and notices in forms of their own, without any header that says so.
        "arf-22.eml",
        "arf-23.eml",
        "lhost-amazonses-10.eml",
        "lhost-amazonses-11.eml",
        "lhost-amazonses-12.eml",
        "lhost-amazonses-13.eml",
        "lhost-apachejames-01.eml",
        "lhost-fml-03.eml",
        "lhost-kddi-01.eml",
        # Bounces that a person forwarded, and one that is none.
        "lhost-sendmail-14.eml",
        "make-test-36.eml",
        "is-not-bounce-02.eml",
    },
}
"""Sets that hold nothing but machines' mails, and which of them pass for a person's."""


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


@pytest.mark.parametrize("folder", NOT_KNOWN_AS_AUTOMATIC)
def test_bounces_vacations_and_complaints_are_known_as_automatic(folder: str) -> None:
    passing = {sample.file for sample in samples(folder) if sample.mail.automatic is None}
    assert passing == NOT_KNOWN_AS_AUTOMATIC[folder]


@pytest.mark.parametrize(
    ("folder", "automatic"),
    [
        ("email-talon-replies", 0),
        ("email-request-tracker", 0),
        ("email-reply-trimmer", 0),
        (
            "email-zammad",
            10,
        ),  # six notices of failed deliveries, one of another desk, two with a null sender, a bulk mail
        ("email-ruby-mail", 4),  # three delivery reports and a bulk mail
    ],
)
def test_people_s_mails_are_not_taken_for_automatic(folder: str, automatic: int) -> None:
    assert sum(sample.mail.automatic is not None for sample in samples(folder)) == automatic


def test_every_mail_of_a_mailing_list_that_says_so_is_known() -> None:
    listed = [s for s in samples("email-notmuch-threads") if b"\nlist-id:" in s.raw.lower()[:8_192]]
    assert len(listed) > 50
    assert all(sample.mail.automatic for sample in listed)


def test_the_three_kinds_of_line_ends_read_the_same() -> None:
    folder = DATA / "email-sisimai-bounces" / "messages"
    names = {path.name for path in (folder / "dos").iterdir()} & {path.name for path in (folder / "mac").iterdir()}
    assert names
    for name in names:
        dos, mac = (parse((folder / kind / name).read_bytes()) for kind in ("dos", "mac"))
        assert (dos.subject, dos.sender, dos.automatic) == (mac.subject, mac.sender, mac.automatic)
