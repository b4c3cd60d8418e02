"""Our own form, filled in where it stands: in our mail, which the answer quotes (P8)."""

from collections.abc import Callable

import pytest
from tests.mail.cases import page, plain

from contracts.languages import WRITTEN, Language
from intake.domain.events import Details
from intake.mail import message_words, opening_words, parse
from notifier.render import DETAILS, Words, render

WANTED = {"missing": "product,product_version,os,os_version,description"}
VALUES = {"product": "Aurora", "product_version": "4.2", "os": "Debian", "os_version": "12"}
TOLD = Details(**VALUES)
WHY = "Which version?\nVersion: as the dialogue shows it"


def ours(template: str, language: Language, text: str | None = None) -> Words:
    """What we ask for, as it goes out."""
    return render(template, number="P-1042", desk="Desk", text=text, about=WANTED, language=language)  # type: ignore[arg-type]


def completed(text: str, language: Language, end: str = "\n", glue: str = " ") -> str:
    """The same with the values behind their labels."""
    for name, value in VALUES.items():
        text = text.replace(f"{DETAILS[language][name]}{end}", f"{DETAILS[language][name]}{glue}{value}{end}", 1)
    return text


def behind_marks(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


BELOW = (
    "\n\n-----Original Message-----\nFrom: Desk <support@desk.example>\nSent: Monday, 23 November 2026 12:00\nTo: Ann\n"
)
WAYS: dict[str, Callable[[str], str]] = {
    "behind marks": lambda text: f"Here you are.\n\nOn Mon, 23 Nov 2026, Desk wrote:\n{behind_marks(text)}",
    "quote only": behind_marks,
    "below a rule": lambda text: f"Here you are.{BELOW}Subject: [P-1042]\n\n{text}",
}


@pytest.mark.parametrize("template", ["ticket-received", "information-wanted"])
@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("way", WAYS)
def test_p8_our_form_is_read_where_it_was_filled_in(way: str, language: Language, template: str) -> None:
    text = ours(template, language).text
    told = message_words(parse(plain(WAYS[way](completed(text, language)))))
    assert told.form == TOLD
    assert message_words(parse(plain(WAYS[way](text)))).form == Details()


@pytest.mark.parametrize("language", WRITTEN)
def test_p8_our_page_is_read_where_it_was_filled_in(language: Language) -> None:
    html = ours("information-wanted", language).html
    for filled, form in ((completed(html, language, "</li>"), TOLD), (html, Details())):
        quoted = f"<p>Here you are.</p><blockquote type=cite>{filled}</blockquote>"
        words = message_words(parse(page(quoted)))
        assert (words.form, words.body) == (form, "Here you are.")


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize(
    ("end", "glue"),
    [("\n", "\n"), ("\n", "\u00a0"), ("\n", "\u200b "), (":", "x")],
    ids=["below", "space", "unseen", "colon"],
)
def test_p8_any_white_space_and_any_colon_may_stand_before_the_value(language: Language, end: str, glue: str) -> None:
    text = ours("information-wanted", language).text
    wide = (
        completed(text, language).replace(": ", "\u00a0\uff1a ")
        if glue == "x"
        else completed(text, language, end, glue)
    )
    assert message_words(parse(plain(WAYS["behind marks"](wide)))).form == TOLD


@pytest.mark.parametrize("language", WRITTEN)
def test_p8_what_staff_wrote_above_the_form_is_not_read(language: Language) -> None:
    text = ours("information-wanted", language, WHY).text
    for way in WAYS.values():
        assert message_words(parse(plain(way(text)))).form == Details()
        assert (
            message_words(parse(plain(way(completed(text, language).replace(" 4.2", ""))))).form.product_version is None
        )


@pytest.mark.parametrize("language", WRITTEN)
def test_p8_the_description_is_read_where_the_form_asks_for_it(language: Language) -> None:
    text, label = ours("information-wanted", language).text, DETAILS[language]["description"]
    for glue in (": ", " ", "\n  "):
        filled = completed(text, language).replace(label, f"{label}{glue}It stops after an hour.")
        words = message_words(parse(plain(behind_marks(filled))))
        assert (words.form, words.description) == (TOLD, "It stops after an hour."), glue
    assert message_words(parse(plain(completed(text, language)))).form == TOLD


@pytest.mark.parametrize("language", WRITTEN)
def test_p8_the_forms_lines_alone_describe_nothing_in_a_new_mail(language: Language) -> None:
    lines = "\n".join(f"- {line}" for line in DETAILS[language].values()) + "\n"
    words = opening_words(parse(plain(completed(lines, language))))
    assert (words.labelled.details, words.description) == (TOLD, "")


def test_an_answer_of_nothing_but_the_form_is_posted_as_its_lines() -> None:
    mail = parse(plain(behind_marks(completed(ours("information-wanted", "en").text, "en"))))
    assert message_words(mail).body == "- Product: Aurora\n- Version: 4.2\n- OS: Debian\n- OS version: 12"


def test_the_least_quoted_form_counts() -> None:
    older, newer = ("Still missing:\n\n- OS version: 11\n", "Still missing:\n\n- OS version: 12\n")
    text = behind_marks(f"{behind_marks(older)}\n{newer}")
    assert message_words(parse(plain(text))).form.os_version == "12"


@pytest.mark.parametrize(
    "text",
    [
        "Thanks.\n\nOn Mon, 23 Nov 2026, Desk wrote:\n> It is well again in\n> Version: 4.3\n> which is out.",
        f"Thanks.{BELOW}Subject: [P-1042]\n\nWe tried it.\nVersion: 4.3\nIt was well.",
        "-----BEGIN PGP MESSAGE-----\nVersion: GnuPG v2\nOS: x\n\nhQEMA5\n-----END PGP MESSAGE-----",
        "> -----BEGIN PGP SIGNATURE-----\n> Version: GnuPG v2\n>\n> iQEz\n> -----END PGP SIGNATURE-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: GnuPG v2\n\nmQEN",
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEND:VCARD",
    ],
)
def test_p8_what_is_no_form_of_ours_tells_nothing(text: str) -> None:
    words = message_words(parse(plain(text)))
    assert (words.form, words.labelled.details) == (Details(), Details())


def test_p8_what_stands_in_a_mail_signed_with_pgp_is_read() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nVersion: 4.2\n\nIt stops.\n"
        "-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v2\n\niQEz\n-----END PGP SIGNATURE-----\n"
    )
    assert opening_words(parse(plain(text))).labelled.details.product_version == "4.2"
    words = message_words(parse(plain(text)))
    assert (words.body, words.labelled.details.product_version) == ("Version: 4.2\n\nIt stops.", "4.2")


@pytest.mark.parametrize("quoted", ["> - OS version:\n12\n> - OS:\nDebian", "> - OS version: 12\n\n> - OS: Debian"])
def test_p8_an_answer_below_a_quoted_label_is_its_value(quoted: str) -> None:
    form = message_words(parse(plain(quoted))).form
    assert (form.os, form.os_version) == ("Debian", "12")


def test_p8_a_sentence_below_a_quoted_label_is_none() -> None:
    assert message_words(parse(plain("> - OS version:\nI shall look it up tomorrow."))).form == Details()
    assert message_words(parse(page("<p>&gt; OS version:</p><p>I shall look it up tomorrow.</p>"))).form == Details()


@pytest.mark.parametrize(
    "nothing",
    ["?", "??", "-", "--", "–", "…", "...", "n/a", "N/A", "n.a.", "k.A.", "tbd", "TBA", "xxx", "(?)"],
)
@pytest.mark.parametrize("glue", [" ", "\n"])
def test_p8_a_sign_that_stands_for_nothing_is_no_value(nothing: str, glue: str) -> None:
    text = f"Product:{glue}{nothing}\nVersion:{glue}{nothing}\nOS: Debian\nOS version: {nothing}\nThanks"
    assert opening_words(parse(plain(text))).labelled.details == Details(os="Debian")
    assert message_words(parse(plain(behind_marks(text)))).form == Details(os="Debian")


@pytest.mark.parametrize("value", ["unknown", "unbekannt", "none", "X", "C++", "4.x", "n/a-7", "1", "ja"])
def test_p8_what_somebody_says_is_a_value_though_it_says_little(value: str) -> None:
    assert opening_words(parse(plain(f"Product: {value}\nOS: Debian"))).labelled.details.product == value


MARKS = [
    "\u00b7 ",
    "\u00b7\t",
    "o\t",
    "\u2013 ",
    "\u25aa ",
    "\u25cf ",
    "\u25e6 ",
    "\u00a7 ",
    "\u30fb",
    "+ ",
    "* ",
    "\u2022 ",
]
MARKS += ["1. ", "1) ", "(1) ", "\uf0b7 "]


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("mark", MARKS)
def test_p8_any_mark_of_a_list_may_stand_before_the_label(mark: str, language: Language) -> None:
    text = completed(ours("information-wanted", language).text, language).replace("\n- ", f"\n{mark}")
    assert message_words(parse(plain(behind_marks(text)))).form == TOLD
    lines = "\n".join(f"{mark}{line}" for line in DETAILS[language].values()) + "\n"
    words = opening_words(parse(plain(completed(lines, language))))
    assert (words.labelled.details, words.description) == (TOLD, "")


WORD_LIST = (
    '<p class=MsoListParagraph style="mso-list:l0 level1 lfo1"><![if !supportLists]><span style="font-family:Symbol">'
    '<span style="mso-list:Ignore">{mark}<span style="font:7.0pt Times">&nbsp;&nbsp; </span></span></span><![endif]>'
    "{line}<o:p></o:p></p>"
)


@pytest.mark.parametrize("mark", ["·", "o", "§", "1."])
def test_p8_a_list_of_words_own_is_read(mark: str) -> None:
    lines = ("Product: Aurora", "Version: 4.2", "OS: Debian", "OS version: 12")
    html = "".join(WORD_LIST.format(mark=mark, line=line) for line in lines)
    assert opening_words(parse(page(html))).labelled.details == TOLD


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("mark", ["- ", "\u00b7 ", "1. "])
def test_p8_a_value_may_be_an_item_of_its_own(mark: str, language: Language) -> None:
    text = ours("information-wanted", language).text
    filled = completed(text, language, glue=f"\n{mark}").replace("\n- ", f"\n{mark}")
    assert message_words(parse(plain(behind_marks(filled)))).form == TOLD
    html = completed(ours("information-wanted", language).html, language, "</li>", "</li><li>")
    assert message_words(parse(page(f"<blockquote>{html}</blockquote>"))).form == TOLD


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("glue", ["</li><li>", "</li><li><div>", "</li></ul><p>", "<br>", "</li>"])
def test_p8_the_last_line_may_have_its_value_below_it(glue: str, language: Language) -> None:
    about = {"missing": "product,product_version,os,os_version"}
    html = render("information-wanted", number="P-1042", desk="Desk", text=None, about=about, language=language).html
    filled = completed(html, language, "</li>", glue)
    assert message_words(parse(page(f"<blockquote>{filled}</blockquote>"))).form == TOLD
    last = completed(html, language, "</li>").replace("12</li>", f"</li>{glue}12</li>")
    assert message_words(parse(page(f"<blockquote>{last}</blockquote>"))).form == TOLD
    assert message_words(parse(page(f"<blockquote>{html}</blockquote>"))).form == Details()


@pytest.mark.parametrize(
    "items",
    ["- Product:\n- Version:\n- OS:", "- OS:\n- it stops, and then nobody can log in.", "- OS:\n- Customer: Acme\n- x"],
)
def test_p8_the_next_item_is_no_value(items: str) -> None:
    assert message_words(parse(plain(items))).labelled.details == Details()


@pytest.mark.parametrize(
    "text",
    [
        "> - Product:\n\nAurora\n\n> - Version:\n\n4.2\n\n> - OS:\n>\nDebian\n\n> - OS version:\n12\n> Bye",
        "Product:\n\nAurora\n\nVersion:\n\n4.2\n\nOS:\n\nDebian\n\nOS version: 12",
        "Product: Aurora, Version: 4.2, OS: Debian, OS version: 12",
        "- Product: Aurora; Version: 4.2 | OS-Version: 12\n- OS: Debian",
        "\uff30\uff52\uff4f\uff44\uff55\uff43\uff54\uff1aAurora\nProdukt-Version: 4.2\nBetriebssystem: Debian\n"
        "Betriebssystem-Version: 12",
    ],
)
def test_p8_labels_are_read_as_people_lay_them_out(text: str) -> None:
    words = message_words(parse(plain(text)))
    assert TOLD in (words.form, words.labelled.details)


@pytest.mark.parametrize(
    "text",
    [
        "> - OS version:\n\nThanks",
        "OS:\n\nThanks\nAnn",
        "> - OS:\n\nHello\nit stops\n> - OS version:",
        "OS:\n\n\n\nx\nOS:",
    ],
)
def test_p8_what_stands_below_a_blank_line_is_a_value_only_between_labels(text: str) -> None:
    words = message_words(parse(plain(text)))
    assert (words.form, words.labelled.details) == (Details(), Details())


CELLS = [
    "<tr><td>{}</td><td>{}</td></tr>",
    "<tr><th>{}</th><td><b>{}</b></td></tr>",
    "<tr><td><p>{}</p></td><td><p>{}</p></td></tr>",
    "<tr><td>{}<td>{}",
    "<tr><td>{}:</td><td>{}</td></tr>",
    "<tr><td>&nbsp;<b>{}</b>&nbsp;</td><td>{}<br></td></tr>",
]


@pytest.mark.parametrize("row", CELLS)
@pytest.mark.parametrize("table", ["<table>{}</table>", "<blockquote><table>{}</table></blockquote>"])
def test_p8_a_table_needs_no_colons(table: str, row: str) -> None:
    rows = {"Product": "Aurora", "Version": "4.2", "OS": "Debian", "Betriebssystem-Version": "12"}
    html = table.format("".join(row.format(*pair) for pair in rows.items()))
    words = message_words(parse(page(html)))
    assert TOLD in (words.labelled.details, words.form)


@pytest.mark.parametrize(
    "html",
    [
        "<tr><th>Product</th><th>Version</th></tr><tr><td>Aurora</td><td>4.2</td></tr>",
        "<tr><th>Product</th><th>Qty</th><th>Net</th></tr>",
        "<tr><td>Product</td></tr><tr><td>Aurora</td></tr>",
        "<tr><td>My Product</td><td>Aurora</td></tr>",
    ],
)
def test_p8_a_table_of_another_kind_tells_nothing(html: str) -> None:
    assert message_words(parse(page(f"<table>{html}</table>"))).labelled.details == Details()
