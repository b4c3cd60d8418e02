"""A mail that somebody passes on to an existing ticket: what others wrote in it was never sent to us, so it is new."""

import pytest
from tests.mail.cases import page, plain

from intake.mail import message_words, parse

SAID = "Port 443 is blocked by rule 12."
HOSTER = "Hoster <noc@hoster.example>"
FORWARDED = {
    "Gmail": f"---------- Forwarded message ---------\nFrom: {HOSTER}\nDate: Mon, 30 Nov 2026\nSubject: firewall\n"
    "To: Ann <ann@acme.example>",
    "Outlook": f"Von: {HOSTER}\nGesendet: Montag, 30. November 2026 09:12\nAn: Ann <ann@acme.example>\n"
    "Betreff: firewall",
    "Outlook on the web": f"________________________________\nDe : {HOSTER}\nEnvoyé : lundi 30 novembre 2026 09:12\n"
    "À : Ann <ann@acme.example>\nObjet : firewall",
    "Apple": f"Begin forwarded message:\n\nFrom: {HOSTER}\nSubject: firewall\nDate: 30 November 2026 at 09:00:00 CET\n"
    "To: Ann <ann@acme.example>",
    "Apple, fr": f"Début du message transféré :\n\nDe: {HOSTER}\nObjet: firewall\nDate: 30 novembre 2026",
    "Thunderbird": f"-------- Weitergeleitete Nachricht --------\nBetreff: \tfirewall\nDatum: \tMon, 30 Nov 2026\n"
    f"Von: \t{HOSTER}\nAn: \tAnn <ann@acme.example>",
    "Lotus": f"----- Forwarded by Ann Lee/ACME on 30.11.2026 09:12 -----\n\nFrom: {HOSTER}\nTo: Ann",
    "QQ": f"------------------ 转发的邮件 ------------------\n发件人: {HOSTER}\n"
    "发送时间: 2026年11月30日\n主题: firewall",
}
SUBJECTS = ["Fwd: firewall [P-1042]", "WG: firewall [P-1042]", "Re: Printer [P-1042]", "firewall [P-1042]"]


def posted(text: str, subject: str = "Re: Printer [P-1042]") -> str:
    """What is posted of a mail with this text."""
    return message_words(parse(plain(text).replace(b"Subject: It stops", f"Subject: {subject}".encode()))).body


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("program", FORWARDED)
def test_what_others_wrote_is_posted_with_the_words_above_it(program: str, subject: str) -> None:
    text = f"FYI, this is what our hoster says.\n\n{FORWARDED[program]}\n\n{SAID}\n> Is it open?\nNo."
    assert posted(text, subject) == text


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_page_that_is_passed_on_is_posted(subject: str) -> None:
    html = (
        '<div dir="ltr">FYI</div><br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message '
        "---------<br>From: <b>Hoster</b> &lt;noc@hoster.example&gt;<br>Subject: firewall<br>To: Ann<br></div>"
        f"<div>{SAID}</div></div>"
    )
    raw = page(html).replace(b"Subject: It stops", f"Subject: {subject}".encode())
    assert SAID in message_words(parse(raw)).body


def test_headers_that_stand_in_paragraphs_of_their_own_are_of_one_mail() -> None:
    block = "Von: Desk <help@vendor.example>\n\nDatum: 30.11.2026 09:12\n\nAn: Ann\n\nBetreff: {}\n\nPlease restart."
    assert posted(f"No.\n\n{block.format('Re: Printer [P-1042]')}") == "No."
    assert posted(f"No.\n\n{block.format('firewall')}").endswith("Please restart.")


def test_a_telephone_quotes_what_it_passes_on() -> None:
    text = f"FYI\n\n> Begin forwarded message:\n>\n> From: {HOSTER}\n> Subject: firewall\n>\n> {SAID}\n> Bye"
    assert posted(text) == text


def test_what_is_passed_on_stands_below_the_signature() -> None:
    assert posted(f"FYI\n\n-- \nAnn Lee\nAcme\n\n{FORWARDED['Thunderbird']}\n\n{SAID}") == (
        f"FYI\n\n{FORWARDED['Thunderbird']}\n\n{SAID}"
    )


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("program", FORWARDED)
def test_our_own_mail_is_not_posted_though_it_is_passed_on(program: str, subject: str) -> None:
    ours = FORWARDED[program].replace(HOSTER, "Desk <support+ab@desk.example>")
    assert posted(f"Still broken.\n\n{ours}\n\nPlease restart.", subject) == "Still broken."


def test_our_own_mail_below_what_is_passed_on_is_not_posted() -> None:
    above = f"FYI\n\n{FORWARDED['Outlook']}\n\n{SAID}"
    ours = FORWARDED["Outlook"].replace(HOSTER, "Desk <support@desk.example>")
    for end in (ours, "On Mon, 30 Nov 2026 at 12:00, Desk <support@desk.example> wrote:"):
        assert posted(f"{above}\n\n{end}\n\nPlease restart.") == above


def test_a_colleagues_answer_in_the_thread_is_history_unless_it_is_passed_on() -> None:
    answer = FORWARDED["Outlook"].replace("firewall", "RE: Printer [P-1042]")
    text = f"Indeed.\n\n{answer}\n\nIt is the firewall."
    assert posted(text) == "Indeed."
    assert posted(text, "WG: Printer [P-1042]") == text


def test_whose_mail_has_no_address_is_ours_by_its_number() -> None:
    named = FORWARDED["Outlook"].replace(HOSTER, "Desk")
    assert posted(f"See.\n\n{named}\n\n{SAID}", "WG: firewall [P-1042]").endswith(SAID)
    ours = named.replace("firewall", "Re: Printer [P-1042]")
    assert posted(f"See.\n\n{ours}\n\n{SAID}", "WG: Printer [P-1042]") == "See."
