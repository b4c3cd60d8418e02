"""The letters and mails about feedback, as they are read."""

from typing import Any

import pytest
from tests.unit.notifier.test_render import Balanced

from contracts.notifications import LetterTemplate
from notifier.render import Words, render

LINK = "https://desk.example/c/token"
THEN = "2026-07-21T15:00:00Z"


def said(template: LetterTemplate, about: dict[str, str] | None = None, **more: Any) -> str:
    """The words of both forms, which say the same, on one line; the subject comes first."""
    words = whole(template, about, **more)
    for text in (words.text.rpartition("-- ")[0], Balanced(words.html).text):
        assert "F-1000" in words.subject
        assert "None" not in text
    return words.subject + " " + " ".join(words.text.split())


def whole(template: LetterTemplate, about: dict[str, str] | None = None, **more: Any) -> Words:
    return render(template, number="F-1000", desk="Example Support", about=about, **more)


def test_a_receipt_says_until_when_a_person_writes_as_far_as_that_is_known() -> None:
    assert "read it and write to you. This is an automatic reply." in said("feedback-received")
    terms = {"next_in": "1", "next_counts": "working-days", "next_calendar": "weekdays"}
    assert "write to you within 1 working day." in said("feedback-received", terms)
    named = terms | {"next_at": THEN, "zone": "Asia/Kathmandu"}
    assert "write to you before Tuesday, 21 July 2026, 20:45 your time." in said("feedback-received", named)


def test_whoever_wrote_on_a_ticket_is_told_that_it_is_feedback_and_honestly_if_we_are_late() -> None:
    marked = {"marked_on": "P-1042", "next_at": THEN}
    letter = said("feedback-received", marked)
    assert "What you told us on P-1042 is feedback on our support. It has the number F-1000;" in letter
    assert "A person will read it and write to you before Tuesday, 21 July 2026, 15:00 (UTC)." in letter
    late = said("feedback-received", marked | {"past": "true"})
    assert "A person should have written to you before Tuesday, 21 July 2026, 15:00 (UTC). We are late, and" in late


def test_an_instant_is_exact_and_an_unknown_zone_is_utc() -> None:
    about = {"next_at": "2026-07-21T15:00:30Z", "zone": "Nowhere/City"}
    letter = said("complaint-delayed", about, text="A", second_text="B")
    assert "by Tuesday, 21 July 2026, 15:00:30 (UTC)." in letter
    assert "(UTC)" in said("complaint-delayed", about | {"zone": "../etc/passwd"}, text="A", second_text="B")


def test_an_outcome_says_what_was_found_and_how_to_go_on() -> None:
    about = {"next_at": THEN, "zone": "Europe/Berlin"}
    links = {"complaint": LINK}
    letter = said("complaint-outcome", about, text="Lost.", second_text="We call.", third_text="A line.", links=links)
    assert letter.startswith("[F-1000] The outcome of your complaint")
    for words in (
        "This is what we found: Lost. This is how we resolve it: We call.",
        "This is what we do so that it does not happen again: A line.",
        f"answer this mail, or open the page behind this link. Accept or dispute the outcome: {LINK}",
        "If you are not satisfied, our CEO hears your complaint and decides.",
        "If we do not hear from you before Tuesday, 21 July 2026, 17:00 your time, we take the matter as",
    ):
        assert words in letter
    assert f'href="{LINK}"' in whole("complaint-outcome", about, text="Lost.", links=links).html


def test_an_outcome_leaves_out_what_there_is_not() -> None:
    letter = said("complaint-outcome", text="Lost.", third_text="A line.")
    assert "resolve" not in letter
    assert "settled" not in letter
    assert "answer this mail." in letter
    assert "again" not in said("complaint-outcome", text="Lost.", second_text="We call.")


def test_a_corrected_outcome_says_so() -> None:
    letter = said("complaint-outcome", {"corrects": "true"}, text="Lost.", second_text="We call.")
    assert letter.startswith("[F-1000] A correction:")
    assert "This letter replaces that one." in letter


def test_a_delay_says_what_delays_what_is_needed_and_when_the_next_word_comes() -> None:
    letter = said("complaint-delayed", {"next_at": THEN}, text="The law.", second_text="A list.", zone="Europe/Berlin")
    assert (
        "This delays us: The law. This is what we still need: A list. You will hear from us again by Tuesday" in letter
    )
    assert "17:00 (Europe/Berlin)" in letter


def test_a_dispute_is_confirmed_and_what_was_only_understood_as_one_is_said_to_be() -> None:
    assert "You do not accept the outcome" in said("complaint-disputed", {"cause": "customer"})
    for cause in ("marked", "unmarked"):
        letter = said("complaint-disputed", {"cause": cause})
        assert "We understand from what you wrote that you do not accept the outcome" in letter
    assert "Our CEO hears it now" in said("complaint-disputed", {"cause": "noted"})


def test_whoever_complained_is_told_what_it_is_taken_for_instead() -> None:
    assert "for praise, so we no longer review it as a complaint. This is why: Thanks." in said(
        "feedback-reclassified", {"kind": "praise"}, text="Thanks."
    )
    letter = said("feedback-reclassified", {"kind": "criticism"})
    assert "for criticism" in letter
    assert "why" not in letter


def test_a_person_s_letters_bring_their_words_and_do_not_call_themselves_automatic() -> None:
    templates: tuple[LetterTemplate, ...] = ("feedback-acknowledged", "feedback-question", "complaint-decided")
    for template in templates:
        letter = said(template, text="We are sorry.")
        assert "We are sorry." in letter
        assert "automatic" not in letter
    assert "final" in said("complaint-decided", text="No.")


def test_an_urgent_complaint_says_who_was_told_and_until_when_a_person_answers() -> None:
    about = {"to": "vp", "next_in": "PT4H", "next_counts": "support-time", "next_calendar": "weekdays"}
    letter = said("complaint-urgent", about)
    assert "We have told our VP at once. A person will answer you within 4 h of support time." in letter
    assert "before Tuesday" in said("complaint-urgent", about | {"next_at": THEN}, zone="Europe/Berlin")
    assert "told our CEO at once. A person will answer you." in said("complaint-urgent", {"to": "ceo"})


def test_after_the_end_words_are_kept_and_change_nothing() -> None:
    letter = said("complaint-final")
    assert "the decision is final" in letter
    assert "automatic reply" in letter
    assert "You have withdrawn your complaint F-1000" in said("complaint-withdrawn")


@pytest.mark.parametrize(
    ("reason", "subject", "words"),
    [
        (
            "review",
            "a complaint is to be reviewed",
            "F-1000 is a complaint, which is yours to review, and you are called",
        ),
        ("urgent", "an urgent complaint", "needs an urgent resolution of F-1000"),
        ("update-missed", "a promised update was missed", "got neither the outcome nor an update"),
        ("arbitration", "the outcome of a complaint is disputed", "which is yours to decide, and you are called"),
    ],
)
def test_who_is_called_is_told_why_and_how_to_acknowledge(reason: str, subject: str, words: str) -> None:
    about = {"escalation": "review", "reason": reason, "since": THEN, "next_in": "1", "next_counts": "working-days"}
    letter = said("complaint-call", about, role="vp")
    assert letter.startswith(f"[F-1000] Called to you: {subject}")
    assert words in letter
    assert 'called as VP. Please take it on and acknowledge the escalation "review" of F-1000.' in letter
    assert "Unless somebody does, called again: 1 working day later" in letter
    assert "called again: 21 July 2026, 15:00:00 UTC" in said("complaint-call", about | {"next_at": THEN}, role="vp")
    assert "called again" not in said("complaint-call", {"reason": reason, "since": THEN}, role="vp")


@pytest.mark.parametrize(("turn", "words"), [("0", ""), ("1", "Called before: once"), ("2", "Called before: 2 times")])
def test_who_is_called_again_is_told_how_often_they_were_called(turn: str, words: str) -> None:
    letter = said("complaint-call", {"reason": "review", "since": THEN, "turn": turn}, role="vp")
    assert words in letter
    assert ("Called before" in letter) == bool(words)


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        ("acknowledgement", "No person acknowledged F-1000"),
        ("update", "got neither the outcome of F-1000 nor an update"),
        ("urgent", "No person answered the urgent complaint F-1000"),
    ],
)
def test_a_broken_promise_is_named(promise: str, words: str) -> None:
    letter = said("feedback-promise-broken", {"promise": promise, "due_at": THEN, "missed": "2"}, role="vp")
    assert words in letter
    assert "Was due: 21 July 2026, 15:00:00 UTC" in letter
    assert ("Missed in a row: 2" in letter) == (promise == "update")
    later = said("feedback-promise-broken", {"promise": promise, "due_at": THEN, "broken_at": THEN}, role="vp")
    assert "Broken by a correction: 21 July" in later


def test_staff_read_what_they_have_to_do() -> None:
    assert "Acknowledge before: 21 July 2026" in said("feedback-reminder", {"due_at": THEN}, role="support-manager")
    opened = said("complaint-opened", {"reviewer": "vp", "since": THEN}, role="support-manager")
    assert "It is reviewed by the VP." in opened
    assert "Received: 21 July" in opened
    named = said("complaint-opened", {"reviewer": "support-manager", "named": "true"}, role="support-manager")
    assert "named you as Support Manager to review the complaint F-1000" in named
    renewed = said("complaint-renewed", {"renewals": "3", "next_at": THEN}, role="vp")
    assert "promised anew 3 times" in renewed
    failed = said("letter-undeliverable", {"letter": "complaint-outcome", "reason": "550 5.1.1", "requested_at": THEN})
    assert "Letter: complaint outcome Reason: 550 5.1.1" in failed


def test_staff_read_the_customer_s_words() -> None:
    assert "said more about F-1000: On Monday." in said("feedback-words", text="On Monday.", role="vp")
    assert "answered our question about F-1000: On Monday." in said(
        "feedback-words", {"answers": "true"}, text="On Monday.", role="vp"
    )
    assert "Somebody else of the customer's account wrote this" in said(
        "feedback-words", {"colleague": "true"}, text="On Monday.", role="vp"
    )
    offered = said("feedback-words", {"offers": "dispute"}, text="I do not accept this.", role="vp")
    assert offered.startswith("[F-1000] The customer does not seem to accept the outcome")
    assert "This reads as a dispute. Reading decides nothing: please say what these words mean" in offered
    assert "rated our support for F-1000 1 of 5. In their words: Slow." in said(
        "low-rating", {"rating": "1"}, text="Slow."
    )
    assert "They added no words." in said("low-rating", {"rating": "2"})
