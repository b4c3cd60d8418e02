"""How mail programs write what somebody says: as pages, in other charsets, above or within what is answered."""

import base64
from collections.abc import Callable
from email.message import EmailMessage
from html import escape
from random import Random
from typing import NamedTuple

from notifier.render import DETAILS

VALUES = {"product": "Desk", "product_version": "1", "os": "Linux", "os_version": "6"}


class Written(NamedTuple):
    """The headers and the body that a program makes of a text."""

    body: bytes
    headers: dict[str, str]
    fills_in: frozenset[str] = frozenset()


def _as_it_is(text: str, quoted: str) -> Written:
    return Written(text.encode(), {})


def _above(text: str, quoted: str) -> Written:
    marked = "\n".join(f"> {line}" for line in quoted.splitlines())
    return _as_it_is(f"{text}\nOn Mon, 13 Jul 2026 at 10:00, Support wrote:\n{marked}\n", "")


def _page(text: str, quoted: str) -> Written:
    page = f"<p>{escape(text).replace(chr(10), '<br>')}</p><blockquote type=cite>{escape(quoted)}</blockquote>"
    return Written(base64.encodebytes(page.encode()), _typed("text/html; charset=utf-8", "base64"))


def _chinese(text: str, quoted: str) -> Written:
    return Written(f"你好。\n{text}".encode("gb18030"), _typed("text/plain; charset=gb2312", "8bit"))


def _broken(text: str, quoted: str) -> Written:
    return Written(b"\xff\xfe\x80 \x00\n" + text.encode(), _typed("text/plain; charset=idna", "8bit"))


def _with_picture(text: str, quoted: str) -> Written:
    return _parts(f"Content-Type: text/plain\n\n{text}\n", _PICTURE)


_PICTURE = "Content-Type: image/png; name=screen.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"


def picture() -> Written:
    """A picture, and no word."""
    return _parts("Content-Type: text/plain\n\n\n", _PICTURE)


def form(quoted: str) -> Written:
    """What we ask for, filled in where it stands in our mail: each label that the quoted words have gets its value."""
    told: set[str] = set()
    for name, value in VALUES.items():
        for details in DETAILS.values():
            line = f"- {details[name]}\n"
            if line in quoted:
                told.add(name)
                quoted = quoted.replace(line, f"{line.strip()} {value}\n")
    return _above("See below.", quoted)._replace(fills_in=frozenset(told))


def _parts(*parts: str) -> Written:
    body = "".join(f"--b\n{part}" for part in parts) + "--b--\n"
    return Written(body.encode(), _typed("multipart/mixed; boundary=b", "8bit"))


def _typed(content_type: str, encoding: str) -> dict[str, str]:
    return {"MIME_Version": "1.0", "Content_Type": content_type, "Content_Transfer_Encoding": encoding}


WAYS: tuple[Callable[[str, str], Written], ...] = (_as_it_is, _above, _page, _chinese, _broken, _with_picture)


def written(text: str, answered: EmailMessage | None, chance: Random) -> Written:
    """A text as some program writes it, with what it answers if that program does."""
    return chance.choice(WAYS)(text, words_of(answered) if answered else "")


def words_of(mail: EmailMessage) -> str:
    """What a mail says, in plain text."""
    (plain, *_) = (part for part in mail.walk() if part.get_content_type() == "text/plain")
    return bytes(plain.get_payload(decode=True) or b"").decode()
