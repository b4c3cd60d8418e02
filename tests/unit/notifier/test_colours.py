"""Mails can be read in light and in dark: each colour has another one for the dark, and both stand out from behind."""

import re
from collections.abc import Mapping

import pytest
from tests.unit.notifier.test_render import TICKET, said

Colours = Mapping[tuple[str, str], str]
"""By class and property: `color` or `background`."""

READABLE = 4.5
"""The contrast that WCAG 2.2 asks of text (AA)."""
ON: tuple[tuple[str, str], ...] = (
    ("words", "card"),
    ("head", "card"),
    ("quiet", "card"),
    ("link", "card"),
    ("words", "quote"),
    ("label", "button"),
)

MAILS = [
    said("message", links={"ticket": TICKET}),
    said("survey"),
    said("sla-breached", said_at=None),
    said("complaint-outcome", links={"complaint": TICKET}),
]


def dark(html: str) -> Colours:
    (rules,) = re.findall(r"prefers-color-scheme: dark\) \{(.*?)\n\}", html, re.DOTALL)
    return {
        (name.strip().removeprefix("."), what): colour
        for names, body in re.findall(r"([^{}]+)\{([^}]+)\}", rules)
        for name in names.split(",")
        for what, colour in re.findall(r"(color|background): (#[0-9a-f]{6}) !important", body)
    }


def light(html: str) -> Colours:
    return {
        (name, what): colour
        for names, style in re.findall(r'class="([^"]+)"[^>]*style="([^"]+)"', html)
        for name in names.split()
        for what, colour in re.findall(r"(?<![a-z-])(color|background):(#[0-9a-f]{6})", style)
    }


def contrast(one: str, other: str) -> float:
    """As WCAG defines it: from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_all_text_can_be_read_in_light_and_in_dark() -> None:
    for scheme in (dark, light):
        colours = {name: colour for mail in MAILS for name, colour in scheme(mail.html).items()}
        for text, behind in ON:
            assert contrast(colours[text, "color"], colours[behind, "background"]) >= READABLE, (scheme, text, behind)


def test_no_colour_is_without_one_for_the_dark() -> None:
    for mail in MAILS:
        coloured = re.findall(r"<[^>]*(?<![a-z-])(?:color|background):#[^>]*>", mail.html)
        assert coloured
        for tag in coloured:
            (names,) = re.findall(r'class="([^"]+)"', tag) or [""]
            there = {what for name, what in dark(mail.html) if name in names.split()}
            assert {*re.findall(r"(?<![a-z-])(color|background):#", tag)} <= there, tag


def test_mail_programs_are_told_that_it_has_both() -> None:
    assert '<meta name="color-scheme" content="light dark">' in MAILS[0].html
