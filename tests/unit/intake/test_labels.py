"""Required information on labelled lines, whatever door the text came through."""

from time import process_time

import pytest

from intake.domain.events import Details
from intake.domain.ticket.labels import is_label, labelled

TEXT = """\
Hello,

It stops after an hour.

Product: Punctual
 * **Version:** 3.1
Operating System : Debian
OS version:
OS version: 12
Severity: 2 - substantial
Priority: URGENT!
Product: something else
> OS build: quoted
See: https://acme.example
"""


def test_p8_required_information_is_read_from_labelled_lines() -> None:
    told = labelled(TEXT)
    assert (told.details.product, told.details.product_version) == ("Punctual", "3.1")
    assert (told.details.os, told.details.os_version, told.details.os_build) == ("Debian", "12", "quoted")
    assert told.severity == 2
    assert told.rest == "Hello,\n\nIt stops after an hour.\n\nSee: https://acme.example"


def test_p8_the_german_form_is_read_too() -> None:
    form = "Produkt: Punctual\nProduktversion: 3.1\nBetriebssystem: Debian\nVersion des Betriebssystems: 12\n"
    told = labelled(form + "Schweregrad: 1")
    assert (told.details.product, told.details.product_version) == ("Punctual", "3.1")
    assert (told.details.os, told.details.os_version, told.severity) == ("Debian", "12", 1)
    assert labelled("Betriebssystemversion: 13").details.os_version == "13"


@pytest.mark.parametrize(
    ("text", "version", "rest"),
    [
        ("OS version\uff1a 13", "13", ""),
        ("OS\u00a0version\u00a0:\u00a013", "13", ""),
        ("OS version:\r\n13\r\nThanks", "13", "Thanks"),
        ("OS version:\nOS: Debian\n13", None, "13"),
        ("OS version:\n\nIt stops.", None, "It stops."),
        ("OS version:\n> 13", None, "> 13"),
        ("> OS version: 13", "13", ""),
        (">> OS version:\n> > 13", "13", ""),
        ("> OS version:\n>\n13", None, ">\n13"),
        ("Version of the OS: 13", None, "Version of the OS: 13"),
        ("OS version: 13\n14", "13", "14"),
    ],
)
def test_p8_a_label_ends_with_any_colon_and_its_value_may_be_on_the_next_line(
    text: str, version: str | None, rest: str
) -> None:
    told = labelled(text)
    assert (told.details.os_version, told.rest) == (version, rest)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PGP MESSAGE-----\nVersion: GnuPG v2\nOS: x\n\nhQEMA5\n-----END PGP MESSAGE-----",
        "> -----BEGIN PGP SIGNATURE-----\n> Version: GnuPG v2\n>\n> iQEz\n> -----END PGP SIGNATURE-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: GnuPG v2\n\nmQEN",
        "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\nVersion: 1",
    ],
)
def test_p8_nothing_is_read_from_the_armour_of_pgp(text: str) -> None:
    assert labelled(text).details.product_version is None
    told = labelled(f"OS:\n{text}\nProduct: Punctual")
    assert told.details.os is None
    assert told.details.product == (None if "SIGNED" in text else "Punctual")


def test_p8_what_a_signed_message_says_is_read() -> None:
    assert labelled("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nVersion: 3.1").details.product_version == "3.1"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("> OS version:\n13", "13"),
        ("> OS version:\nI shall look it up tomorrow.", None),
        ("> OS version:\nKind regards,", None),
        ("- OS version:\n- What is wrong, in detail", None),
        ("OS version:\nWhat happened:", None),
        ("OS version:\nWas genau nicht funktioniert", None),
        ("OS\u200b version\u00a0:\u200b 13", "13"),
    ],
)
def test_p8_only_a_value_is_taken_from_below_a_label(text: str, version: str | None) -> None:
    assert labelled(text).details.os_version == version


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("OS: x\n- What is wrong, in detail", ""),
        ("OS: x\nWhat is wrong, in detail: It stops.", "It stops."),
        ("OS: x\nWas genau nicht funktioniert:\nEs steht.", "Es steht."),
        ("What is wrong, in detailed words", "What is wrong, in detailed words"),
    ],
)
def test_p8_the_line_that_asks_for_the_description_is_none(text: str, rest: str) -> None:
    assert labelled(text).rest == rest


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("Severity: 1", 1),
        ("SEVERITY: sev 3", 3),
        ("Severity: P1", 1),
        ("Severity: Sev-2", 2),
        ("Severity: 2/4", 2),
        ("Severity (1-4): 1", 1),
        ("**Severity (1 = worst, 4 = least):** 2", 2),
        ("Schweregrad [1-4]: 4", 4),
        ("Product: Aurora, Severity (1-4): 1", 1),
        ("Severity: 12", None),
        ("Severity: 5", None),
        ("Severity: n/a", None),
        ("Severity: not critical", None),
        ("Severity: low disk space", None),
    ],
)
def test_p4_a_severity_is_a_number_from_1_to_4(line: str, severity: int | None) -> None:
    assert labelled(line).severity == severity


def test_a_severity_that_was_named_and_cannot_be_read_is_known() -> None:
    assert labelled("Severity: as soon as possible").severity_unread
    for line in ("Severity: 2", "Severity: high", "Severity:", "Severity: -", "It stops."):
        assert not labelled(line).severity_unread


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", 1),
        ("CRITICAL!!!", 1),
        ("Blocker", 1),
        ("urgent, please", 1),
        ("kritisch", 1),
        ("Critical - production is down", 1),
        ("high", 2),
        ("very high", 2),
        ("High (production)", 2),
        ("major", 2),
        ("hoch", 2),
        ("medium", 3),
        ("Normal", 3),
        ("minor", 3),
        ("mittel", 3),
        ("low", 4),
        ("Cosmetic", 4),
        ("niedrig", 4),
    ],
)
def test_a_severity_is_read_by_the_word_that_other_desks_have_for_it(word: str, severity: int) -> None:
    assert labelled(f"Severity: {word}\nIt stops.").severity == severity


@pytest.mark.parametrize(
    ("line", "priority"), [("Priority: High", "high"), ("priority: low, please", "low"), ("Priority: asap", None)]
)
def test_p4_a_priority_is_one_of_four_words(line: str, priority: str | None) -> None:
    assert labelled(line).priority == priority


def test_armours_that_never_end_are_found_in_no_time() -> None:
    begun = process_time()
    for _ in range(5):
        assert labelled("BEGIN:VCARD\nVersion: 3\n\n" * 2_000).details.product_version is None
    assert process_time() - begun < 1


def test_an_item_with_a_label_of_its_own_is_no_value_of_the_one_above() -> None:
    assert labelled("- Product:\n- Contact: Ann\n").details.product is None
    assert labelled("- Product:\n- Desk\n").details.product == "Desk"


def test_p8_an_item_below_a_label_is_its_value_unless_it_is_of_another_list() -> None:
    for text in ("- OS:\n- Linux\n- Customer: Acme", "OS:\n1. Linux", "- OS:\n- Linux\n- Version:\n-"):
        assert labelled(text).details.os == "Linux"
    for text in (
        "- OS:\n- Customer: Acme",
        "OS:\n1. click\n2. it stops",
        "- OS:\n- it stops, at noon.",
        "OS:\n\nIt stops",
    ):
        told = labelled(text)
        assert (told.details, told.rest) == (Details(), text.split("\n", 1)[1].strip())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Product", True),
        (" os-version ", True),
        ("Betriebssystem", True),
        ("Product:", False),
        ("Qty", False),
        ("", False),
    ],
)
def test_p8_a_label_is_known_without_its_colon(text: str, expected: bool) -> None:
    assert is_label(text) is expected


@pytest.mark.parametrize(("value", "version"), [("?", None), ("n/a", None), ("unknown", "unknown"), ("4.x", "4.x")])
def test_p8_a_sign_that_stands_for_nothing_is_no_version(value: str, version: str | None) -> None:
    assert labelled(f"Version: {value}").details.product_version == version


def test_p8_a_value_stands_above_the_sentence_that_closes_our_form() -> None:
    closed = "- Version:\n\n- 4.2\n\nPlease answer this mail and complete these lines."
    assert labelled(closed).details.product_version == "4.2"
    assert labelled(closed.replace("- 4.2\n\n", "")).details.product_version is None
