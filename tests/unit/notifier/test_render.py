from html.parser import HTMLParser
from typing import Any, get_args

import pytest

from contracts.languages import WRITTEN, Language
from contracts.notifications import AnyTemplate, LetterTemplate, Template
from contracts.tickets import Unread
from notifier.render import DETAILS, Reply, Words, clean, render

VOID = {"meta", "br", "img", "hr", "input", "link"}
ABOUT = {
    "missing": "product,os_version",
    "states": "plan",
    "percent": "75",
    "severity": "2",
    "cause": "deadline",
    "due_at": "2026-07-13T15:00:00Z",
    "breached_at": "2026-07-13T15:00:00.000001Z",
    "expires_at": "2026-10-11T15:00:00Z",
}
PROMISED = {"next_at": "2026-07-21T15:00:00Z"}
EVERY: tuple[AnyTemplate, ...] = (*get_args(Template), *get_args(LetterTemplate))
LONG = "長" * 3000
SURVEY = "https://desk.example/surveys/token"
TICKET = "https://desk.example/tickets/P-1042"


class Balanced(HTMLParser):
    """Fails for a tag that is never closed, and gathers what is read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def said(template: AnyTemplate, **other: Any) -> Words:
    given: dict[str, Any] = {
        "number": "P-1042",
        "desk": "Example Support",
        "role": "vp",
        "text": "Restart the service.",
        "about": ABOUT | PROMISED if template == "complaint-delayed" else ABOUT,
        "links": {"survey": SURVEY},
    }
    return render(template, **(given | other))


@pytest.mark.parametrize("template", EVERY)
def test_every_mail_has_its_number_in_the_subject_and_says_the_same_in_both_forms(template: AnyTemplate) -> None:
    words = said(template)
    assert words.subject.startswith("[P-1042] ")
    assert "\n" not in words.subject
    html = " ".join(Balanced(words.html).text.split())
    assert "P-1042" in words.text
    assert "P-1042" in html
    lines = words.text.splitlines()
    paragraphs = " ".join(lines[: lines.index("-- ")]).split()
    # The survey's buttons bear numbers, and links are attributes; facts are a table in one form.
    spoken = [word.strip(":") for word in paragraphs if word[0].isalpha() and "://" not in word]
    assert [word for word in spoken if word not in html] == []


@pytest.mark.parametrize("template", EVERY)
def test_every_mail_bears_awkward_words(template: AnyTemplate) -> None:
    awkward = "Ünïcödé 🌻 \u202eעברית\u202c <script>alert('&')</script>\r\nBcc: x@y\x00\x0b\ud800 {{ 7 * 7 }}" + LONG
    words = said(template, text=awkward, desk=awkward, number=awkward, role=awkward)
    for form in words:
        form.encode("utf-8")
        assert "\x00" not in form
        assert "49" not in form
    assert len(words.subject.splitlines()) == 1
    assert len(words.subject) <= 200
    assert "<script" not in words.html
    assert "alert('&')" in Balanced(words.html).text


def test_the_same_input_makes_the_same_words() -> None:
    assert said("answer") == said("answer")


def test_the_receipt_asks_for_what_is_missing_by_name() -> None:
    words = said("ticket-received")
    assert "- Product:\n- OS version:\n" in words.text
    assert "<li>OS version:</li>" in words.html
    assert "automatic" in words.text


def test_the_receipt_of_a_complete_request_asks_for_nothing() -> None:
    words = said("ticket-received", about=None)
    assert "need to know" not in words.text
    assert "Product" not in words.text


def test_the_lines_to_complete_are_empty_so_that_a_quotation_of_them_says_nothing() -> None:
    lines = [line for of in DETAILS.values() for name, line in of.items() if name != "description"]
    assert all(line.endswith(":") for line in lines)


def test_who_asks_for_information_is_a_person_or_the_machine() -> None:
    assert "Restart the service." in said("information-wanted").text
    assert "automatic" not in said("information-wanted").text
    assert "automatic" in said("information-wanted", text=None).text


@pytest.mark.parametrize("template", ["message", "answer", "resolved", "information-wanted"])
def test_what_a_person_wrote_keeps_its_lines(template: Template) -> None:
    log = "1. Stop it:\n\n\n    systemctl stop x\n    rm -r /tmp/x\n2. Start it."
    assert log in said(template, text=log).text
    assert log in Balanced(said(template, text=log).html).text


def test_an_answer_says_whether_it_is_a_plan_or_a_resolution() -> None:
    assert "plan" in said("answer").subject
    assert "resolve" in said("answer", about={"states": "resolution"}).subject


def test_a_survey_has_a_button_for_each_rating_and_in_plain_text_one_link() -> None:
    words = said("survey")
    for rating in range(1, 6):
        assert f'href="{SURVEY}?rating={rating}"' in words.html
    assert f"1 is poor, 5 is excellent.\nAnswer on this page: {SURVEY}\n" in words.text
    assert words.text.count(SURVEY) == 1
    assert f'href="{SURVEY}"' in words.html


def test_instants_are_in_words_and_in_utc() -> None:
    assert "Answer before: 13 July 2026, 15:00:00 UTC" in said("sla-warning").text
    late = said("objective-missed", about={"due_at": "2026-07-03T23:30:00-05:00"})
    assert "4 July 2026, 04:30:00 UTC" in late.text


def test_a_warning_says_how_much_is_used_up() -> None:
    assert said("sla-warning").subject == "[P-1042] 75 % of the response time is used up"


def test_a_breach_says_why() -> None:
    assert "raised" not in said("sla-breached").text
    assert "raised" in said("sla-breached", about=ABOUT | {"cause": "reclassified"}).text


def test_a_retraction_says_why() -> None:
    assert "answered in time" in said("breach-retracted", about=ABOUT | {"cause": "answered-in-time"}).text
    assert "another deadline" in said("breach-retracted", about=ABOUT | {"cause": "clock-changed"}).text


def test_that_an_objective_was_not_missed_is_told_as_no_breach() -> None:
    about = ABOUT | {"metric": "objective", "cause": "answered-in-time"}
    words = said("breach-retracted", about=about)
    assert words.subject == "[P-1042] It was answered in time after all"
    assert "breach" not in words.text.lower()
    assert "another time holds" in said("breach-retracted", about=about | {"cause": "clock-changed"}).text


def test_who_is_called_is_told_as_what_and_who_is_next() -> None:
    assert "called as VP" in " ".join(said("escalation").text.split())
    assert "Next one" not in said("escalation").text
    called = said("escalation", role="engineer", about=ABOUT | {"next_at": "2026-07-13T15:30:00Z"})
    assert "called as support engineer" in " ".join(called.text.split())
    assert "Next one is called: 13 July 2026, 15:30:00 UTC" in called.text


def test_a_link_to_the_ticket_is_there_if_there_is_one() -> None:
    assert "See all" not in said("message").text + said("message").html
    linked = said("message", links={"ticket": TICKET + '"><b>'})
    assert TICKET in linked.text
    assert 'href="https://desk.example/tickets/P-1042&#34;&gt;' in linked.html


def test_a_long_subject_is_cut() -> None:
    subject = said("message", number="P-" + "9" * 500).subject
    assert len(subject) == 200
    assert subject.endswith("…")


def test_a_subject_that_is_given_takes_the_place_of_the_template_s_own() -> None:
    words = said("message", subject="Re: <b>It broke</b> [P-1042]")
    assert words.subject == "Re: <b>It broke</b> [P-1042]"
    assert "<title>Re: &lt;b&gt;It broke&lt;/b&gt; [P-1042]</title>" in words.html


def test_clean_text_keeps_lines_and_tabs() -> None:
    assert clean("a\r\nb\rc\td\x1b[31m\u2028e\ufeff") == "a\nb\nc\td[31me"
    assert clean("\ud83d\ude00") == "😀"
    assert clean("\ud800") == "\ufffd"


@pytest.mark.parametrize("template", ["sla-warning", "sla-breached", "breach-retracted", "escalation"])
def test_a_mail_says_what_is_late(template: Template) -> None:
    for metric, word in (("next-reply", "no reply"), ("update", "no update"), ("resolution", "no resolution")):
        words = said(template, about=ABOUT | {"metric": metric})
        assert word in words.text
        assert "response" not in words.subject + words.text
    assert "no initial response" in said(template).text


def test_a_warning_of_an_unknown_calendar_names_it_and_what_counts_instead() -> None:
    words = said("sla-warning", about={"calendar": "offce <b>", "tier": "enlist"})
    assert words.subject == "[P-1042] The calendar agreed with the account is unknown"
    assert 'calendar "offce <b>"' in words.text
    assert "the tier, enlist" in words.text
    assert "offce &lt;b&gt;" in words.html
    assert "%" not in words.text


@pytest.mark.parametrize("language", WRITTEN)
def test_whoever_named_a_severity_that_can_t_be_read_is_told_which_one_was_taken(language: Language) -> None:
    about = {"severity_taken": "3"}
    plainly, told = (said("ticket-received", language=language, about=one) for one in (None, about))
    (line,) = set(told.text.split("\n\n")) - set(plainly.text.split("\n\n"))
    assert " 3" in line
    assert "1 (" in line
    reply = Reply("P-1042", "ticket-received", "a@b.example", about)
    joined = render("joined-replies", number="P-1042", desk="Desk", replies=[reply], language=language)
    assert line.split("\n")[0] in joined.text


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("why", get_args(Unread))
def test_whoever_wrote_is_told_what_of_their_mail_can_t_be_read(language: Language, why: str) -> None:
    plainly, told = (said("ticket-received", language=language, about=about) for about in (None, {"unread": why}))
    (line,) = set(told.text.split("\n\n")) - set(plainly.text.split("\n\n"))
    assert {"pgp": "PGP", "smime": "S/MIME", "smime-signed": "S/MIME", "tnef": "winmail.dat"}[why] in line
    reply = Reply("P-1042", "ticket-received", "a@b.example", {"unread": why})
    joined = render("joined-replies", number="P-1042", desk="Desk", replies=[reply], language=language)
    assert line.split("\n")[0] in joined.text
