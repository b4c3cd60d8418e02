import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.languages import WRITTEN, accepted, check_language, language_for


@pytest.mark.parametrize(
    ("tag", "usual"),
    [
        ("de", "de"),
        ("DE-at", "de-AT"),
        ("zh-HANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("en-us-u-ca-gregory", "en-US-u-ca-gregory"),
        ("de-x-Private", "de-x-private"),
    ],
)
def test_every_language_with_a_tag_is_taken_and_written_as_usual(tag: str, usual: str) -> None:
    assert check_language(tag) == usual


@pytest.mark.parametrize(
    "tag", ["", "d", "german", "de_AT", " de", "de-", "de--AT", "i-klingon", "x-ours", "de\n", "ｄｅ"]
)
def test_what_is_no_tag_is_refused_with_an_example(tag: str) -> None:
    with pytest.raises(ValueError, match="write a tag of BCP 47 such as de"):
        check_language(tag)


def test_a_tag_has_a_length() -> None:
    with pytest.raises(ValueError, match="no language"):
        check_language("de" + "-abcdefgh" * 4)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE", "de"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("den", "en"),
        (None, "en"),
        ("", "en"),
    ],
)
def test_who_reads_a_variety_gets_the_language_and_otherwise_english(tag: str | None, language: str) -> None:
    assert language_for(tag) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr;q=0.9, de;q=0.8, en;q=0.1", "de"),
        ("en, de;q=0.5", "en"),
        ("de;q=0, en", "en"),
        ("de;q=0", "en"),
        ("*", "en"),
        ("", "en"),
        ("de;q=nonsense, en;q=0.2", "en"),
        ("fr", "en"),
    ],
)
def test_a_browser_gets_the_language_that_it_prefers_of_ours(header: str, language: str) -> None:
    assert accepted(header) == language


@given(st.text())
def test_any_text_leads_to_a_language_of_ours(text: str) -> None:
    assert accepted(text) in WRITTEN
    assert language_for(text) in WRITTEN


@given(st.from_regex(r"[a-zA-Z]{2,3}(-[a-zA-Z]{4})?(-[a-zA-Z]{2})?", fullmatch=True))
def test_a_tag_that_is_written_as_usual_stays_so(tag: str) -> None:
    usual = check_language(tag)
    assert check_language(usual) == usual
    assert usual.lower() == tag.lower()
