"""A large mail without the bulk of what hangs on it: what is read of a mail is its headers and the words in it.

Every copy that is made of a part of 25 MB stops all else that the process does, the longer the larger it is.
"""

PART = 1024 * 1024
"""Bytes of each part that are read: more than is kept of any text, however it is encoded. Also searched at a time."""
_BEGINS = b"\n--"


def abridged(raw: bytes) -> bytes:
    """The mail, each part that is longer cut at the end of a line.

    What is between lines that begin with two dashes, as the boundaries of parts do, is taken for a part.
    """
    kept: list[bytes] = []
    begin = 0
    while len(raw) - begin > PART:
        end = raw.rfind(_BEGINS, begin + 1, begin + PART)
        if end >= 0:
            kept.append(raw[begin:end])
            begin = end
            continue
        cut = raw.rfind(b"\n", begin + 1, begin + PART)
        kept.append(raw[begin : cut if cut >= 0 else begin + PART])
        begin = _next(raw, begin + PART)
    return b"".join((*kept, raw[begin:])) if kept else raw


def _next(raw: bytes, begin: int) -> int:
    """Where the next part begins; the end of all if there is none."""
    for at in range(begin - len(_BEGINS), len(raw), PART):
        found = raw.find(_BEGINS, at, at + PART + len(_BEGINS))
        if found >= 0:
            return found
    return len(raw)
