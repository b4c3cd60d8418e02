"""The mails that customers write, as bytes. Unicode, HTML, attachments: what mail programs really send."""

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from punctual.demo.actions import Inform, Open, Ticket, Write

LABELS = {"product": "Product", "product_version": "Version", "os": "OS", "os_version": "OS version"}


def request(ticket: Ticket, action: Open, *, to: str) -> EmailMessage:
    """The mail that asks for help, with its required information on labelled lines."""
    lines = [f"{LABELS[name]}: {value}" for name, value in action.details.items()]
    lines += [f"Severity: {action.severity}", f"Priority: {action.priority}"]
    text = "\n".join(["Hello,", "", action.description, "", *lines, "", "Best regards", ticket.person, ""])
    mail = _mail(ticket, action.title, to)
    mail["Date"] = format_datetime(action.at)
    match ticket.form:
        case "multipart":
            mail.replace_header("Subject", f"{action.title} – bitte dringend ☎")
            mail.set_content(text.replace("Best regards", "Mit freundlichen Grüßen"))
            body = "".join(f"<p>{line}</p>" for line in text.splitlines() if line)
            mail.add_alternative(f"<html><body>{body}</body></html>", subtype="html")
        case "attachment":
            mail.set_content(text.replace("Hello", "Bonjour à tous"), charset="iso-8859-1", cte="quoted-printable")
            shot = bytes(range(256)) * 8
            mail.add_attachment(shot, maintype="image", subtype="png", filename="Capture d'écran.png")
        case _:
            mail.set_content(text)
    return mail


def answer(ticket: Ticket, action: Inform | Write, received: EmailMessage) -> EmailMessage:
    """A reply to a mail of ours, with what we wrote quoted below it."""
    mail = _mail(ticket, str(received["Subject"]), str(received["Reply-To"] or received["From"]))
    mail["In-Reply-To"] = str(received["Message-ID"])
    mail["References"] = str(received["Message-ID"])
    mail["Date"] = format_datetime(action.at)
    if isinstance(action, Write):
        said = action.body
    else:
        said = "\n".join(f"{LABELS[name]}: {value}" for name, value in action.details.items())
    quoted = "\n".join(f"> {line}" for line in text_of(received).splitlines())
    mail.set_content(f"{said}\n\n{ticket.person}\n\nOn that day Support wrote:\n{quoted}\n")
    return mail


def text_of(mail: EmailMessage) -> str:
    """Its plain text; empty if it has none."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def away(ticket: Ticket, received: EmailMessage) -> EmailMessage:
    """A vacation notice that answers our automatic reply: it must open nothing and get no answer."""
    mail = _mail(ticket, f"Out of office: Re: {received['Subject']}", str(received["From"]))
    mail["In-Reply-To"] = str(received["Message-ID"])
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am away until Monday. Product: none. Version: none. Severity: 1\n")
    return mail


def _mail(ticket: Ticket, subject: str, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{ticket.person} <{ticket.email}>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = make_msgid(domain=ticket.account.domain)
    return mail
