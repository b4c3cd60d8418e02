"""The visible part of a reply: what its writer added to the quotation. The whole text is always kept too.

When in doubt whether a line is quoted, it is new. Peers that were tried cut less than this, or too much: of the 42
replies of email-reply-trimmer, mail-parser-reply reads 13 as their set wants it.
"""

import re
from collections.abc import Collection

from intake.mail import answers, signature
from intake.mail.attributions import (
    LINE_CHARACTERS,
    WRAPPED_LINES,
    attribution,
    bare,
    below_headers,
    has_number,
    headers,
    is_forwarding,
    is_ours,
    passed_on,
    rule,
)
from intake.mail.form import is_of_form
from intake.mail.signature import SENT_FROM
from intake.mail.wordings import FORWARDS

_ARMOUR = re.compile(r"\s*-----BEGIN PGP (SIGNED MESSAGE|SIGNATURE)-----\s*")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SENTENCE = re.compile(r"[^\W\d]{2,}[.?!…。！？]\s*\Z")
_MARK = re.compile(r"^(?:[ \t]*>)+[ \t]?")
_LINES_ABOVE = 200
_FORWARD_LINES = 20
"""How much of a mail that is passed on is looked at for its headers."""
_FORWARDS = re.compile(rf"\s*[\[(]?(?:{FORWARDS})[\])]?\s?[:：]", re.IGNORECASE)
_TRACKER = "\u1427"
"""Gmail's sign for a mail whose reading is watched."""


def visible(text: str) -> str:
    """The reply without quotation and signature; the whole text if nothing else would be left."""
    return added(text) or text.strip()


def added(
    text: str,
    *,
    addressed: Collection[str] = (),
    writer: str = "",
    subject: str = "",
    coloured: Collection[str] = (),
    within: bool = True,
    forwards: bool = True,
) -> str:
    """What the writer added to the quotation, with others' mails that they pass on, and the part of the quotation in
    which their answers stand; empty if that is nothing.

    `addressed`: the mailboxes to which the mail was sent; `writer`: the name in From; `subject`: the mail's;
    `coloured`: what stands in a colour. `within`: with that part of the quotation; `forwards`: with those mails.
    """
    lines = _unarmoured(text.split("\n"))
    return "\n".join(
        _Reply(lines, bare(addressed), writer, subject, coloured, within=within, forwards=forwards).kept()
    ).strip()


class _Reply:
    """The lines of a reply, from top to bottom."""

    def __init__(
        self,
        lines: list[str],
        addressed: frozenset[str],
        writer: str,
        subject: str,
        coloured: Collection[str],
        *,
        within: bool,
        forwards: bool,
    ) -> None:
        self._within, self._forwards = within, forwards
        self._came, self._addressed, self._writer, self._coloured = lines, addressed, writer, coloured
        self._is_forward, self._is_numbered = _FORWARDS.match(subject) is not None, has_number(subject)
        self._is_pointed = False
        self._originals: dict[int, bool] = {}
        self._lines = [_UNSEEN.sub("", line) for line in lines]
        self._quoted = [line.lstrip().startswith(">") for line in self._lines]
        self._starts = _attributions(self._lines, addressed)

    def kept(self) -> list[str]:
        """The new lines."""
        kept: list[str] = []
        lines, at = self._lines, 0
        # Whether quoted lines are known to be of a mail: an attribution stands above some, or they ask what we ask.
        is_known = any(
            quoted and is_of_form(_MARK.sub("", line)) for quoted, line in zip(self._quoted, lines, strict=True)
        )
        while at < len(lines):
            line = lines[at]
            if not line.strip() or SENT_FROM.fullmatch(line[:LINE_CHARACTERS]) or line.strip() == _TRACKER:
                kept.append("" if line.strip() else line)
                at += 1
            elif self._is_passed_on(at):
                end = self._end_of_forward(at)
                kept.extend(self._came[at:end])
                at = end
            elif self._quoted[at] and not self._is_attribution(at):
                end = self._end_of_quotation(at)
                is_mail = is_known or self._is_quotation(at, end, _last_said(kept))
                if not is_mail or self._has_answers(at, end):
                    kept.extend(self._came[at:end])
                at = end
            elif self._is_attribution(at):
                below = self._starts[at] + 1
                nothing_yet = not any(one.strip() for one in kept)
                at = self._next(below)
                if at < len(lines) and self._quoted[at]:
                    end, is_known = self._end_of_quotation(at), True
                    if self._has_answers(at, end):
                        kept.extend(self._came[at:end])
                    at = end
                elif not nothing_yet:
                    at = self._below(at, kept)
            elif self._ends(at):
                at = self._below(below_headers(lines, at), kept) if self._is_original(at) else self._resumes(at)
            else:
                kept.append(self._came[at])
                at += 1
        return kept

    def _is_attribution(self, at: int) -> bool:
        return at in self._starts

    def _is_passed_on(self, at: int) -> bool:
        """Whether a mail of somebody else's begins here, which the writer passes on; quoted only if a mark says so."""
        if not self._forwards:
            return False
        lines, is_forward, is_numbered = self._lines, self._is_forward, self._is_numbered
        if self._quoted[at]:
            if not is_forwarding(_MARK.sub("", lines[at])):
                return False
            lines = [_MARK.sub("", line) for line in lines[at : at + _FORWARD_LINES]]
            at, is_forward = 0, True
        elif not self._is_original(at):
            return False
        return passed_on(lines, at, self._addressed, is_forward=is_forward, is_numbered=is_numbered)

    def _is_original(self, at: int) -> bool:
        """Whether an unquoted original begins at this line, with a rule or its headers."""
        if at not in self._originals:
            self._originals[at] = rule(self._lines, at) or headers(self._lines, at, self._addressed)
        return self._originals[at]

    def _end_of_forward(self, at: int) -> int:
        """Where, below a mail that is passed on, one of ours is quoted; the end of all if none is."""
        lines = self._lines
        for n in range(at + 1, len(lines)):
            if n in self._starts and is_ours(lines, n, self._starts[n] + 1, self._addressed):
                return n
            if headers(lines, n, self._addressed) and is_ours(lines, n, n + 1, self._addressed):
                return n
        return len(lines)

    def _next(self, at: int) -> int:
        """The next line that is not blank."""
        return next((n for n in range(at, len(self._lines)) if self._lines[n].strip()), len(self._lines))

    def _end_of_quotation(self, at: int) -> int:
        """Where quoted lines end; blank ones between them belong to them."""
        end = at
        for n in range(at, len(self._lines)):
            if self._quoted[n]:
                end = n + 1
            elif self._lines[n].strip():
                break
        return end

    def _is_quotation(self, at: int, end: int, above: str) -> bool:
        """Whether lines behind `>` are quoted from a mail, though no attribution stands above them. Otherwise they may
        be what a program printed.

        An attribution is behind the first mark; or they are the end, have paragraphs or end as a sentence does, and no
        line above announces them.
        """
        inner = [_MARK.sub("", line) for line in self._lines[at:end]]
        begins = next((n for n, line in enumerate(inner) if line.strip()), 0)
        head = inner[begins : begins + WRAPPED_LINES + 1]
        if 0 in _attributions(head, self._addressed, quoted=True) or headers(inner, begins, self._addressed):
            return True
        last = max((n for n, line in enumerate(inner) if line.strip()), default=0)
        is_prose = _SENTENCE.search(inner[last]) or any(not line.strip() for line in inner[begins:last])
        return bool(is_prose) and self._is_over(end) and not above.rstrip().endswith(":")

    def _is_over(self, at: int) -> bool:
        """Whether the writer says no more from here on, so that a second look at what is kept comes to the same."""
        after = self._next(at)
        return after == len(self._lines) or after in self._starts or self._ends(after)

    def _has_answers(self, at: int, end: int) -> bool:
        """Whether somebody wrote into these quoted lines, but for what is quoted within them. No if not asked."""
        if not self._within:
            return False
        inner = (line for line in self._lines[at:end] if line.lstrip()[:3].count(">") == 1)
        own = (_MARK.sub("", line) for line in inner)
        return answers.are_within(own, self._writer, self._coloured, self._lines[: self._above(at)])

    def _above(self, at: int) -> int:
        """How many lines above this one are looked at for what is in colour there too."""
        return min(at, _LINES_ABOVE)

    def _below(self, at: int, kept: list[str]) -> int:
        """Where to go on in an unquoted original whose words begin at this line: at its end, after they are kept if
        answers stand among them; otherwise at the end of all."""
        lines, end = self._lines, at
        if not self._within:
            return len(lines)
        while end < len(lines) and end not in self._starts and not self._is_original(end):
            end += 1
        has_answers = answers.are_within(lines[at:end], self._writer, self._coloured, lines[: self._above(at)])
        if not has_answers and (self._is_pointed or not answers.points_below(kept)):
            return len(lines)
        # Who points below means the mail that they answer, not what that quotes.
        self._is_pointed = True
        kept.extend(self._came[at:end])
        return end

    def _resumes(self, at: int) -> int:
        """Where, below the signature at this line, the writer's words go on; the end of all if they don't.

        Mail programs put what is passed on below the signature; people, an afterthought.
        """
        is_over = False
        for n in range(at + 1, len(self._lines)):
            if self._lines[n].strip() and self._is_passed_on(n):
                return n
            is_over = is_over or self._quoted[n] or n in self._starts or self._is_original(n)
            if not is_over and signature.is_afterthought(self._lines, at, n):
                return n
        return len(self._lines)

    def _ends(self, at: int) -> bool:
        """Whether the reply ends at this line whatever is below it."""
        return self._is_original(at) or self._is_signature(at)

    def _is_signature(self, at: int) -> bool:
        return signature.begins(self._lines, at, self._quoted, self._starts, self._writer)


def _attributions(lines: list[str], addressed: frozenset[str], *, quoted: bool = False) -> dict[int, int]:
    """Of each attribution, its first line and its last."""
    found: dict[int, int] = {}
    quoted_below = False
    for end in range(len(lines) - 1, -1, -1):
        begin = attribution(lines, end, quoted or quoted_below, addressed)
        if begin is not None:
            found[begin] = end
        quoted_below = lines[end].lstrip().startswith(">") if lines[end].strip() else quoted_below
    return found


def _last_said(kept: list[str]) -> str:
    """The last line that is not blank."""
    return next((line for line in reversed(kept) if line.strip()), "")


def _unarmoured(lines: list[str]) -> list[str]:
    """Without the marks of a mail signed with PGP, and its signature."""
    if not any(_ARMOUR.fullmatch(line) for line in lines):
        return lines
    kept: list[str] = []
    inside = ""
    for line in lines:
        if match := _ARMOUR.fullmatch(line):
            inside = match[1]
        elif not inside:
            kept.append(line)
        elif (inside == "SIGNED MESSAGE" and not line.strip()) or line.strip() == "-----END PGP SIGNATURE-----":
            inside = ""
    return kept
