"""What free words clearly say: a dispute, offered to staff; a kind; an urgent request. The rest is left alone."""

import pytest

from feedback.domain.phrases import asks_urgently, offered, proposed


@pytest.mark.parametrize(
    "text",
    [
        "I do not accept.",
        "i do not accept this outcome",
        "I don't accept that.",
        "I don’t accept that.",
        "We do not agree with you.",
        "I cannot accept this.",
        "I can not accept this.",
        "We can't accept it.",
        "I won't accept it.",
        "I will not accept it.",
        "I am not satisfied.",
        "I'm not satisfied with that",
        "We are not at all happy.",
        "We're still unhappy about it.",
        "I am dissatisfied.",
        "I dispute the outcome.",
        "I hereby reject your outcome.",
        "We disagree.",
        "I refuse to accept that.",
        "This is not acceptable.",
        "The outcome is unacceptable.",
        "Dear Sir,\nthank you, but I do\nnot accept the outcome.\nEve",
        "Not accepted.",
        "Ich akzeptiere das nicht.",
        "Wir akzeptieren Ihr Ergebnis nicht.",
        "Das kann ich so nicht sagen. Ich kann das nicht akzeptieren.",
        "Ich nehme das Ergebnis nicht an.",
        "Ich bin nicht einverstanden.",
        "Ich bin damit nicht einverstanden",
        "Damit bin ich nicht einverstanden.",
        "Wir sind mit dem Ergebnis nicht zufrieden.",
        "Ich stimme dem nicht zu.",
        "Ich lehne das Ergebnis ab.",
        "Ich widerspreche.",
        "Das ist inakzeptabel.",
        "Nicht einverstanden!",
    ],
)
def test_who_clearly_does_not_accept_is_understood(text: str) -> None:
    assert offered(text) == "dispute"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hm.",
        "I accept.",
        "We accept the outcome, thank you.",
        "I am satisfied.",
        "Why did it take so long?",
        "You do not accept credit cards.",
        "Your server does not accept my password.",
        "> If you are not satisfied: say that you do not accept the outcome.\nFine with me.",
        "> I do not accept that.\nThat is what I wrote; forget it.",
        "Just say that you do not accept the outcome; you need not say why.",
        "Accept or dispute the outcome: https://desk.example/c/token",
        "Ich bin einverstanden.",
        "Ich akzeptiere das.",
        "Sagen Sie einfach, dass Sie nicht einverstanden sind.",
    ],
)
def test_all_else_is_left_to_staff(text: str) -> None:
    assert offered(text) is None


def test_a_kind_is_what_a_line_says() -> None:
    assert proposed("Kind: complaint\n\nSlow.") == "complaint"
    assert proposed("Slow.\n* Kind : Complaint.") == "complaint"
    assert proposed("Art: Beschwerde") == "complaint"
    assert proposed("kind: praise\nkind: complaint") == "praise"
    for text in ("This is a complaint.", "Kind: regards", "Kind regards: Eve", "> Kind: complaint"):
        assert proposed(text) is None


def test_urgent_is_what_a_line_says_and_never_the_word_alone() -> None:
    assert asks_urgently("Urgent: yes\nOur plant stands still.")
    assert asks_urgently("Dringend: ja")
    for text in ("This is urgent!", "Urgent: no", "Urgent:", "> Urgent: yes", "Not urgent: yes it is not"):
        assert not asks_urgently(text)


def test_words_without_end_say_nothing() -> None:
    for text in ("I " * 200_000, "i am not " * 50_000, "-" * 300_000 + "kind", "ich bin " + "x " * 200_000):
        assert offered(text) is None
        assert proposed(text) is None
