"""Where a reply is signed, and what is new below it."""

import pytest
from tests.mail.cases import plain

from intake.mail import message_words, parse, visible

KEPT = [
    "It says:\n-- \nmysql> show;\n" + "\n".join(f"Row {n}" for n in range(1, 13)) + "\nThat is all. What now?",
    "I ran this:\n-- \nand then\n-- comment in sql\nselect 2;",
    "It says:\n-- \n2026-11-30 09:12 error 17\n2026-11-30 09:13 error 18",
    "It says:\n-- \n" + "\n".join(f"see https://acme.example/{n}" for n in range(9)),
    "Output\n-- \nrow 1\nrow 2\nIs that right?",
]


@pytest.mark.parametrize("text", KEPT)
def test_two_dashes_above_what_a_program_printed_are_no_signature(text: str) -> None:
    assert visible(text) == message_words(parse(plain(text))).body == text


@pytest.mark.parametrize(
    ("signature", "below"),
    [
        ("Ann Lee\nAcme", "PS: It also happens on machine B."),
        ("Ann Lee\nAcme", "P.S. it also happens on machine B"),
        ("Ann Lee\nAcme\nPS: It also happens on machine B.", ""),
        ("Ann Lee\nAcme", "I forgot to say that it stops on Mondays only."),
        ("2.39.2", "Please review, it fails at line 3"),
        ("2.39.2 (Apple Git-143)", "Please review\n\nIt fails at line 3"),
        ("アン", "追伸: 機械Bでも同じです"),
    ],
)
def test_what_is_written_below_a_signature_is_new(signature: str, below: str) -> None:
    for end in ("", "\n\nOn Mon, 23 Nov 2026 at 12:00, Desk <support@desk.example> wrote:\n> Really?"):
        body = message_words(parse(plain(f"Yes.\n\n-- \n{signature}\n\n{below}{end}"))).body
        kept = below or "PS: It also happens on machine B."
        assert body.split() == ["Yes.", *kept.split()]


@pytest.mark.parametrize(
    "below",
    [
        "Tel. +49 30 1234567\n\nThis e-mail is confidential. If you are not the intended recipient, delete it.",
        "Acme GmbH, Amtsgericht Berlin, HRB 12345. Geschäftsführer: Bob Miller.",
        "Please consider the environment before you print this mail.",
        "Visit us at https://acme.example and tell us what you think.",
        "Acme\n\nBerlin",
        "\n".join(["c/o Acme"] * 9),
        "You receive this because you are subscribed to the group.",
        "\nOn Mon, 23 Nov 2026 at 12:00, Desk <support@desk.example> wrote:\n> Really?\n\nIt is so, we think.",
    ],
)
def test_what_stands_below_every_mail_is_none_of_it(below: str) -> None:
    assert message_words(parse(plain(f"Yes.\n\n-- \nAnn Lee\nAcme\n\n{below}"))).body == "Yes."
