"""What a reply adds to its quotation, whatever mail program and language it was written with."""

from textwrap import wrap
from time import process_time

import pytest
from tests.mail.cases import plain
from tests.mail.programs import REPLIES

from intake.domain.ticket.labels import labelled
from intake.mail import message_words, parse, visible
from intake.mail.form import filled_in
from intake.mail.reply import added

SPOKEN = {
    "en": "On Mon, 23 Nov 2026 at 12:00, Help Desk <support@desk.example> wrote:",
    "de": "Am Mo., 23. Nov. 2026 um 12:00 Uhr schrieb Help Desk <support@desk.example>:",
    "de, no address": "Am 23.11.26 um 12:00 schrieb Help Desk:",
    "fr": "Le lun. 23 nov. 2026 à 12:00, Help Desk <support@desk.example> a écrit :",
    "fr, no address": "Le 23/11/2026 à 12:00, Help Desk a écrit :",
    "es": "El lun, 23 nov 2026 a las 12:00, Help Desk (<support@desk.example>) escribió:",
    "it": "Il giorno lun 23 nov 2026 alle ore 12:00 Help Desk <support@desk.example> ha scritto:",
    "pt": "Em seg., 23 de nov. de 2026 às 12:00, Help Desk <support@desk.example> escreveu:",
    "pt, no address": "Em 23/11/2026 12:00, Help Desk escreveu:",
    "nl": "Op ma 23 nov 2026 om 12:00 schreef Help Desk <support@desk.example>:",
    "nl, no address": "Op 23-11-2026 om 12:00 schreef Help Desk:",
    "sv": "Den mån 23 nov. 2026 kl 12:00 skrev Help Desk <support@desk.example>:",
    "no": "man. 23. nov. 2026 kl. 12:00 skrev Help Desk <support@desk.example>:",
    "da": "Den man. 23. nov. 2026 kl. 12.00 skrev Help Desk <support@desk.example>:",
    "pl": "pon., 23 lis 2026 o 12:00 Help Desk <support@desk.example> napisał(a):",
    "pl, no address": "W dniu 23.11.2026 o 12:00, Help Desk pisze:",
    "cs": "po 23. 11. 2026 v 12:00 odesílatel Help Desk <support@desk.example> napsal:",
    "cs, no address": "Dne 23. 11. 2026 v 12:00 Help Desk napsal(a):",
    "ru": "пн, 23 нояб. 2026 г. в 12:00, Help Desk <support@desk.example>:",
    "ru, no address": "23.11.2026 12:00, Help Desk пишет:",
    "ja": "2026年11月23日(月) 12:00 Help Desk <support@desk.example>:",
    "ja, telephone": "2026/11/23 12:00、Help Desk <support@desk.example>のメール:",
    "zh": "Help Desk <support@desk.example> 于2026年11月23日周一 12:00写道：",
    "zh, computer": "在 2026年11月23日，12:00，Help Desk <support@desk.example> 写道：",
    "zh, traditional": "Help Desk <support@desk.example> 於 2026年11月23日 週一 下午12:00寫道：",
    "ko": "2026년 11월 23일 (월) 오후 12:00, Help Desk <support@desk.example>님이 작성:",
    "ko, no address": "2026-11-23 오후 12:00에 Help Desk 이(가) 쓴 글:",
    "fi": "ma 23. marrask. 2026 klo 12.00 Help Desk (support@desk.example) kirjoitti:",
    "hu": "Help Desk <support@desk.example> ezt írta (időpont: 2026. nov. 23., H, 12:00):",
    "tr": "Help Desk <support@desk.example>, 23 Kas 2026 Pzt, 12:00 tarihinde şunu yazdı:",
    "el": "Στις Δευ 23 Νοε 2026 στις 12:00 μ.μ., ο χρήστης Help Desk <support@desk.example> έγραψε:",
    "he": "\u202bבתאריך יום ב׳, 23 בנוב׳ 2026 ב-12:00 מאת Help Desk <\u202asupport@desk.example\u202c\u200f>:\u202c",
    "no date": "Quoting Help Desk <support@desk.example>:",
}
"""Attributions, as mail programs write them in each language."""


@pytest.mark.parametrize("language", SPOKEN)
def test_a_reply_ends_where_an_attribution_begins_in_any_language(language: str) -> None:
    spoken = SPOKEN[language]
    for shape in (spoken, "\n".join(wrap(spoken, 40, break_on_hyphens=False)), f"{spoken}\n"):
        for below in ("> Really?\n> Sure.", "Really?\nSure."):
            for above in ("New text.\n\n", "New text.\n"):
                assert visible(f"{above}{shape}\n{below}") == "New text.", (shape, below)


@pytest.mark.parametrize("program", REPLIES)
def test_of_a_reply_of_any_mail_program_its_first_line_is_new(program: str) -> None:
    text = REPLIES[program]
    assert visible(text) == text.split("\n")[0]


OUTLOOK = [
    ("From", "Sent", "To", "Subject", "Monday, November 23, 2026 12:00 PM"),
    ("Von", "Gesendet", "An", "Betreff", "Montag, 23. November 2026 12:00"),
    ("De", "Envoyé", "À", "Objet", "lundi 23 novembre 2026 12:00"),
    ("De", "Enviado el", "Para", "Asunto", "lunes, 23 de noviembre de 2026 12:00"),
    ("Da", "Inviato", "A", "Oggetto", "lunedì 23 novembre 2026 12:00"),
    ("De", "Enviada em", "Para", "Assunto", "segunda-feira, 23 de novembro de 2026 12:00"),
    ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 23 november 2026 12:00"),
    ("Från", "Skickat", "Till", "Ämne", "den 23 november 2026 12:00"),
    ("Fra", "Sendt", "Til", "Emne", "mandag 23. november 2026 12:00"),
    ("Od", "Wysłane", "Do", "Temat", "23 listopada 2026 12:00"),
    ("Od", "Odesláno", "Komu", "Předmět", "pondělí 23. listopadu 2026 12:00"),
    ("От", "Отправлено", "Кому", "Тема", "23 ноября 2026 г. 12:00"),
    ("差出人", "送信日時", "宛先", "件名", "2026年11月23日 12:00"),
    ("发件人", "发送时间", "收件人", "主题", "2026年11月23日 12:00"),
    ("寄件者", "寄件日期", "收件者", "主旨", "2026年11月23日 12:00"),
    ("보낸 사람", "보낸 날짜", "받는 사람", "제목", "2026년 11월 23일 월요일 오후 12:00"),
]
SHAPES = ("{}: {}", "*{}:* {}", "{}\uff1a {}", "{} : {}", "*{}: *{}")


@pytest.mark.parametrize("names", OUTLOOK, ids=lambda names: names[0])
def test_a_reply_ends_where_the_headers_of_the_original_begin_with_and_without_a_rule(names: tuple[str, ...]) -> None:
    *labels, date = names
    values = ("Help Desk", date, "Ann", "Re: It")
    for shape in SHAPES:
        head = "\n".join(shape.format(*pair) for pair in zip(labels, values, strict=True))
        for rule in ("", "________________________________\n", "-----Original Message-----\n"):
            assert visible(f"New text.\n\n{rule}{head}\n\nReally?") == "New text.", head


@pytest.mark.parametrize(
    "names",
    [
        ("Šalje", "Poslano", "Prima", "Predmet", "23. studenoga 2026. 12:00"),
        ("Nuo", "Išsiųsta", "Kam", "Tema", "2026 m. lapkričio 23 d. 12:00"),
        ("Từ", "Đã gửi", "Tới", "Chủ đề", "23/11/2026 12:00"),
    ],
    ids=lambda names: names[0],
)
def test_headers_in_a_language_that_is_not_known_are_told_by_an_address_and_an_instant(names: tuple[str, ...]) -> None:
    *labels, instant = names
    head = [f"{label}: " for label in labels]
    for address, end in (("Help <help@x.example>", "New text."), ("Help", None)):
        values = (address, instant, "Ann", "It")
        text = "New text.\n\n" + "\n".join(map("".join, zip(head, values, strict=True))) + "\n\nReally?"
        assert visible(text) == (end or text)


KEPT = [
    "It prints\n> error 17\n> error 18\nWhat now?",
    "Here is the log:\n> error 17\n>\n> error 18",
    "It says\n\n> error 17\n> error 18",
    "At 12:30 the server wrote:\n> error 17\nWhat now?",
    "On 23 Nov 2026 at 12:00 we saw:\n> error 17\n> error 18\nIs it known?",
    "I wrote you on 23.11.2026 at 12:00:\nnothing came back.",
    "On 23.11.2026 at 12:00 I wrote:\nnothing works.",
    "Usage:\ntool --\nand then",
    "Step one\n--\nStep two",
    "_____________\nA form\n_____________\nwith lines and words.",
    "---- a heading ----\ntext\n---- another ----\nmore",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "from: alerts@acme.example\nto: ops@acme.example\nsubject: Disk\nIt does nothing.",
    "Our configuration:\n\nfrom: a@acme.example\nto: c@acme.example\ndate: 2026-11-23\nsubject: x\n\nWhy?",
    "From: me to you, with love",
    "De: is a prefix\nA: 1\nData: 2",
    "On Monday it stopped: at noon.",
    "The manual of 2026 says:\n> never\nbut we did.",
    "Please answer to bob@acme.example by 12:30:\nthe rest",
    "2026-11-23 12:00 GMT+01:00 Service started\n2026-11-23 12:01 GMT+01:00 Service stopped",
    "Signed-off-by: Ann <ann@acme.example>\n---\n a.h | 12 ++++\n b.h | 11 ----\n 2 files changed",
    "Sent from our server at noon it says:\nx",
    "Hallo,\nAm 30.11.2026 um 12:30 schrieb der Dienst in das Log:\nFehler 17\nBitte helfen.",
    "Am 30.11.2026 um 12:30 schrieb der Dienst:\nFehler 17",
    "On 30 Nov 2026 at 12:30 my colleague Bob wrote a script:\nrm -rf /\nIs it to blame?",
    "On 30 Nov 2026 at 12:30 bob@acme.example wrote a script:\nrm -rf /",
    "Le 30/11/2026 à 12:30 le service a écrit dans le journal :\nerreur 17",
    "El 30/11/2026 a las 12:30 el servicio escribió en el registro:\nerror 17",
    "W dniu 30.11.2026 o 12:30 serwis napisał do logu:\nbłąd 17",
    "2026-11-30 12:30 user@acme.example logged in:\nsession 17\nand was thrown out",
    "2026-11-30 12:30 User <user@acme.example> logged in:\nsession 17",
    "Hallo,\nam 30.11.2026 hat bob@acme.example gemeldet:\nFehler 17",
    "The form prints:\nDate: 30.11.2026\nFrom: Berlin\nTo: Hamburg\nand then it crashes",
    "Der Export enthält:\nVon: Meier\nAn: Schulz\nDatum: 30.11.2026\nBetreff: Rechnung\nund bricht ab.",
    "The export has:\n\nFrom: Berlin\nTo: Hamburg\nDate: 30.11.2026\nSubject: x\n\nWhy?",
    "Hallo\n--\nServer 1: 10.0.0.1\nServer 2: 10.0.0.2\nbeide tot",
    "Tel hat sich geändert\n--\n+49 30 1234567\nwas tun?",
    "I wrote to bob@acme.example on Monday:\nnobody answered.\nPlease do.",
    'Hello,\nYour colleague Eve <eve@vendor.example> wrote:\n"try 4.3".\nI tried 4.3 and it crashes as well.',
    "On 30.11.2026 at 12:30 I wrote to bob@acme.example:\nnobody answered.",
    "Am 30.11.2026 um 12:30 habe ich an bob@acme.example geschrieben:\nkeine Antwort.",
    "Am 30.11.2026 um 12:30 schrieb mir Ihre Kollegin Eve Miller <eve@vendor.example>:\nBitte warten.\nWie lange?",
    "Le 30/11/2026 à 12:30 j'ai écrit à bob@acme.example :\npas de réponse.",
    "Yesterday bob@acme.example wrote:\nplease restart the server.\nI did and it is still down.",
    "Steps\n---\nopen https://acme.example/login\n---\nclick on it, and it stops",
]


@pytest.mark.parametrize("text", KEPT)
def test_when_in_doubt_whether_a_line_is_quoted_it_is_new(text: str) -> None:
    assert visible(text) == text
    assert visible(f"{text}\n\n{SPOKEN['en']}\n> Really?") == text


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Yes.\n\nOn Mon, 23 Nov 2026, Help <a@b.c> wrote:\n> Really?", "Yes."),
        ("Yes.\n\nOn Mon, 23 Nov 2026 at 12:00, The Help Desk\n<support@desk.example>\nwrote:\n> Really?", "Yes."),
        ("Ja.\n\nAm 23.11.2026 um 12:00 schrieb Hilfe:\n> Wirklich?", "Ja."),
        ("Yes.\n\n-----Original Message-----\nFrom: Help\nReally?", "Yes."),
        ("Yes.\n\nFrom: Help\nSent: Monday\nTo: Ann\nSubject: Re: It\n\nReally?", "Yes."),
        ("From: me to you, with love", "From: me to you, with love"),
        ("Yes.\n-- \nAnn\nAcme", "Yes."),
        ("Yes.\n\nSent from my iPhone", "Yes."),
        ("On Monday Help wrote:\n> Really?\nYes.\n> Sure?\nQuite.\n-- \nAnn", "Yes.\nQuite."),
        ("> only a quotation", "> only a quotation"),
        ("On Monday it stopped: at noon.", "On Monday it stopped: at noon."),
        ("> On Mon, 23 Nov 2026, Help wrote:\n>\n> Really?\nYes.", "Yes."),
        ("Yes.\n\n> Really?\n>\n> We ask\n", "Yes."),
        ("Yes.\n\n> Is it well again?\n", "Yes."),
        ("Yes.\n> Subject: It\n> From: support@desk.example\n> Date: Mon, 23 Nov 2026\n>\n> Really?", "Yes."),
        ("Help Desk wrote:\n> Really?\nYes.\n> Sure?\nQuite.", "Yes.\nQuite."),
        ("Yes.\n--\nAnn Miller\nann@acme.example", "Yes."),
        ("Yes.\n--\n+49 30 1234567", "Yes."),
        (f"Yes.\n--\nAnn\n\n{SPOKEN['en']}\n> Really?", "Yes."),
        ("Yes.\n\n---- On Mon, 23 Nov 2026 12:00:00 +0100 Help &lt;a@b.example&gt; wrote ----\n\nReally?", "Yes."),
        ("Yes.\n\n2026-11-23 12:00 GMT+01:00 Help Desk\n\nReally?", "Yes."),
        ("On 8 May 2026 17:34, Help <support@desk.example> wrote:\n\nYes.", "Yes."),
        ("Yes.\n\nVon meinem Mobiltelefon gesendet\n\nPS: It is urgent.", "Yes.\n\n\n\nPS: It is urgent."),
        ("Ja.\n\niPhoneから送信", "Ja."),
        ("Yes.\n\nOn Mon Nov 23 2026 at 12:00, Your Support <support@desk.example> wrote:\n\nReally?", "Yes."),
        ("Yes.\n\nBegin forwarded message:\n\nReally?", "Yes.\n\nBegin forwarded message:\n\nReally?"),
        ("Yes.\n\n-----Sonstwas Nachricht-----\nVon: Hilfe\nGesendet: 23.11.2026\nAn: Ann\n\nReally?", "Yes."),
    ],
)
def test_what_a_mail_program_adds_is_not_the_reply(text: str, reply: str) -> None:
    assert visible(text) == reply


@pytest.mark.parametrize("language", SPOKEN)
def test_what_is_posted_is_the_same_when_it_is_looked_at_again(language: str) -> None:
    for text in (*KEPT, "Yes.\n\n> Is it?\n>\n> It is."):
        once = visible(f"{text}\n\n{SPOKEN[language]}\n> Really?\n-- \nAnn")
        assert visible(once) == once


@pytest.mark.parametrize(
    "line",
    [
        "Help Desk <support@desk.example>, kl. 12:00 sagði:",
        "Ar an 23ú la, scríobh Help <support+AbC@DESK.example>:",
        "Nondik: Help <support@desk.example>\nNoiz: 2026(e)ko azaroaren 23a\nNori: Ann\nGaia: It",
    ],
)
def test_a_line_of_a_mail_program_that_names_our_mailbox_ends_the_reply(line: str) -> None:
    assert message_words(parse(plain(f"New text.\n\n{line}\n\nReally?"))).body == "New text."
    to_others = parse(plain(f"New text.\n\n{line}\n\nReally?").replace(b"To: support@desk", b"To: help@other"))
    assert message_words(to_others).body != "New text."


@pytest.mark.parametrize(
    "text",
    [
        "I wrote to support@desk.example on Monday:\nnobody answered.\nPlease do.",
        "Hello,\nI wrote to Desk <support@desk.example> on 30.11.2026 at 12:00:\nnobody answered.",
        "Am 30.11.2026 um 12:00 habe ich an support@desk.example geschrieben:\nkeine Antwort.",
        'Hello,\nyour support <support@desk.example> wrote:\n"try 4.3".\nI did.',
        "Hello,\nyesterday support@desk.example wrote:\nplease restart.\nI did.",
    ],
)
def test_who_speaks_of_our_mailbox_quotes_nothing(text: str) -> None:
    assert message_words(parse(plain(text))).body == text


def test_no_text_of_short_lines_takes_long() -> None:
    begun = process_time()
    for piece in (
        "--\nab\n",
        "> a\nb:\n",
        "On 23.11.2026 at 12:00\n",
        "<\n> x:\n",
        "From: a\n",
        "From: a\nTo: b\nDate: 30.11.2026\nSubject: c\n\nAnn: x\n",
        "-- \nab\n\nPS: x.\n",
        "> Begin forwarded message:\n> From: a@b.example\n",
        "Ann: x\nOn 23.11.2026 at 12:00, A <a@b.example> wrote:\n",
        "Product:\n",
        "- OS: x\n\n",
        "BEGIN:VCARD\n\n",
    ):
        text = piece * (100_000 // len(piece))
        added(text, addressed=["a@b.example"], writer="Ann Lee", subject="WG: x [P-1]", coloured=["x y"])
        filled_in(text)
        labelled(text)
    assert process_time() - begun < 5


def test_the_writers_name_below_two_dashes_is_a_signature() -> None:
    assert message_words(parse(plain("Yes.\n--\nAnn\nAcme"))).body == "Yes."
    assert visible("Yes.\n--\nAnn\nAcme") == "Yes.\n--\nAnn\nAcme"


def test_a_reply_of_nothing_but_a_quotation_is_posted_whole() -> None:
    text = f"{SPOKEN['en']}\n> Really?"
    assert visible(text) == message_words(parse(plain(text))).body == text


def test_headers_of_somebody_elses_mail_that_is_shown_to_us_are_new() -> None:
    head = (
        "From: shop@acme.example\nTo: all@acme.example\nDate: 30 Nov 2026 12:00\nSubject: {}\n\nPlease fix the subject."
    )
    text = f"It goes out so.\n\n{head}"
    assert message_words(parse(plain(text.format("Order")))).body == text.format("Order")
    for subject in ("Re: Order", "Order [P-1042]"):
        assert message_words(parse(plain(text.format(subject)))).body == "It goes out so."
    ours = text.format("Order").replace("all@acme", "support@desk")
    assert message_words(parse(plain(ours))).body == "It goes out so."
