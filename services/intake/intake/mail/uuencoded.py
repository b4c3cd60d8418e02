"""Files written into a text by uuencode, as older mail programs and scripts do."""

import re
from binascii import Error, a2b_uu

_BEGIN = re.compile(r"begin(?:-base64)? [0-7]{3,4} (\S.{0,200}?)[ \t]*")
_LEAST_BYTES, _MOST_BYTES = 1, 45
_FILES = 100


def taken_out(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without such files, and each with its name. One that has no end is one as long as its lines are."""
    if "begin " not in text:
        return text, []
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        begins = _BEGIN.fullmatch(lines[at].rstrip("\r")) if len(files) < _FILES else None
        data, end = _file(lines, at + 1) if begins else (b"", at)
        if begins and data:
            files.append((begins[1], data))
            at = end
        else:
            kept.append(lines[at])
            at += 1
    return "\n".join(kept), files


def _file(lines: list[str], at: int) -> tuple[bytes, int]:
    """The bytes of the lines from there on, and the number of the line below them."""
    pieces: list[bytes] = []
    while at < len(lines) and (piece := _bytes(lines[at])):
        pieces.append(piece)
        at += 1
    while at < len(lines) and lines[at].strip() in ("", "`", "end") and pieces:
        at += 1
        if lines[at - 1].strip() == "end":
            break
    return b"".join(pieces), at


def _bytes(line: str) -> bytes:
    """What a line of the file holds; nothing if it is none. Its first sign says how many bytes, and so how long it is;
    blanks at its end may be lost."""
    line = line.rstrip("\r")
    count = (ord(line[0]) - ord(" ")) & 0x3F if line else 0
    wanted = -(-count // 3) * 4
    told = line[1:]
    if not _LEAST_BYTES <= count <= _MOST_BYTES or not " " < line[0] <= "`" or len(told) > wanted + 1:
        return b""
    if len(told) < wanted and not (len(told.rstrip()) == len(told) and wanted - len(told) <= wanted // 4 + 1):
        return b""
    try:
        return a2b_uu(f"{line[0]}{told.ljust(wanted)}".encode("ascii"))
    except (Error, UnicodeEncodeError):
        return b""
