"""What pages say in other languages than English."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

import feedback.http
from contracts.refusals import Refusal
from feedback.domain.refusals import AnswerStands, AnswerTooLate, FeedbackUnknown, UnknownSurvey
from feedback.domain.state import Stage
from feedback.http.german import GERMAN
from feedback.http.html import SHORTEN, page, trouble
from feedback.http.languages import TEXTS, Reader, translated
from feedback.http.outcome_page import KEPT, LABELS, NOT_TAKEN, STAGES
from feedback.http.pages import CHOOSE, RATING_WORDS, STANDS, TOO_LATE
from feedback.http.public_page import FAULTS
from kit.http.problems import Trouble
from kit.signed.links import LinkExpired, LinkTampered
from kit.store import Unavailable

TEMPLATES = Path(feedback.http.__file__).parents[1] / "templates"
PARTICULAR = re.compile(r"%\((\w+)\)s")
GERMAN_READER = Reader("Beispiel GmbH").of("de-AT", "Europe/Berlin")
SURVEY = {
    "number": "P-1042",
    "closing": 1,
    "closed_on": "14. Juli 2026",
    "words": RATING_WORDS,
    "rating": None,
    "comment": "",
    "complaint": False,
    "answered": False,
    "fault": "",
    "longest": 10,
}


def said_in_templates() -> set[str]:
    texts = Environment(extensions=["jinja2.ext.i18n"]).extract_translations  # type: ignore[attr-defined]
    found = {text for path in TEMPLATES.iterdir() for _, _, text in texts(path.read_text())}
    texts_alone = {text if isinstance(text, str) else text[0] for text in found if text}
    return {text for text in texts_alone if text}


def test_every_text_of_a_page_has_its_german() -> None:
    in_code = {
        *STAGES.values(),
        *LABELS.values(),
        KEPT,
        *RATING_WORDS.values(),
        CHOOSE,
        SHORTEN,
        STANDS,
        TOO_LATE,
        *FAULTS,
    }
    assert sorted((said_in_templates() | in_code) - GERMAN.keys()) == []


@pytest.mark.parametrize("english", GERMAN)
def test_a_translation_has_the_particulars_of_its_text(english: str) -> None:
    assert sorted(PARTICULAR.findall(english)) == sorted(PARTICULAR.findall(GERMAN[english]))
    assert (GERMAN[english] % dict.fromkeys(PARTICULAR.findall(english), "x")).strip()


def test_what_nobody_has_translated_is_said_in_english() -> None:
    assert translated("Nobody has translated this.", "de") == "Nobody has translated this."
    assert TEXTS.keys() == {"en", "de"}


def test_a_survey_is_asked_in_the_language_of_its_account_and_names_vendor_ticket_and_closing() -> None:
    answer = page("survey.html", 200, GERMAN_READER, **SURVEY)
    text = bytes(answer.body).decode()
    assert '<html lang="de">' in text
    assert answer.headers["content-language"] == "de"
    assert "Beispiel GmbH" in text
    assert "Ihre Anfrage P-1042 wurde am 14. Juli 2026 geschlossen." in text
    assert "<b>5</b>Ausgezeichnet" in text
    again = bytes(page("survey.html", 200, GERMAN_READER, **SURVEY | {"closing": 2}).body).decode()
    assert "es geht um die 2. Schließung" in again


def test_thanks_are_given_in_the_language_of_the_account() -> None:
    said = {"rating": RATING_WORDS[2], "ticket": "P-1042", "number": "F-1000", "until": "bald", "complaint": True}
    text = bytes(page("thanks.html", 200, GERMAN_READER, **said).body).decode()
    assert "So haben Sie unseren Support zu P-1042 bewertet: <strong>Ausreichend</strong>." in text
    assert "Ihre Worte haben die Nummer F-1000." in text
    assert "prüft Ihre Beschwerde" in text


@pytest.mark.parametrize("stage", STAGES)
def test_a_complaint_is_shown_in_the_language_of_the_account(stage: Stage) -> None:
    said = {
        "number": "F-1000",
        "stage": STAGES[stage],
        "words": "",
        "fault": "",
        "notes": [NOT_TAKEN, KEPT],
        "longest": 9,
    }
    said["texts"] = [(label, "Vergessen.") for label in LABELS.values()]
    more = {"open": stage in ("outcome", "settled"), "settled": stage == "settled"}
    text = bytes(page("outcome.html", 200, GERMAN_READER, **said, **more).body).decode()
    assert GERMAN[STAGES[stage]] in text
    assert "Ihre Beschwerde F-1000" in text
    assert all(GERMAN[note] in text for note in (NOT_TAKEN, KEPT))
    assert all(GERMAN[label] in text for label in LABELS.values())
    assert ("Ich bin nicht einverstanden" in text) == more["open"]


@pytest.mark.parametrize(
    "refusal",
    [LinkExpired(), LinkTampered("x"), UnknownSurvey(), FeedbackUnknown("x"), AnswerTooLate(), AnswerStands()],
)
def test_what_is_wrong_with_a_link_is_said_in_the_language_of_the_browser(refusal: Refusal) -> None:
    text = bytes(trouble(refusal, GERMAN_READER).body).decode()
    assert translated(refusal.title(), "de") != refusal.title()
    assert translated(refusal.title(), "de") in text


def test_other_trouble_has_a_page_too() -> None:
    assert "gerade nicht" in bytes(trouble(Unavailable("x"), GERMAN_READER).body).decode()
    form = Trouble(415, "unsupported-media-type", "This takes the form of its page, and nothing else.")
    assert "nur das Formular" in bytes(trouble(form, GERMAN_READER).body).decode()


def test_particulars_are_escaped() -> None:
    text = bytes(page("survey.html", 200, GERMAN_READER, **SURVEY | {"number": "<b>"}).body).decode()
    assert "Ihre Anfrage &lt;b&gt; wurde" in text
