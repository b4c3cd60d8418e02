"""A large mail without the bulk of its attachments: only headers and words are read.

Each copy of a part of 25 MB stops everything else in the process while it is made.
"""

import re

PART_BYTES = 1024 * 1024
"""Bytes read of each part: more than is kept of any text, however it is encoded. The end of a part is also searched for
in pieces of this size."""
_MARK = b"\n~~ %d bytes more ~~"
_MARK_BYTES = 64
_MARKED = re.compile(r"~~ (\d{1,12}) bytes more ~~\s*\Z")
_BEGINS = b"\n--"


def abridged(raw: bytes | bytearray) -> bytes:
    """The mail, with each longer part cut at the end of a line.

    A part is taken to be the text between lines that begin with two dashes, as the boundaries of parts do.
    """
    kept: list[bytes | bytearray] = []
    begin = 0
    while len(raw) - begin > PART_BYTES:
        end = raw.rfind(_BEGINS, begin + 1, begin + PART_BYTES)
        if end >= 0:
            kept.append(raw[begin:end])
            begin = end
            continue
        cut = raw.rfind(b"\n", begin + 1, begin + PART_BYTES)
        cut = cut if cut >= 0 else begin + PART_BYTES
        kept.append(raw[begin:cut])
        begin = _next(raw, begin + PART_BYTES)
        if begin - cut > _MARK_BYTES:
            kept.append(_MARK % (begin - cut))
    return b"".join((*kept, raw[begin:])) if kept else bytes(raw)


def bytes_cut(written: str) -> int:
    """How many bytes of a part were cut off, as its text shows it."""
    found = _MARKED.search(written[-_MARK_BYTES:])
    return int(found[1]) if found else 0


def _next(raw: bytes | bytearray, begin: int) -> int:
    """Where the next part begins; the end of all if there is none."""
    for at in range(begin - len(_BEGINS), len(raw), PART_BYTES):
        found = raw.find(_BEGINS, at, at + PART_BYTES + len(_BEGINS))
        if found >= 0:
            return found
    return len(raw)
