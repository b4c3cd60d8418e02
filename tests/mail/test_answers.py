"""Answers that are written into what is quoted, not above it."""

import pytest
from tests.mail.cases import page, plain

from intake.domain.events import Details
from intake.mail import message_words, parse
from intake.mail.staff import staff_words

OURS = (
    "{} Desk <support@desk.example>\nSent: Monday, November 30, 2026 9:12 AM\nTo: Ann Lee <ann@acme.example>\n"
    "Subject: Re: Printer [P-1042]\n\n"
)
BLOCK = OURS.format("From:")
OLDER = f"\n\n{BLOCK}Thank you for writing."


def posted(text: str, name: str = "Ann Lee") -> str:
    """What is posted of a mail with this text by a person of this name."""
    return message_words(parse(plain(text).replace(b"From: Ann", f"From: {name}".encode()))).body


@pytest.mark.parametrize(
    "above",
    [
        "Hi, see my answers in red below.",
        "See below",
        "Please see inline.\n\nRegards\nAnn",
        "Meine Antworten stehen unten in Rot.",
        "Voir mes réponses ci-dessous.",
        "Mis respuestas en rojo.",
        "Zie hieronder.",
        "Ответы ниже",
        "下記をご確認ください。",
    ],
)
def test_the_quotation_is_kept_if_the_writer_points_below(above: str) -> None:
    inner = "Which version do you use?\n4.2\nWhich system?\nDebian 12"
    for rule in ("", "________________________________\n", "-----Original Message-----\n"):
        assert posted(f"{above}\n\n{rule}{BLOCK}{inner}{OLDER}") == f"{above}\n\n\n{inner}"


@pytest.mark.parametrize("mark", ["[Ann] ", "[Ann Lee] ", "[AL] ", "Ann: ", "<Ann> ", "(Ann) ", "Lee: ", "Antwort: "])
def test_the_quotation_is_kept_if_the_writers_name_is_within(mark: str) -> None:
    inner = f"Which version do you use?\n{mark}4.2"
    assert posted(f"Hi.\n\n{BLOCK}{inner}{OLDER}") == f"Hi.\n\n\n{inner}"
    quoted = "\n".join(f"> {line}" for line in inner.split("\n"))
    above = "On Mon, 30 Nov 2026 at 12:00, Desk <support@desk.example> wrote:"
    assert posted(f"Hi.\n\n{above}\n{quoted}") == f"Hi.\n\n{quoted}"
    assert posted(f"Hi.\n\n{above}\n{inner}") == f"Hi.\n\n{inner}"


def test_what_is_quoted_within_the_quotation_is_not_kept() -> None:
    assert posted(f"Hi.\n\n{BLOCK}Which version?\n\n{BLOCK}[Bob] 4.2") == "Hi."
    assert posted("Hi.\n\nOn Mon, 30 Nov 2026, Desk wrote:\n> Which version?\n>> Ann: It stops.") == "Hi."


@pytest.mark.parametrize(
    "above", ["Below 4 degrees it stops.\n1\n2\n3\n4\n5\n6", "It works again.", "Kindly,\nAnn", "Inlined code fails."]
)
def test_the_quotation_is_cut_if_nothing_shows_an_answer(above: str) -> None:
    assert posted(f"{above}\n\n{BLOCK}Which version do you use?\nDear Ann,\nTo: Ann\n{OLDER}") == above


HTML = (
    "<div><p>Hi.</p><div style='border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Desk &lt;support@desk.example&gt;<br>"
    "<b>Sent:</b> Monday, November 30, 2026 9:12 AM<br><b>To:</b> Ann<br><b>Subject:</b> Re: Printer [P-1042]</p></div>"
    "<p>{}Which version do you use?</p><p>{}</p></div>"
)
LETTERS = "<span style='font-size:11.0pt;color:{}'>{}</span>"


@pytest.mark.parametrize("colour", ["red", "#FF0000", "#C00000", "rgb(255, 0, 0)", "#0070C0", "blue"])
def test_the_quotation_is_kept_if_an_answer_is_in_colour(colour: str) -> None:
    answer = LETTERS.format(colour, "<b>It is 4.2 &amp; newer</b>")
    raw = page(HTML.format("", answer))
    assert message_words(parse(raw)).body == "Hi.\n\n\nWhich version do you use?\n\nIt is 4.2 & newer"
    quoted = f"<p>Hi.</p><div>On Mon, 30 Nov 2026, Desk &lt;support@desk.example&gt; wrote:</div><blockquote>{answer}"
    assert "4.2" in message_words(parse(page(quoted))).body
    assert message_words(parse(page(f'<font color="{colour}">Hi</font>'))).body == "Hi"


def test_a_coloured_signature_is_no_answer() -> None:
    signed = HTML.replace("<p>Hi.</p>", f"<p>Hi.</p><p>-- <br>Ann Lee<br>{LETTERS.format('red', 'Acme')}</p>")
    assert "Dear Acme" not in message_words(parse(page(signed.format("Dear Acme, ", "Yes")))).body
    assert "Dear Acme" in message_words(parse(page(signed.format("Dear Acme, ", LETTERS.format("red", "Yes"))))).body


@pytest.mark.parametrize(
    "inner",
    [
        LETTERS.format("#1F497D", "It is 4.2"),
        LETTERS.format("black", "It is 4.2"),
        "<a style='color:blue' href='https://desk.example'>All messages</a>",
        "<p style='background-color:red'>x y</p>",
    ],
)
def test_the_colours_of_mail_programs_are_no_answer(inner: str) -> None:
    banner = LETTERS.format("red", "CAUTION: External mail")
    assert message_words(parse(page(HTML.format(banner, inner)))).body == "Hi."


def test_words_of_ours_in_a_quotation_that_is_kept_tell_nothing() -> None:
    text = f"See below.\n\n{BLOCK}It is well again in\nVersion: 4.3\nwhich is out.\n[Ann] It isn't."
    words = message_words(parse(plain(text)))
    assert (words.labelled.details, words.form, words.description) == (Details(), Details(), "See below.")
    assert "[Ann] It isn't." in words.body


def test_an_engineer_posts_nothing_of_a_quotation_or_of_a_mail_that_they_pass_on() -> None:
    for end in (
        f"{BLOCK}[Ann] secret\nStates: plan",
        "---------- Forwarded message ---------\nFrom: Bob <b@x.example>\n\nsecret",
    ):
        told = staff_words(parse(plain(f"See below.\n\n{end}")))
        assert (told.body, told.states) == ("See below.", None)
