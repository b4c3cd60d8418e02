"""HTML to readable text in one pass: linear in its length, whatever it contains."""

import re
from html import unescape

MAX_CHARACTERS = 1_000_000
"""How many characters of HTML are read."""
_SILENT = frozenset({"script", "style", "head", "title", "noscript", "template"})
_NEW_LINE = re.compile(
    "address|article|blockquote|br|dd|div|dl|dt|fieldset|footer|form|h[1-6]|header|hr|li|ol|p|pre|section|table|tr|ul"
)
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
_SPACE = re.compile(r"[ \t\r\f\v\n\xa0]+")
_MANY_LINES = re.compile(r"\n{3,}")


def to_text(html: str) -> str:
    """The words, a line for each block, quoted blocks behind `> `."""
    html = html[:MAX_CHARACTERS]
    lower, out, depth, at = html.lower(), _Lines(), 0, 0
    while at < len(html):
        start = html.find("<", at)
        if start < 0:
            out.add(html[at:])
            break
        out.add(html[at:start])
        end = _end(html, start)
        named = _NAME.match(html, start + 1)
        if named is None and html[start + 1 : start + 2] not in ("!", "?"):
            out.add("<")
            at = start + 1
            continue
        name = named.group(1).lower() if named else ""
        closing = html.startswith("</", start)
        if name in _SILENT and not closing:
            close = lower.find(f"</{name}", end)
            end = len(html) if close < 0 else _end(html, close)
        elif name == "blockquote":
            depth = max(depth - 1 if closing else depth + 1, 0)
            out.new_line("> " * min(depth, 5))
        elif _NEW_LINE.fullmatch(name):
            out.new_line("> " * min(depth, 5))
        at = end
    return out.text()


def _end(html: str, start: int) -> int:
    """Where the tag or comment that starts there ends; the end of all if it doesn't."""
    mark = "-->" if html.startswith("<!--", start) else ">"
    end = html.find(mark, start)
    return len(html) if end < 0 else end + len(mark)


class _Lines:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._prefix = ""
        self._pieces: list[str] = []

    def add(self, text: str) -> None:
        self._pieces.append(text)

    def new_line(self, prefix: str) -> None:
        words = _SPACE.sub(" ", unescape("".join(self._pieces))).strip()
        self._lines.append(f"{self._prefix}{words}" if words else "")
        self._prefix, self._pieces = prefix, []

    def text(self) -> str:
        self.new_line("")
        return _MANY_LINES.sub("\n\n", "\n".join(self._lines)).strip()
