"""One mail for each fault that real ones had, in words of our own: what it says, and what is to be read of it."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

HEAD = b"From: Ann <ann@acme.example>\nTo: support@desk.example\nSubject: It stops\nMIME-Version: 1.0\n"


@dataclass(frozen=True)
class Case:
    """`fault`: what went wrong once, in a word or a few. `raw`: the mail. `read`: the values of its fields."""

    fault: str
    raw: bytes
    read: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.fault


def plain(text: str, head: bytes = HEAD) -> bytes:
    """A mail of this text."""
    return head + b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode()


def page(html: str) -> bytes:
    """A mail of this HTML alone."""
    return HEAD + b"Content-Type: text/html; charset=utf-8\n\n" + html.encode()


def parts(*parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b") -> bytes:
    """A mail of these parts, each with its headers."""
    begins = HEAD + b"Content-Type: multipart/" + kind + b"; boundary=" + boundary + b"\n\n"
    name = boundary.strip(b'"').replace(b"\n", b"")
    return begins + b"".join(b"--" + name + b"\n" + part + b"\n" for part in parts) + b"--" + name + b"--\n"


TEXT = b"Content-Type: text/plain\n\nSee below."
FORWARDED = b"From: bob@acme.example\nSubject: Old\n\nIt stopped.\n"


def text_in(charset: str, data: bytes) -> bytes:
    """A mail of one text in a charset, as it claims."""
    return HEAD + f"Content-Type: text/plain; charset={charset}\n\n".encode() + data


def subject(value: bytes, charset: bytes = b"utf-8") -> bytes:
    """A mail with this subject."""
    return b"Subject: " + value + b"\nContent-Type: text/plain; charset=" + charset + b"\n\nIt stops.\n"


RUSSIAN = "Добрый день, программа не запускается, ошибка 17. С уважением, Анна"
JAPANESE = "お世話になります。①ログインできません。②エラー17 ㈱ ｱｲ"
JIS = b'\x1b$B$*@$OC$K$J$j$^$9!#-!%m%0%$%s$G$-$^$;$s!#-"%(%i!<\x1b(B17 \x1b$B-j\x1b(B \x1b(I12\x1b(B'

CZECH = "Příliš žluťoučký kůň"
UNTOLD = HEAD + b"Content-Type: text/html\n\n"
TOLD_BASE64 = HEAD + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"

UNNAMED = [
    ("cp1251", "Добрый день, не работает"),
    ("cp1251", "Принтер HP-1000 выдаёт error 17, что делать?"),
    ("koi8-r", "Добрый день, не работает"),
    ("cp1253", "Καλημέρα, ο εκτυπωτής δεν λειτουργεί"),
    ("cp1255", "שלום, המדפסת לא עובדת מאתמול"),
    ("cp1256", "مرحبا، الطابعة لا تعمل"),
    ("cp874", "สวัสดี เครื่องพิมพ์เสีย"),
    ("shift_jis", "お世話になります。ログインできません。"),
    ("euc_jp", "ログインできません。"),
    ("gbk", "您好，打印机无法使用，请帮忙。"),
    ("big5", "您好，印表機無法使用，請幫忙。"),
    ("euc_kr", "안녕하세요. 어제부터 프린터가 작동하지 않습니다."),
    ("cp1252", "Störung am Gerät, läuft nicht"),
    ("cp1252", "L’imprimante ne fonctionne plus, où est le problème ? Déjà essayé à côté."),
    ("cp1252", "Smørrebrød er færdig på Åbenrå"),
    ("cp1252", "El niño no puede iniciar sesión. ¿Cómo?"),
    ("cp1252", "ÆØÅ ÀÉÈ: «Été»"),
]
"""Texts of which their mails do not say in which charset they are."""

READ = [
    Case("GB2312 that is GBK", text_in("gb2312", "鎔化溫度".encode("gbk")), {"text": "鎔化溫度"}),
    Case("GB2312 that is UTF-8", text_in("gb2312", "退税代理".encode()), {"text": "退税代理"}),
    Case("EUC-KR beyond its table", text_in("ks_c_5601-1987", "뷁 펲".encode("cp949")), {"text": "뷁 펲"}),
    Case("Shift_JIS with signs of Windows", text_in("shift_jis", "①番 ㈱".encode("cp932")), {"text": "①番 ㈱"}),
    Case("ISO-2022-JP that is Shift_JIS", text_in("iso-2022-jp", "障害です".encode("cp932")), {"text": "障害です"}),
    Case("ISO-2022-JP that is UTF-8", text_in("iso-2022-jp", "障害です".encode()), {"text": "障害です"}),
    Case("ISO-2022-JP with signs of Windows", text_in("iso-2022-jp", JIS), {"text": JAPANESE}),
    Case("ISO-2022-JP by Windows' own name", text_in("cp50221", JIS), {"text": JAPANESE}),
    Case("ISO-2022-JP that claims to be UTF-8", text_in("utf-8", JIS), {"text": JAPANESE}),
    Case("ISO-2022-JP that claims nothing", HEAD + b"\n" + JIS, {"text": JAPANESE}),
    Case(
        "a subject in ISO-2022-JP with signs of Windows",
        subject(b"=?iso-2022-jp?B?" + b64encode(b"\x1b$B-!IT6q9g\x1b(B") + b"?="),
        {"subject": "①不具合"},
    ),
    Case(
        "a subject in ISO-2022-JP that is not encoded",
        subject(b"Re: \x1b$B-!IT6q9g\x1b(B", b"iso-2022-jp"),
        {"subject": "Re: ①不具合"},
    ),
    Case(
        "ISO-2022-JP that switches at the end of a line",
        text_in("iso-2022-jp", b"\x1b$B-!IT6q9g\nVersion \x1b$B-j\x1b(I16\x1b(B 2"),
        {"text": "①不具合\nVersion ㈱ｱｶ 2"},
    ),
    Case("KOI8-R that claims nothing", HEAD + b"\n" + RUSSIAN.encode("koi8-r"), {"text": RUSSIAN}),
    *(
        Case(f"{charset} that claims nothing", HEAD + b"\n" + text.encode(charset), {"text": text})
        for charset, text in UNNAMED
    ),
    Case("Latin capitals that claim nothing", HEAD + b"\n" + "ÜBER ÄRGER".encode("cp1252"), {"text": "ÜBER ÄRGER"}),
    Case("UTF-8 that is cut within a letter", subject("Gr\u00fc\u00dfe".encode()[:-2]), {"subject": "Gr\u00fc\ufffd"}),
    Case("one letter and one bad byte in a subject", subject(b"St\xc3\xb6rung \xff"), {"subject": "Störung \ufffd"}),
    Case("Cyrillic that claims to be Latin", text_in("iso-8859-1", RUSSIAN.encode("cp1251")), {"text": RUSSIAN}),
    Case(
        "a frame of lines in Latin", text_in("cp1252", b"\xaf" * 30 + b"\n\xb0\xb0\xb0"), {"text": "¯" * 30 + "\n°°°"}
    ),
    Case(
        "a page that names its charset",
        UNTOLD + b'<html><head><meta charset="windows-1250"></head>' + CZECH.encode("cp1250"),
        {"text": CZECH},
    ),
    Case(
        "a page that names its charset as a header",
        UNTOLD + b"<meta http-equiv=Content-Type content='text/html; charset=windows-1250'>" + CZECH.encode("cp1250"),
        {"text": CZECH},
    ),
    Case(
        "a page that names another charset than its own",
        UNTOLD + b"<meta charset=big5>" + CZECH.encode(),
        {"text": CZECH},
    ),
    Case("a page that names no charset", UNTOLD + b"<meta charset=x-none>ja \xfc", {"text": "ja ü"}),
    Case(
        "a list's words below base64",
        TOLD_BASE64 + b64encode(b"It stops.") + b"\n\n_____________________\nUsers mailing list\n",
        {"text": "It stops.\n_____________________\nUsers mailing list"},
    ),
    Case(
        "a list's words below base64 that ends without a sign",
        TOLD_BASE64 + b64encode(b"It stops") + b"\n-- \nUsers mailing list: https://lists.example\n",
        {"text": "It stops\n-- \nUsers mailing list: https://lists.example"},
    ),
    Case(
        "a line within base64 that is none",
        TOLD_BASE64 + b64encode(b"a" * 45) + b"\n!!!\n" + b64encode(b"b" * 45),
        {"text": "a" * 45 + "b" * 45},
    ),
    Case(
        "a tag's end within a value", page("<p title=\"a>b\">It <b title='c>d'>stops</b>.</p>"), {"text": "It stops."}
    ),
    Case(
        "a quote that no tag closes",
        page('<p title="a>It stops.</p><p class="b">At noon.'),
        {"text": "It stops.\n\nAt noon."},
    ),
    Case("a script that closes itself", page('<script src="x"/>It stops.<script>1</script>'), {"text": "It stops."}),
    Case("a script that is not closed", page("<p>It</p><script src=x><p>stops.</p>"), {"text": "It\n\nstops."}),
    Case("a comment that is not closed", page("<p>It</p><!-- x><p>stops.</p>"), {"text": "It\n\nstops."}),
    Case(
        "a forwarded mail in base64 without a name",
        parts(TEXT, b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + b64encode(FORWARDED)),
        {"text": "See below.", "attachments": [("Old.eml", "message/rfc822", len(FORWARDED))]},
    ),
    Case("Latin-1 with quotes of Windows", text_in("iso-8859-1", b"\x84so\x93 \x80 5"), {"text": "„so“ € 5"}),
    Case("Latin-5 with quotes of Windows", text_in("iso-8859-9", b"\x93\xfe\x94"), {"text": "“ş”"}),
    Case("a charset with a language", text_in("x", b"\xc3\xa4").replace(b"t=x", b"t*=utf-8'en'utf-8"), {"text": "ä"}),
    Case("a charset with a byte that no name has", text_in("utf\x00-8", b"\xc3\xa4"), {"text": "ä"}),
    Case("a quoted boundary that is folded", parts(TEXT, boundary=b'"a\n b"'), {"text": "See below."}),
    Case(
        "a forwarded mail in base64",
        parts(
            TEXT,
            b"Content-Type: message/rfc822; name=old.eml\nContent-Transfer-Encoding: base64\n\n" + b64encode(FORWARDED),
        ),
        {"text": "See below.", "attachments": [("old.eml", "message/rfc822", len(FORWARDED))]},
    ),
    Case("a subject over 4 KiB", subject(b" =?utf-8?b?w7w=?=\n" * 900), {"subject": "ü" * 900}),
    Case("one bad byte in a subject", subject(b"Gr\xc3\xbc\xc3\x9fe \xc3\xa4\xff"), {"subject": "Grüße ä\ufffd"}),
    Case(
        "8-bit bytes in the charset of the text", subject("転送".encode("cp932"), b"iso-2022-jp"), {"subject": "転送"}
    ),
    Case("blanks within an encoded word", subject(b"=?utf-8?q?It stops\n again?="), {"subject": "It stops again"}),
    Case(
        "a header that goes on without an indent",
        b"Received: from a\nby b; today\nFrom: ann@acme.example\nSubject: Help\n\nIt stops.",
        {"sender": "ann@acme.example", "subject": "Help", "text": "It stops."},
    ),
    Case(
        "8-bit bytes in a file's name",
        parts(TEXT, b"Content-Type: image/png\nContent-Disposition: attachment; filename=\xc3\xa4.png\n\n1234"),
        {"attachments": [("ä.png", "image/png", 4)]},
    ),
    Case(
        "a file's name in a charset that it isn't in",
        parts(TEXT, b"Content-Type: image/png; name*=us-ascii''W%F6lbung.png\n\n1"),
        {"attachments": [("Wölbung.png", "image/png", 1)]},
    ),
    Case(
        "a file's name in an encoded word",
        parts(TEXT, b'Content-Type: image/png; name="=?iso-8859-1?q?=E4?=.png"\n\n1'),
        {"attachments": [("ä.png", "image/png", 1)]},
    ),
    Case(
        "a type with bytes that can't be kept",
        parts(TEXT, b"Content-Type: image/p\x00ng\n\n1"),
        {"attachments": [("", "image/p\ufffdng", 1)]},
    ),
    Case(
        "glued cells",
        page("<table><tr><td>Order</td><td>12345</td></tr><tr><th>Qty</th><td>3</td></tr></table>"),
        {"text": "Order 12345\n\nQty 3"},
    ),
    Case(
        "the target of a link",
        page('<p>See <a href="https://acme.example/a?b=1&amp;copy=2">the log</a>.</p>'),
        {"text": "See the log <https://acme.example/a?b=1&copy=2>."},
    ),
    Case(
        "a link that says its target",
        page('<a href="https://acme.example/">acme.example</a>, <a href="mailto:a@b.example">a@b.example</a>'),
        {"text": "acme.example, a@b.example"},
    ),
    Case(
        "what a picture shows",
        page("It says <img alt='error &lt;17&gt;'>!"),
        {"text": "It says [error <17>] !"},
    ),
    Case(
        "lines as they were typed",
        page("<p>Log:</p><blockquote><pre>one\n  two\n\nthree</pre></blockquote>"),
        {"text": "Log:\n\n> one\n>   two\n\n> three"},
    ),
]
"""Faults of reading: `text`, `subject`, `sender`, and `attachments` as name, type and size."""


PNG = b'Content-Type: image/png; name="screen.png"\nContent-Transfer-Encoding: base64\n\n' + b64encode(b"\x89PNG" * 500)
ENVELOPED = bytes.fromhex("3080") + bytes.fromhex("06092a864886f70d010703") + b"x" * 100
SIGNED = bytes.fromhex("3080") + bytes.fromhex("06092a864886f70d010702") + b"x" * 100
SMIME = b"Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
ARMOUR = "-----BEGIN PGP MESSAGE-----\n\nhQEMA5\n-----END PGP MESSAGE-----"

PARTLY = "(A part of this is encrypted with PGP and can't be read here.)"

CAME = [
    Case("nothing", plain(""), {"body": "(no text)"}),
    Case("a picture", parts(PNG), {"body": "(no text; attached: screen.png, image/png, 2 kB)"}),
    Case(
        "two files and no name",
        parts(PNG, b"Content-Type: audio/ogg\n\nx"),
        {"body": "(no text; attached: screen.png, image/png, 2 kB; audio/ogg, 1 byte)"},
    ),
    Case(
        "a picture that answers",
        parts(b"Content-Type: text/plain\n\nOn Mon, 23 Nov 2026, Help <a@b.example> wrote:\n> Really?", PNG),
        {
            "body": "(no text; attached: screen.png, image/png, 2 kB)\n\n"
            "On Mon, 23 Nov 2026, Help <a@b.example> wrote:\n> Really?"
        },
    ),
    Case(
        "a file of Outlook's own",
        parts(b"Content-Type: application/ms-tnef; name=winmail.dat\n\nxyz"),
        {
            "body": "(no text: it is in a format of Outlook's own (winmail.dat) that can't be read here; attached: "
            "winmail.dat, application/ms-tnef, 3 bytes)"
        },
    ),
    Case(
        "a mail signed with S/MIME",
        HEAD + SMIME + b64encode(SIGNED),
        {
            "body": "(no text: it is signed with S/MIME in a form that can't be read here; attached: smime.p7m, "
            "application/pkcs7-mime, 113 bytes)"
        },
    ),
    Case(
        "a mail encrypted with S/MIME",
        HEAD + SMIME + b64encode(ENVELOPED),
        {
            "body": "(no text: it is encrypted with S/MIME and can't be read here; attached: smime.p7m, "
            "application/pkcs7-mime, 113 bytes)"
        },
    ),
    Case(
        "a mail encrypted with PGP",
        parts(
            b"Content-Type: application/pgp-encrypted\n\nVersion: 1",
            b"Content-Type: application/octet-stream\n\n" + ARMOUR.encode(),
            kind=b"encrypted",
        ),
        {
            "body": "(no text: it is encrypted with PGP and can't be read here; attached: application/pgp-encrypted, "
            "10 bytes; application/octet-stream, 61 bytes)"
        },
    ),
    Case(
        "a text encrypted with PGP",
        plain(ARMOUR),
        {"body": "(no text: it is encrypted with PGP and can't be read here)", "description": ""},
    ),
    Case(
        "a line below it",
        plain(f"{ARMOUR}\nHelp!"),
        {"body": f"Help!\n\n{PARTLY}", "description": "Help!"},
    ),
    Case(
        "lines above it",
        plain(f"Product: Aurora\nHelp, see below\n{ARMOUR}\n"),
        {"body": f"Product: Aurora\nHelp, see below\n\n{PARTLY}", "description": "Help, see below"},
    ),
    Case(
        "a quoted one",
        plain("\n> ".join(["Help!\n\nOn Mon, 23 Nov 2026, Ann wrote:", *ARMOUR.split("\n")])),
        {"body": "Help!"},
    ),
]
"""Mails without words of a person: `body` is what is posted of them."""
