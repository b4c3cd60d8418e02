"""Japanese text in seven bits (ISO-2022-JP), with the signs that Windows has beyond its table: ①, ㈱, half-width kana.

Python's own codecs refuse a whole text for one such sign; the WHATWG's Encoding Standard reads them, and so does this.
"""

import re

_ESCAPE = re.compile(rb"(\x1b(?:\$\(D|\$[@B]|\([BHIJ])|[\x0e\x0f]|[\r\n]+)")
_WRITTEN = re.compile(rb"\x1b(?:\$[@B]|\(I)")
_PAIR = re.compile(rb"[\x21-\x7e]{2}")
_KANA = bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in range(256))
_SUPPLEMENT, _KANJI, _HALF_WIDTH, _LATIN = "supplement", "kanji", "half-width", "latin"
_SETS = {
    b"\x1b$(D": _SUPPLEMENT,
    b"\x1b$@": _KANJI,
    b"\x1b$B": _KANJI,
    b"\x1b(I": _HALF_WIDTH,
    b"\x0e": _HALF_WIDTH,
}


def is_written(data: bytes) -> bool:
    """Whether the bytes switch to a Japanese set, as nothing else does."""
    return _WRITTEN.search(data) is not None


def decoded(data: bytes) -> str:
    """The text, with replacement characters where bytes mean nothing. Each line begins in Latin letters."""
    now, text = _LATIN, []
    for n, piece in enumerate(_ESCAPE.split(data)):
        if n % 2 == 0:
            text.append(_read(piece, now))
            continue
        now = _SETS.get(piece, _LATIN)
        if piece[:1] in b"\r\n":
            text.append(piece.decode("ascii"))
    return "".join(text)


def _read(piece: bytes, written: str) -> str:
    if written == _KANJI:
        return _PAIR.sub(_shifted, piece).decode("cp932", "replace")
    if written == _SUPPLEMENT:
        return _PAIR.sub(lambda pair: bytes((0x8F, pair[0][0] | 0x80, pair[0][1] | 0x80)), piece).decode(
            "euc_jp", "replace"
        )
    return (piece.translate(_KANA) if written == _HALF_WIDTH else piece).decode("cp932", "replace")


def _shifted(pair: re.Match[bytes]) -> bytes:
    """The bytes of Shift_JIS for a pair of JIS X 0208."""
    row, cell = pair[0]
    lead = (row + 1) // 2 + (0x70 if row <= 0x5E else 0xB0)
    trail = cell + (0x7E if row % 2 == 0 else 0x1F if cell <= 0x5F else 0x20)
    return bytes((lead, trail))
