"""HTML to readable text in one pass: linear in its length, whatever it contains."""

import re
from html import escape, unescape

from intake.domain.ticket.labels import is_label

MAX_CHARACTERS = 1_000_000
"""How many characters of HTML are read."""
_SILENT = frozenset({"script", "style", "head", "title", "noscript", "template"})
_NEW_LINE = re.compile(
    "address|article|blockquote|br|dd|div|dl|dt|fieldset|footer|form|h[1-6]|header|hr|li|ol|p|pre|section|table|tr|ul"
)
_TAG_ENDS = re.compile(r"""(?:[^>"'=]++|=\s*+"[^"<]{0,4000}+"|=\s*+'[^'<]{0,4000}+'|["'=])*+>""")
"""The rest of a tag: its end may stand within a quoted value, too. One with `<` is rather one that nobody closed."""
_CELLS = ("td", "th")
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
_ATTRIBUTE = re.compile(
    r"""(?<=[\s"'/])(href|alt)\s*=\s*(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,4000}))""", re.IGNORECASE
)
_TARGET = re.compile(r"(?:https?|ftp|tel|mailto):", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\f\v\n\xa0]+")
_MANY_LINES = re.compile(r"\n{3,}")


def to_text(html: str) -> str:
    """The words, a line for each block, quoted blocks behind `> `; with the targets of links and what pictures show."""
    html = html[:MAX_CHARACTERS]
    lower, out, depth, at = html.lower(), _Lines(), 0, 0
    # Looked up once: to search for what is never closed takes a square of the time.
    last = {name: lower.rfind(f"</{name}") for name in _SILENT}
    last_comment = html.rfind("-->")
    while at < len(html):
        start = html.find("<", at)
        if start < 0:
            out.add(html[at:])
            break
        out.add(html[at:start])
        named = _NAME.match(html, start + 1)
        if named is None and html[start + 1 : start + 2] not in ("!", "?"):
            out.add("<")
            at = start + 1
            continue
        end = _end(html, start, last_comment)
        name = named.group(1).lower() if named else ""
        closing = html.startswith("</", start)
        if name in _SILENT and not closing:
            if end <= last[name] and not html.endswith("/>", start, end):
                end = _end(html, lower.find(f"</{name}", end), last_comment)
            elif end > last[name]:
                # It hides no more than its own words.
                end = html.find("<", end) if html.find("<", end) >= 0 else len(html)
        elif name == "blockquote":
            depth = max(depth - 1 if closing else depth + 1, 0)
            out.new_line("> " * min(depth, 5))
        elif _NEW_LINE.fullmatch(name):
            out.new_line("> " * min(depth, 5))
        out.mark(name, "" if closing else html[start:end], closing)
        at = end
    return out.text()


def _end(html: str, start: int, last_comment: int) -> int:
    """Where the tag or comment that starts there ends; the end of all if it doesn't. A comment that isn't closed ends
    as a tag does: nobody's words are lost for it."""
    if html.startswith("<!--", start) and start < last_comment:
        return html.find("-->", start) + len("-->")
    found = _TAG_ENDS.match(html, start)
    return found.end() if found else len(html)


def _attribute(tag: str, name: str) -> str:
    found = next((match for match in _ATTRIBUTE.finditer(tag) if match[1].lower() == name), None)
    return unescape(next(filter(None, found.groups()[1:]), "")).strip() if found else ""


class _Lines:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._prefix = ""
        self._pieces: list[str] = []
        self._is_pre = False
        self._target = ""
        self._linked = 0
        self._row, self._cells = 0, 0
        self._label: tuple[int, str] | None = None

    def add(self, text: str) -> None:
        if not self._is_pre or "\n" not in text:
            self._pieces.append(text)
            return
        first, *more = text.split("\n")
        self._pieces.append(first)
        for line in more:
            self.new_line(self._prefix)
            self._pieces.append(line)

    def mark(self, name: str, tag: str, closing: bool) -> None:
        """What a tag says itself, where it stands."""
        if name == "pre":
            self._is_pre = not closing
        elif name in _CELLS:
            if not closing:
                self._next_cell()
            self._pieces.append(" ")
        elif name in ("tr", "table"):
            self._end_row()
        elif name == "img" and (shown := _attribute(tag, "alt")):
            self._pieces.append(f" [{escape(_SPACE.sub(' ', shown), quote=False)}] ")
        elif name == "a":
            self._end_link()
            if not closing and _TARGET.match(target := _attribute(tag, "href")):
                self._target, self._linked = target, len(self._pieces)

    def _next_cell(self) -> None:
        """The first cell of a row may be a label of ours, which the second has the value of."""
        self._cells += 1
        if self._cells != 2:
            return
        at, said = len(self._lines), unescape("".join(self._pieces)).strip()
        if not said:
            at = next((n for n in range(at - 1, self._row - 1, -1) if self._lines[n]), at)
            said = self._lines[at].removeprefix(self._prefix) if at < len(self._lines) else ""
        self._label = (at, said) if is_label(said) else None

    def _end_row(self) -> None:
        """With a colon behind the label of a row of two cells: a table needs none to be read."""
        if self._label and self._cells == 2:
            at, said = self._label
            told = [line.removeprefix(self._prefix) for line in self._lines[at:] if line]
            value = " ".join(told).strip()[len(said) :].strip()
            if told == [said, value] and not is_label(value):
                self._lines[at:] = [f"{self._prefix}{said}: {value}"]
            elif not is_label(value):
                self._lines[at] = self._lines[at].replace(said, f"{said}:", 1)
        self._row, self._cells, self._label = len(self._lines), 0, None

    def _end_link(self) -> None:
        """The target of a link behind its words, unless they say it."""
        said = _SPACE.sub(" ", unescape("".join(self._pieces[self._linked :]))).strip()
        bare = _TARGET.sub("", self._target).split("?")[0].strip("/")
        if self._target and bare.lower() not in said.lower():
            target = bare if self._target.lower().startswith("mailto:") else self._target
            self._pieces.append(escape(f" <{target}>", quote=False))
        self._target = ""

    def new_line(self, prefix: str) -> None:
        text = unescape("".join(self._pieces))
        words = text.replace("\r", "").rstrip() if self._is_pre else _SPACE.sub(" ", text).strip()
        self._lines.append(f"{self._prefix}{words}" if words else "")
        self._prefix, self._pieces, self._linked = prefix, [], 0

    def text(self) -> str:
        self.new_line("")
        self._end_row()
        return _MANY_LINES.sub("\n\n", "\n".join(self._lines)).strip()
