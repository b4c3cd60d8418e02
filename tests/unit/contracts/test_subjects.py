"""The subject of our mails about a ticket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.subjects import REPLY, THEIRS_CHARACTERS, TICKET_NUMBER, reply_subject


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Printer on fire", "Re: Printer on fire [P-1042]"),
        ("Re: Printer on fire", "Re: Printer on fire [P-1042]"),
        ("AW: RE[2]: Printer on fire", "Re: Printer on fire [P-1042]"),
        ("Sv : re: Skrivaren", "Re: Skrivaren [P-1042]"),
        ("回复：打印机", "Re: 打印机 [P-1042]"),
        ("Fwd: Printer on fire", "Re: Fwd: Printer on fire [P-1042]"),
        ("Re: Printer on fire [P-1000]", "Re: Printer on fire [P-1042]"),
        ("[P-1000] Re: AW: [ p-7 ] Printer", "Re: Printer [P-1042]"),
        ("Re: Printer [P-1042]", "Re: Printer [P-1042]"),
        ("Re: what you said of [F-1000]", "Re: what you said of [P-1042]"),
        ("[EXTERNAL] Printer P-1000 [urgent]", "Re: [EXTERNAL] Printer P-1000 [urgent] [P-1042]"),
        ("Regarding: printer", "Re: Regarding: printer [P-1042]"),
        ("  Printer\r\n\ton\u2028 fire\x00\u202e ", "Re: Printer on fire [P-1042]"),
        ("👩\u200d🚒 मुद्रक", "Re: 👩\u200d🚒 मुद्रक [P-1042]"),
    ],
)
def test_it_is_a_reply_to_theirs_with_the_number(theirs: str, ours: str) -> None:
    assert reply_subject(theirs, "P-1042") == ours


@pytest.mark.parametrize("theirs", ["", "   ", "Re:", "Re: [P-1000]", "\u200b", "(no subject)"])
def test_without_a_subject_of_theirs_it_says_so(theirs: str) -> None:
    assert reply_subject(theirs, "P-1042") == "Re: (no subject) [P-1042]"


def test_a_long_one_is_cut_after_a_word() -> None:
    assert reply_subject("word " * 100, "P-1042") == "Re: " + ("word " * 24).rstrip() + "… [P-1042]"


def test_a_long_word_is_cut_itself() -> None:
    assert reply_subject("印" * 500, "P-1042") == "Re: " + "印" * (THEIRS_CHARACTERS - 1) + "… [P-1042]"
    just = "印" * THEIRS_CHARACTERS
    assert reply_subject(just, "P-1042") == f"Re: {just} [P-1042]"


@pytest.mark.parametrize("seen", ["e\u0301", "👩\u200d🚒", "❤\ufe0f"])
def test_no_character_is_cut_in_two(seen: str) -> None:
    for before in range(5):
        theirs = "印" * before + seen * 200
        kept = reply_subject(theirs, "P-1042").removeprefix("Re: ").removesuffix("… [P-1042]")
        assert kept.removeprefix("印" * before).replace(seen, "") == ""


@given(st.text(max_size=400))
def test_whatever_theirs_is_ours_is_one_line_that_names_the_ticket_alone(theirs: str) -> None:
    ours = reply_subject(theirs, "P-1042")
    assert ours.startswith("Re: ")
    assert ours.endswith(" [P-1042]")
    assert len(ours.splitlines()) == 1
    assert len(ours) <= THEIRS_CHARACTERS + 13
    assert TICKET_NUMBER.findall(ours) == ["1042"]
    assert not REPLY.match(ours.removeprefix("Re:"))


@given(st.text(max_size=200))
def test_what_answers_it_gets_the_same_one(theirs: str) -> None:
    ours = reply_subject(theirs, "P-1042")
    assert reply_subject(f"AW: {ours}", "P-1042") == ours
