"""Mails to customers in their language."""

from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, nodes
from tests.unit.notifier.test_render import Balanced

import notifier
from contracts.feedback import Terms
from contracts.languages import WRITTEN, Language
from contracts.notifications import CUSTOMER_LETTERS, AnyTemplate, LetterTemplate, Template
from intake.domain.ticket.labels import labelled
from notifier.domain.next_instant import deadline_terms
from notifier.render import DETAILS, Words, render

TEMPLATES = Path(notifier.__file__).parent / "templates"
PARTS = ("joined-replies", "terms", "unread")
"""What isn't requested by itself."""
EVERY: tuple[AnyTemplate, ...] = (*get_args(Template), *get_args(LetterTemplate))
TO_CUSTOMERS = sorted(name for name in EVERY if (TEMPLATES / "en" / f"{name}.j2").exists())
LINK = "https://desk.example/c/token"
TERMS = Terms(
    policy="v1",
    calendar="weekdays",
    acknowledge_working_days=2,
    review_days=7,
    urgent=timedelta(hours=4),
    silence_days=28,
    ahead_days=28,
    marking_working_days=2,
)
BERLIN = {"next_at": "2026-07-14T15:00:00Z", "zone": "Europe/Berlin"}


def said(template: Any, about: dict[str, str] | None = None, language: str = "de", **more: Any) -> str:
    """Subject, text and the page of a mail about F-1000; the text on one line."""
    words: Words = render(template, number="F-1000", desk="Beispiel", about=about, language=language, **more)
    Balanced(words.html)
    assert "None" not in words.text
    return words.subject + " " + " ".join(words.text.rpartition("-- ")[0].split())


def test_every_mail_is_for_customers_or_for_staff() -> None:
    for name in EVERY:
        assert (TEMPLATES / f"{name}.j2").exists() != (name in TO_CUSTOMERS), name
    assert {*CUSTOMER_LETTERS, "ticket-received", "survey", "answer"} <= {*TO_CUSTOMERS}


def used(path: Path) -> dict[str, set[str]]:
    """Which blocks, particulars and filters a template has."""
    tree = Environment().parse(path.read_text())
    return {
        "blocks": {block.name for block in tree.find_all(nodes.Block)},
        "names": {one.name for one in tree.find_all(nodes.Name) if one.ctx == "load"},
        "particulars": {one.attr for one in tree.find_all(nodes.Getattr)},
        "filters": {one.name for one in tree.find_all(nodes.Filter)},
    }


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("name", [*TO_CUSTOMERS, *PARTS])
def test_a_mail_says_the_same_in_every_language(name: str, language: Language) -> None:
    assert used(TEMPLATES / language / f"{name}.j2") == used(TEMPLATES / "en" / f"{name}.j2")
    assert {path.name for path in (TEMPLATES / language).iterdir()} == {f"{one}.j2" for one in [*TO_CUSTOMERS, *PARTS]}


def test_a_receipt_in_german_names_the_day_in_the_customers_zone() -> None:
    receipt = said("feedback-received", deadline_terms("acknowledgement", TERMS) | BERLIN)
    assert receipt == (
        "[F-1000] Wir haben Ihre Rückmeldung erhalten Vielen Dank, dass Sie uns Ihre Meinung sagen. Ihre Rückmeldung "
        "hat die Nummer F-1000; bitte lassen Sie sie im Betreff stehen, wenn Sie uns dazu noch einmal schreiben. "
        "Jemand aus unserem Haus wird sie lesen und Ihnen vor Dienstag, 14. Juli 2026, 17:00 Uhr Ihrer Zeit "
        "schreiben. Dies ist eine automatische Antwort."
    )
    terms = said("feedback-received", deadline_terms("acknowledgement", TERMS))
    assert "wird sie lesen und Ihnen innerhalb von 2 Arbeitstagen schreiben." in terms
    assert "wird sie lesen und Ihnen schreiben." in said("feedback-received")


def test_a_receipt_in_german_of_what_was_marked_too_late_says_so() -> None:
    receipt = said("feedback-received", BERLIN | {"marked_on": "P-1042", "past": "true"})
    assert "Was Sie uns zu P-1042 gesagt haben, ist eine Rückmeldung zu unserem Support." in receipt
    assert "hätte Ihnen vor Dienstag, 14. Juli 2026, 17:00 Uhr Ihrer Zeit schreiben sollen." in receipt


def test_a_delay_in_german_names_the_promised_time() -> None:
    delay = said("complaint-delayed", BERLIN, text="Die Protokolle.", second_text="Nichts.")
    assert delay.startswith("[F-1000] Ihre Beschwerde braucht mehr Zeit")
    assert "Das hält uns auf: Die Protokolle. Das brauchen wir noch: Nichts." in delay
    assert "Sie hören spätestens am Dienstag, 14. Juli 2026, 17:00 Uhr Ihrer Zeit wieder von uns." in delay


def test_an_outcome_in_german_says_how_to_dispute_it() -> None:
    more: dict[str, Any] = {"text": "Vergessen.", "second_text": "Erstattet.", "third_text": "Eine Liste."}
    outcome = said("complaint-outcome", deadline_terms("silence", TERMS), links={"complaint": LINK}, **more)
    for words in (
        "[F-1000] Das Ergebnis Ihrer Beschwerde ",
        "Das haben wir festgestellt: Vergessen. So lösen wir es: Erstattet.",
        "Das tun wir, damit es nicht wieder vorkommt: Eine Liste.",
        f"Dem Ergebnis zustimmen oder widersprechen: {LINK}",
        "Wenn Sie nicht zufrieden sind, befasst sich unsere Geschäftsführung mit Ihrer Beschwerde",
        "Wenn wir innerhalb von 28 Tagen nichts von Ihnen hören, betrachten wir die Sache als erledigt.",
    ):
        assert words in outcome


def test_the_lines_to_complete_are_read_by_intake_in_every_language() -> None:
    for language in WRITTEN:
        lines = "\n".join(f"{line} x" for name, line in DETAILS[language].items() if name != "description")
        told = labelled(lines)
        details = told.details
        assert (details.product, details.product_version, details.os, details.os_version) == ("x", "x", "x", "x")
        wanted = said("information-wanted", {"missing": ",".join(DETAILS[language])}, language)
        assert all(line in wanted for line in DETAILS[language].values())


def test_a_variety_is_read_as_its_language_and_what_we_do_not_write_as_english() -> None:
    more: dict[str, Any] = {"about": {"expires_at": BERLIN["next_at"]}, "links": {"survey": LINK}}
    assert "Wie war unser Support?" in said("survey", language="de-AT", **more)
    for language in ("fr", "en-GB", "", "nonsense"):
        assert "How was our support?" in said("survey", language=language, **more)


def test_the_page_of_a_mail_names_its_language_and_staff_read_english() -> None:
    assert '<html lang="de">' in render("message", number="P-1", desk="x", text="x", language="de").html
    reminder = render("feedback-reminder", number="F-1", desk="x", about=BERLIN, role="vp", language="de")
    assert (reminder.language, '<html lang="en">' in reminder.html) == ("en", True)
    seen = render("message", number="P-1", desk="x", text="x", language="de", links={"ticket": LINK})
    assert "P-1 ganz ansehen: " + LINK in seen.text


PARTICULARS = {
    "missing": st.lists(st.sampled_from([*DETAILS["en"], "else"]), min_size=1).map(",".join),
    "states": st.sampled_from(["plan", "resolution"]),
    "kind": st.sampled_from(["praise", "criticism"]),
    "cause": st.sampled_from(["customer", "noted", "marked", "unmarked"]),
    "corrects": st.sampled_from(["", "true"]),
    "zone": st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "Nowhere", ""]),
}


@given(
    st.sampled_from(TO_CUSTOMERS),
    st.text(max_size=12) | st.sampled_from(["de", "en", "de-CH"]),
    st.fixed_dictionaries({}, optional=PARTICULARS),
    st.tuples(st.text(), st.text(), st.text(), st.text()),
    st.booleans(),
)
def test_every_mail_can_be_written_in_any_language_whatever_it_says(
    template: Any, language: str, about: dict[str, str], texts: tuple[str, str, str, str], known: bool
) -> None:
    instants = {"next_at": "2026-07-14T15:00:00.5Z", "expires_at": "2026-10-12T15:00:00Z"}
    if not known and template != "complaint-delayed":
        instants = {"expires_at": instants["expires_at"]} | deadline_terms("silence", TERMS)
    desk, text, second, third = texts
    words = render(
        template,
        number="F-1000",
        desk=desk,
        text=text,
        second_text=second,
        third_text=third,
        about=about | instants,
        links={"survey": LINK, "complaint": LINK},
        language=language,
    )
    assert words.subject.startswith("[F-1000] ")
    assert "\n" not in words.subject
    Balanced(words.html)
