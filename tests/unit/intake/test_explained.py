"""`punctual mail explain`: what would happen to a mail and why, without a database."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
import typer
from typer.testing import CliRunner, Result

from contracts.message_ids import message_id
from intake.cli.mail import app
from kit.signed.reply_address import reply_address

SECRET = "a secret of sixteen or more"
COMMANDS = typer.Typer()
COMMANDS.add_typer(app, name="mail")
ANSWER = """\
From: Ann Example <ann@acme.example>
To: support@punctual.local
Subject: Re: It crashes [P-1042]
In-Reply-To: <asked@pc.example>
Content-Type: text/plain; charset=utf-8

Product: Aurora
Severity: 2
It still crashes.

On Monday, support wrote:
> Which version?
"""


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PUNCTUAL_KAFKA", "PUNCTUAL_INTAKE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str, mail: str | bytes = b"") -> Result:
    return CliRunner().invoke(COMMANDS, ["mail", "explain", *words], input=mail)


def explain(mail: str | bytes, *words: str) -> str:
    said = run(*words, "-", mail=mail)
    assert said.exit_code == 0, said.output
    return said.stdout


def section(text: str, heading: str) -> list[str]:
    lines = text.split("\n")
    at = lines.index(heading) + 1
    ends = next((n for n in range(at, len(lines)) if lines[n] and not lines[n].startswith(" ")), len(lines))
    return [line.removeprefix("  ") for line in lines[at:ends] if line]


def test_a_person_s_answer_is_shown_as_it_will_be_posted(tmp_path: Path) -> None:
    file = tmp_path / "answer.eml"
    file.write_text(ANSWER)
    said = run(str(file)).stdout
    assert section(said, "Who wrote it")[0] == "Ann Example <ann@acme.example>"
    assert section(said, "Who wrote it")[1].startswith("a person")
    assert section(said, "By what it finds its ticket, in this order") == [
        "in-reply-to: <asked@pc.example>",
        "subject: P-1042",
    ]
    posted = section(said, "Text, as it will be posted on a ticket that there is")
    assert posted == ["Product: Aurora", "Severity: 2", "It still crashes."]
    assert section(said, "Left out there, as quotation or signature") == [
        "On Monday, support wrote:",
        "> Which version?",
    ]
    assert section(said, "Labelled lines") == ["product: Aurora", "severity: 2"]
    becomes = section(said, "What would happen")
    assert becomes[:2] == ["If we know its sender:", "  It opens a ticket."]
    assert becomes[3:5] == ["If we don't:", "  It waits for staff, unmatched: unknown-sender."]


def test_a_program_gets_the_same(tmp_path: Path) -> None:
    said = json.loads(explain(ANSWER, "--json"))
    assert said["written_by"] == {"kind": "person", "reason": None}
    assert said["message"]["body"] == "Product: Aurora\nSeverity: 2\nIt still crashes."
    assert said["message"]["details"] == {"product": "Aurora"}
    assert said["left_out"] == ["On Monday, support wrote:", "> Which version?"]
    assert said["clues"][1] == {"by": "subject", "value": "P-1042"}
    assert [one["target"] for one in said["becomes"]["if_known"]] == ["ticket"]
    assert [one["state"] for one in said["becomes"]["if_unknown"]] == ["unmatched"]
    assert said["looked_up"] is False


@pytest.mark.parametrize(
    ("head", "kind", "reason", "state"),
    [
        ("Auto-Submitted: auto-replied\n", "reply", "auto-submitted", "ignored"),
        ("List-Id: <users.example>\n", "sent-for", "list", "ignored"),
        ("Return-Path: <>\n", "notice", "null-return-path", "ignored"),
    ],
)
def test_a_machine_is_named_with_its_sign(head: str, kind: str, reason: str, state: str) -> None:
    said = json.loads(explain(head + ANSWER, "--json"))
    assert said["written_by"] == {"kind": kind, "reason": reason}
    (one,) = said["becomes"]["if_unknown"]
    assert (one["state"], one["reason"]) == (state, reason)


def test_a_null_sender_of_the_envelope_tells_a_notice() -> None:
    assert json.loads(explain(ANSWER, "--json", "--sender", ""))["written_by"]["kind"] == "notice"
    assert json.loads(explain(ANSWER, "--json", "--recipient", "x@y.example"))["written_by"]["kind"] == "person"


def test_a_mail_that_answers_one_of_ours_names_its_ticket_without_a_database() -> None:
    ticket, event = uuid4(), uuid4()
    mail = ANSWER.replace("<asked@pc.example>", message_id(ticket, event, "punctual.local"))
    (one,) = json.loads(explain(mail, "--json"))["becomes"]["if_known"]
    assert (one["target"], one["ticket_id"], one["reason"]) == ("message", str(ticket), "in-reply-to")


def test_the_settings_say_which_addresses_are_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = uuid4()
    mail = "To: " + reply_address("help@desk.example", ticket, SECRET.encode()) + "\n" + ANSWER.partition("\n")[2]
    assert json.loads(explain("From: a@b.example\n" + mail, "--json"))["clues"][0]["by"] == "in-reply-to"
    for name, value in {
        "KAFKA": "127.0.0.1:9",
        "MASTER_KEY": "A" * 43 + "=",
        "TOKEN_SECRET": SECRET,
        "SURVEY_SECRET": SECRET,
        "INTAKE_DATABASE_URL": "postgresql://x@127.0.0.1:9/x",
        "INTAKE_MAILBOX": "help@desk.example",
    }.items():
        monkeypatch.setenv(f"PUNCTUAL_{name}", value)
    said = json.loads(explain("From: a@b.example\n" + mail, "--json"))
    assert said["clues"][0] == {"by": "reply-address", "value": str(ticket)}
    away = run("--database", "-", mail=ANSWER)
    assert away.exit_code == 1
    assert "database" in away.stderr


def test_what_is_hard_to_read_is_told() -> None:
    mail = ANSWER.encode().replace(b"utf-8", b"x-klingon").replace(b"still", b"st\xe9ll")
    assert "x-klingon" in section(explain(mail), "Hard to read")[0]
    mail = (
        ANSWER.encode().replace(b"charset=utf-8", b"charset=utf-8\nSubject: a\xff").replace(b"still", b"st\xff\xfell")
    )
    hard = section(explain(mail), "Hard to read")
    assert any("utf-8" in line for line in hard), hard
    assert section(explain(ANSWER), "Hard to read") == ["nothing"]


def test_nothing_in_a_mail_commands_the_terminal() -> None:
    said = explain(ANSWER.replace("It still crashes.", "It \x1b[2Jstill \u202ecrashes."))
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_any_bytes_are_explained() -> None:
    for mail in (b"", b"\x00\xff" * 100, b"Content-Type: multipart/mixed; boundary=\n\n--\n", ANSWER.encode()[:37]):
        assert "Who wrote it" in explain(mail)


@pytest.mark.parametrize(("where", "says"), [("", "directory"), ("not-there.eml", "No such file")])
def test_a_file_that_can_t_be_read_is_named(tmp_path: Path, where: str, says: str) -> None:
    said = run(str(tmp_path / where))
    assert said.exit_code == 2
    assert says in said.stderr


def test_the_database_needs_settings() -> None:
    said = run("--database", "-", mail=ANSWER)
    assert said.exit_code == 1
    assert "PUNCTUAL_INTAKE_DATABASE_URL" in said.stderr


def test_attachments_are_listed() -> None:
    mail = (
        "From: a@b.example\nTo: support@punctual.local\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n"
    )
    said = explain(mail)
    assert section(said, "Attachments") == ["1. a.png, image/png, 3 bytes"]
    assert section(said, "Text, as it will be posted if it opens a ticket")[0].startswith("(no text")
