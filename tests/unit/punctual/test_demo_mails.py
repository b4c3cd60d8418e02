"""The mails that the demo's customers write, read as a mail server reads them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from punctual.demo import mails
from punctual.demo.actions import Inform, Open, Ticket
from punctual.demo.plan import story


def _by_form(form: str) -> tuple[Ticket, Open]:
    ticket = next(one for one in story() if one.way == "email" and one.form == form)
    first = ticket.actions[0]
    assert isinstance(first, Open)
    return ticket, first


def _received(mail: EmailMessage) -> EmailMessage:
    return message_from_bytes(mail.as_bytes(), policy=default)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_request_names_what_is_known_on_labelled_lines_and_nothing_else() -> None:
    ticket, action = _by_form("plain")
    text = _text(_received(mails.request(ticket, action, to="support@punctual.local")))
    assert f"Product: {action.details['product']}" in text
    assert "\nVersion:" not in text
    assert f"Severity: {action.severity}" in text


def test_a_request_may_have_two_forms_and_letters_of_any_kind() -> None:
    ticket, action = _by_form("multipart")
    mail = _received(mails.request(ticket, action, to="support@punctual.local"))
    assert mail.get_content_type() == "multipart/alternative"
    assert "☎" in str(mail["Subject"])
    assert "Grüßen" in _text(mail)


def test_a_request_may_have_an_attachment_and_an_old_charset() -> None:
    ticket, action = _by_form("attachment")
    mail = _received(mails.request(ticket, action, to="support@punctual.local"))
    assert [part.get_filename() for part in mail.iter_attachments()] == ["Capture d'écran.png"]
    assert "Bonjour à tous" in _text(mail)


def test_an_answer_goes_to_the_reply_address_and_quotes_what_it_answers() -> None:
    ours = EmailMessage(policy=default)
    ours["From"], ours["Reply-To"] = "support@punctual.local", "support+abc@punctual.local"
    ours["Subject"], ours["Message-ID"] = "Re: It fails [P-1000]", "<1@punctual.local>"
    ours.set_content("Your request has the number P-1000.\n")
    ticket, action = _by_form("plain")
    reply = _received(mails.answer(ticket, Inform(at=action.at, details={"product_version": "4.2"}), ours))
    assert (reply["To"], reply["In-Reply-To"]) == ("support+abc@punctual.local", "<1@punctual.local>")
    assert reply["Subject"] == "Re: It fails [P-1000]"
    text = _text(reply)
    assert text.startswith("Version: 4.2\n")
    assert "> Your request has the number P-1000." in text


def test_a_vacation_notice_says_that_it_is_one() -> None:
    ours = EmailMessage(policy=default)
    ours["From"], ours["Subject"], ours["Message-ID"] = (
        "support@punctual.local",
        "[P-1000] Thanks",
        "<1@punctual.local>",
    )
    ticket, _ = _by_form("twice")
    assert mails.away(ticket, ours)["Auto-Submitted"] == "auto-replied"
