"""How many real mails are told right: machines from people, and what bounced. Printed, and held to what was reached."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.shared import DATA, none

from intake.mail import Mail, parse

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=none("real mails"))

FROM_PEOPLE = {
    "spam-bogus-email-in-report.msg",
    "spam-with-image.msg",
    "groupwise_03.txt",
    "lhost-sendmail-14.eml",
    "make-test-36.eml",
    "is-not-bounce-02.eml",
}
"""In the sets of machines' mails: spam, an answer, two bounces that a person forwarded, and a mail about one."""
MACHINES = ("email-flufl-bounce", "email-sisimai-bounces", "email-bounceparser")
PEOPLE = ("email-talon-replies", "email-reply-trimmer", "email-request-tracker", "email-notmuch-threads")


def mails(folder: str) -> Iterator[tuple[str, Mail]]:
    with (DATA / folder / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest):
            raw = (DATA / folder / row["file"]).read_bytes()
            yield row["file"], parse(gzip.decompress(raw) if row["file"].endswith(".gz") else raw)


def ignored(mail: Mail) -> bool:
    return mail.automatic is not None and mail.automatic.kind != "sent-for"


def test_machines_are_told_from_people() -> None:
    told = [
        (Path(name).name, ignored(mail) != (Path(name).name in FROM_PEOPLE))
        for folder in MACHINES
        for name, mail in mails(folder)
    ]
    right = sum(ok for _, ok in told)
    print(f"machine or person: {right} of {len(told)}")
    assert (right, len(told)) == (682, 682), [name for name, ok in told if not ok]


def test_no_person_is_ignored() -> None:
    lost = [name for folder in PEOPLE for name, mail in mails(folder) if ignored(mail)]
    print(f"people ignored: {len(lost)}")
    assert lost == []


def test_addresses_that_bounced_are_found_and_whether_for_good() -> None:
    with (DATA / "email-flufl-bounce" / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["file"]: row for row in csv.DictReader(file)}
    addresses = kinds = 0
    for name, mail in mails("email-flufl-bounce"):
        found, wanted = mail.delivery, expected[name]
        addresses += set(found.addresses if found else ()) == set(wanted["addresses"].split())
        kinds += found is not None and ("permanent" if found.failed else "temporary") == wanted["kind"]
    print(f"bounced addresses: {addresses} of {len(expected)}; permanent or temporary: {kinds}")
    assert (addresses >= 77, kinds >= 77, len(expected)) == (True, True, 78)


def test_the_mail_that_bounced_is_named_where_the_notice_names_it() -> None:
    notices = [mail.delivery for folder in MACHINES for _, mail in mails(folder) if mail.delivery]
    named = sum(bool(notice.ids) for notice in notices)
    print(f"notices of deliveries: {len(notices)}, with the Message-ID of the mail: {named}")
    assert (len(notices) >= 645, named >= 509) == (True, True)
