"""Which bytes mean what, whatever charset they claim: names are read as what they stand for in real mail."""

import codecs
import re
from functools import cache

from intake.mail import guess, jis

_SPELLINGS = {
    "uft-8": "utf-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "ascii": "utf-8",
    "x-gbk": "gbk",
    "x-euc-jp": "euc_jp",
    "cp-850": "cp850",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
    "x-windows-949": "cp949",
    "x-windows-874": "cp874",
    "x-mac-roman": "mac_roman",
}
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "ksx1001": "cp949",
    "shift_jis": "cp932",
    "big5": "cp950",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
}
"""Names by which mail programs mean more than they say."""
_LATIN_1 = ("iso8859_1", "cp1252")
"""What mail programs say that know nothing."""
_JAPANESE = ("cp932", "euc_jp")
_RELATED = {
    "iso2022_jp": _JAPANESE,
    "iso2022_jp_1": _JAPANESE,
    "iso2022_jp_2": _JAPANESE,
    "cp932": ("euc_jp",),
    "euc_jp": ("cp932",),
    "iso2022_kr": ("cp949",),
    "hz": ("gb18030",),
    "cp950": ("big5hkscs", "gb18030"),
}
"""What else mails in the same language are written in."""
_WORSE_THAN_NONE = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
"""Text codecs of Python that are no charset of a mail, some of them quadratic."""
_SEVERAL_BYTES = ("gb", "cp9", "euc", "big5", "shift", "johab", "hz")
_C1 = re.compile(rb"[\x80-\x9f]")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_KOI8_SMALL = re.compile(rb"[\xc0-\xdf\xa3]")
_LATIN = re.compile(rb"[a-zA-Z]")
_LETTERS_TO_TELL = 12
_HIGH = re.compile(rb"[\x80-\xff]")


@cache
def known(charset: str | None) -> str | None:
    """Python's name for a charset; None for one that says nothing."""
    wanted = (charset or "").strip().strip("\"'").lower()[:60]
    wanted = _SPELLINGS.get(wanted, wanted)
    try:
        name = codecs.lookup(wanted).name.replace("-", "_")
        "".encode(name)
        b"".decode(name)
    except (LookupError, ValueError):
        return None
    # Mail that calls itself US-ASCII and isn't is read best as if it had claimed nothing.
    return None if name == "ascii" or name in _WORSE_THAN_NONE else name


def decoded(data: bytes, charset: str | None, others: tuple[str, ...] = ()) -> str:
    """The text, with replacement characters where bytes mean nothing. `others`: charsets of the same mail."""
    if data.isascii() and b"\x1b" not in data and not charset:
        return data.decode("ascii")
    name = known(charset)
    if jis.is_written(data) and (data.isascii() or (name or "").startswith("iso2022_jp")):
        return _japanese(data, name)
    if name is None:
        return _unclaimed(data, others)
    if name in _LATIN_1 and (meant := guess.script(data)):
        return data.decode(meant, "replace")
    if name == "iso8859_1" and not _C1.search(data):
        return data.decode("latin-1")
    name = _SUPERSETS.get(name, name)
    if name.startswith(_SEVERAL_BYTES) and _is_utf8(data):
        return data.decode("utf-8")
    for other in (name, *_RELATED.get(name, ())):
        try:
            return data.decode(other)
        except ValueError:
            continue
    if name != "utf_8" and _is_utf8(data):
        return data.decode("utf-8")
    return data.decode(name, "replace")


def _japanese(data: bytes, name: str | None) -> str:
    """Japanese in seven bits, whatever charset it claims."""
    try:
        return data.decode(name if name and name.startswith("iso2022_jp") else "iso2022_jp")
    except ValueError:
        return jis.decoded(data)


def _unclaimed(data: bytes, others: tuple[str, ...]) -> str:
    """UTF-8, in which single bytes may be wrong; else a charset of the same mail; else what it looks
    like; else Windows' Latin."""
    whole = len(_UTF8.findall(data))
    broken = len(_HIGH.findall(_UTF8.sub(b"", data)))
    if not broken or whole >= broken:
        return data.decode("utf-8", "replace")
    for other in dict.fromkeys(name for one in others if (name := known(one)) and name not in ("utf_8", "iso8859_1")):
        name = _SUPERSETS.get(other, other)
        for related in (name, *_RELATED.get(name, ())):
            try:
                return data.decode(related)
            except ValueError:
                continue
    return data.decode("koi8_r" if _is_koi8(data) else guess.script(data) or "cp1252", "replace")


def _is_koi8(data: bytes) -> bool:
    """Whether this is Russian as Unix wrote it: small letters where Latin has capitals, and hardly a Latin letter."""
    small, high = len(_KOI8_SMALL.findall(data)), len(_HIGH.findall(data))
    return high >= _LETTERS_TO_TELL and small >= 0.75 * high and small > len(_LATIN.findall(data))


def _is_utf8(data: bytes) -> bool:
    """Whether this is UTF-8, and nothing else by more than chance."""
    try:
        data.decode("utf-8")
    except ValueError:
        return False
    return len(_UTF8.findall(data)) >= 2
