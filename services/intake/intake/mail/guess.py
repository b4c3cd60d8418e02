"""Which charset bytes are written in that name none, or Latin's though they are no Latin.

A text in Latin letters has single bytes beyond ASCII between others; one in another script has words of them. Only such
words are guessed: of Latin texts the library took every third for Greek or Russian. Central European ones stay Windows'
Latin: of a sentence in Polish it knows too little.
"""

import re

from charset_normalizer import from_bytes

_SCRIPTS = ["cp1251", "cp1253", "cp1255", "cp1256", "cp874", "cp932", "euc_jp", "gb18030", "cp949", "big5"]
_SAMPLE_BYTES = 16 * 1_024
_HIGH = re.compile(rb"[\x80-\xff]")
_WORD = re.compile(rb"[\x80-\xff]{3,}")
_BYTES_TO_TELL = 8
_KINDS_TO_TELL = 5
"""Fewer kinds of bytes are rather a line that somebody drew."""
_SHARE = 0.7
_HEBREW = re.compile(rb"[\xe0-\xfa]")
_NO_HEBREW = re.compile(rb"[\xb8\xc0-\xdf\xfb-\xff]")
"""Russian has these among a few words: capitals, and the last letters of its alphabet."""
_HALF_WIDE = re.compile("[\uff61-\uff9f]")
"""What capitals of Windows' Cyrillic are in Shift_JIS."""


def script(data: bytes) -> str | None:
    """Python's name for the charset of a script that isn't Latin; None: it may be Latin's."""
    sample = data[:_SAMPLE_BYTES]
    high = _HIGH.findall(sample)
    in_words = sum(map(len, _WORD.findall(sample)))
    if len(high) < _BYTES_TO_TELL or len(set(high)) < _KINDS_TO_TELL or in_words < _SHARE * len(high):
        return None
    if len(_HEBREW.findall(sample)) >= 0.9 * len(high) and not _NO_HEBREW.search(sample):
        return "cp1255"
    for scripts in (_SCRIPTS, [name for name in _SCRIPTS if name != "cp932"]):
        best = from_bytes(sample, cp_isolation=scripts, enable_fallback=False).best()
        if best is None or len(_HALF_WIDE.findall(str(best))) < 0.5 * len(high):
            return best.encoding if best else None
    return None
