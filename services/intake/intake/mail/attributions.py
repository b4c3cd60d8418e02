"""Lines above what a mail program quotes: "On …, … wrote:", and the headers of the mail that is answered."""

import re
from collections.abc import Collection, Sequence
from functools import cache
from itertools import takewhile

from intake.mail.wordings import (
    ADDRESSEE,
    DATED,
    FORWARD_BEGINS,
    FORWARDED,
    OPENS,
    ORIGINAL,
    SENDER,
    SUBJECT,
    WROTE,
    WROTE_WITHIN,
)

LINE_CHARACTERS = 500
"""How much of a line is looked at."""
WRAPPED_LINES = 7
"""Over how many lines an attribution may be wrapped, with blank ones."""
_HEADER_LINES = 12
"""Among how many lines the headers of the original must stand."""

_DECORATION = r"[\s>*_|-]*"
_COLONS = ":\uff1a\ufe55\ufe13"
_END = re.compile(rf"(?:[{_COLONS}]|(?<=\s)-{{2,}}){_DECORATION}\Z")
_COLON_LAST = re.compile(rf"[{_COLONS}]{_DECORATION}\Z")
_WROTE = re.compile(rf"(?<!\w)(?:{WROTE})(?!\w)|{WROTE_WITHIN}", re.IGNORECASE)
_OPENS = re.compile(rf"{_DECORATION}(?:{OPENS})(?!\w)", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>@\"'\[\]();,:&]+@[^\s<>@\"'\[\]();,:&]+")
_IN_BRACKETS = re.compile(r"[<(\[][^<>()\[\]]*@[^<>()\[\]]*[>)\]]")
_DAY = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d(?!\d)|\d\d?[./-]\d\d?[./-]\d\d(?!\d)|\d\d?\s?[月월])|(?<!\d)(?:[12]\d|3[01]|0?[1-9])\.?\s[^\W\d]{3,}"
)
_TIME = re.compile(r"(?<!\d)\d\d?[:.h時时点]\s?\d\d(?!\d)|(?<!\d)\d\d?[時时点시]", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_FULL_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d\d?[./-]\d\d?[./-]\d\d(?!\d)")
_TIMESTAMPED = re.compile(r"(?:19|20)\d\d-\d\d-\d\d \d\d?:\d\d GMT[+-]\d\d:\d\d (?:[^\W\d_a-z][\w.'’-]*\s?){1,4}")
"""As Gmail wrote it for a while: without a verb, and at times without an address."""
_QUOTING = re.compile(rf"{_DECORATION}(?:quoting|zitat\svon|citando\sa?|cytuję|quote\sof)\s", re.IGNORECASE)
_BY_DATE = re.compile(rf"{_DECORATION}(?:[^\W\d]{{1,12}}[.,]{{0,2}}\s)?\(?\d")
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:i|we|you|ich|wir|je|j['’]ai|nous|yo|io|eu|ik|wij|jag|jeg|ja|já|я|мы)(?!\w)", re.IGNORECASE
)
_SELF = re.compile(
    rf"(?<!\w)(?:i|we|ich|wir|nous|yo|ik|wij|jag|jeg|я|мы)\s(?:[^\W\d_]+\s){{0,2}}(?:{WROTE})(?!\w)"
    rf"|(?:{WROTE})\s(?:ich|wir|ik|wij|jag|jeg|vi)(?!\w)|(?<!\w)(?:habe|haben)\s(?:ich|wir)(?!\w)|(?<!\w)j['’]ai(?!\w)"
    r"|(?<!\w)(?-i:your|my|our|ihre?|meine?|unsere?|deine?|eure?|votre|notre|vuestr[oa]|nuestr[oa]|vostr[oa]|nostr[oa]"
    r"|uw|onze?|vår|ваш|наш)\s[^\W\d_]|\A\W*(?-i:Your|My|Our)\s(?-i:[a-z])|(?<!\w)ihre?n?\s(?:kolleg|mitarbeit)",
    re.IGNORECASE,
)
"""Somebody who says themselves who wrote, and to whom: "I wrote", "your colleague"."""
_AFTERWARDS = re.compile(r"\([^()]*\)|<[^<>]*>|\[[^\[\]]*\]")
_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,}(?!\w)")
_PARTICLES = frozenset(
    ("von", "van", "de", "da", "di", "del", "du", "la", "le", "dos", "der", "den", "zu", "bin", "al")
)
_OPENS_A_NAME = frozenset(("von", "van", "de", "da", "di", "del", "du"))
_NEUTRAL = frozenset(
    re.findall(
        r"\w+",
        "am pm uhr klo kl kell heeft hat har ha het volgende følgende folgendes odesílatel odosielateľ uživatel"
        " użytkownik пользователь користувач oseba osoba je via",
    )
)
"""Words in lower case around a name that a mail program writes itself."""
_NUMBER = re.compile(r"\[[A-Z]+-\d+\]", re.IGNORECASE)
_NUMBERED = re.compile(r"\[[A-Z]+-\d+\]|:\s*[^\W\d_]{1,5}\s?[:：]", re.IGNORECASE)
"""A subject that has a ticket's number, or that answers or forwards."""
_FORWARDING = rf"\s*(?:[*_]?[-_=─—]{{2,}}\s*(?:{FORWARDED})(?!\w).{{0,120}}|(?:{FORWARD_BEGINS})\s*[{_COLONS}]\s*)\s*"
_FORWARDING_RULE = re.compile(_FORWARDING, re.IGNORECASE)
_RULE = re.compile(rf"\s*[*_]?[-_=─—]{{2,}}\s*(?:{ORIGINAL})\b.{{0,120}}|{_FORWARDING}", re.IGNORECASE)
_ANY_RULE = re.compile(r"\s*(?:[-=─—]{3,}\s*[^\W\d_][^-=─—]{0,60}[-=─—]{3,}|[_─—]{8,}|[-=]{20,})\s*")
_LABEL = re.compile(
    rf"[\s*_•]*(?:(?P<sender>{SENDER})|(?P<dated>{DATED})|(?P<addressee>{ADDRESSEE})|(?P<subject>{SUBJECT}))"
    rf"[\s*_]*[{_COLONS}](?P<value>.*)",
    re.IGNORECASE,
)
_ANY_LABEL = re.compile(rf"[\s*_•]*[^\W\d_](?:[^{_COLONS}\n]{{0,30}})[{_COLONS}][\s*_].*")


@cache
def _bare(address: str) -> str:
    """The address in lower case, without what follows a plus: a signed reply address is the mailbox's own."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _names(text: str, addressed: Collection[str]) -> bool:
    """Whether the text names one of the addresses that the mail was sent to."""
    return any(_bare(found.strip(".")) in addressed for found in _ADDRESS.findall(text))


def bare(addresses: Collection[str]) -> frozenset[str]:
    """The addresses as they are compared here."""
    return frozenset(_bare(address) for address in addresses)


def attribution(lines: Sequence[str], end: int, quoted_below: bool, addressed: Collection[str]) -> int | None:
    """Where the attribution begins that ends with the line `end`; None: that line ends none.

    `addressed`: the mailboxes to which the mail was sent, in their bare form.
    """
    last = lines[end][-LINE_CHARACTERS:]
    if _TIMESTAMPED.fullmatch(last.strip()) and not any(
        line.strip() for line in (*lines[end - 1 : end], *lines[end + 1 : end + 2])
    ):
        return end
    if not _END.search(last) or (last.lstrip().startswith(">") and not _closes(lines, end)):
        return None
    found: list[int] = []
    for begin in range(end, max(end - WRAPPED_LINES, -1), -1):
        first = lines[begin][:LINE_CHARACTERS]
        if begin < end and (first.lstrip().startswith(">") or _END.search(first)):
            break
        if not first.strip():
            if begin == end or not _closes(lines, end):
                break
            continue
        joined = _joined(lines, begin, end)
        if len(joined) > LINE_CHARACTERS:
            break
        if not _is_attribution(joined, quoted_below, addressed):
            continue
        found.append(begin)
        if _OPENS.match(first) or _DAY.search(first) or _TIME.search(first):
            return _with_address(lines, begin, end)
    return found[0] if found else None


def _with_address(lines: Sequence[str], begin: int, end: int) -> int:
    """Some name the writer before the date: their address may be on a line of its own."""
    above = lines[begin - 1][:LINE_CHARACTERS] if begin else ""
    return begin - 1 if not _ADDRESS.search(_joined(lines, begin, end)) and _ADDRESS.search(above) else begin


def _joined(lines: Sequence[str], begin: int, end: int) -> str:
    return " ".join(line.strip() for line in lines[begin : end + 1])


def _closes(lines: Sequence[str], end: int) -> bool:
    """Whether this line, or the one above it, closes an address that was broken over lines."""
    above = " ".join(line.strip() for line in lines[max(end - WRAPPED_LINES, 0) : end])
    return lines[end].lstrip().startswith(">") and above.count("<") > above.count(">")


def _is_attribution(text: str, quoted_below: bool, addressed: Collection[str]) -> bool:
    if not _COLON_LAST.search(text) and not text.startswith("--"):
        return False
    wrote, address = _WROTE.search(text), _ADDRESS.search(text)
    day, time = _DAY.search(text), _TIME.search(text)
    if not quoted_below and _SELF.search(text):
        return False
    # A mail program puts the address in brackets; a person who speaks of it doesn't.
    ours = _names(text if quoted_below else " ".join(_IN_BRACKETS.findall(text)), addressed)
    if address and (_FULL_DAY.search(text) or (day and time)):
        return quoted_below or ours or (_is_said(text) if wrote else _ends_with_address(text))
    if address and wrote:
        return quoted_below or ours
    if (address and _QUOTING.match(text)) or (
        _names(" ".join(_IN_BRACKETS.findall(text)), addressed) and (quoted_below or _DIGIT.search(text))
    ):
        return True
    if not wrote:
        return False
    if quoted_below:
        return bool(_OPENS.match(text) or _FULL_DAY.search(text)) or _is_name(text)
    begins = _OPENS.match(text) or _BY_DATE.match(text)
    if not (begins and day and time) or _FIRST_PERSON.search(text):
        return False
    ends = (found.end() for pattern in (_DAY, _TIME) for found in pattern.finditer(text))
    return _is_person(_WROTE.sub(" ", text[max(ends) :]))


def _ends_with_address(text: str) -> bool:
    """Whether nothing stands behind an address in brackets, as in "Mon, 23 Nov 2026, Help <support@desk.example>:"."""
    ends = [found.end() for found in _IN_BRACKETS.finditer(text)]
    return bool(ends) and not _WORD.search(text, ends[-1])


def _is_said(text: str) -> bool:
    """Whether nothing stands behind "wrote" and the address but a name: no object that was written."""
    end = max(found.end() for pattern in (_WROTE, _ADDRESS) if (found := pattern.search(text)))
    return _is_person(_WROTE.sub(" ", text[end:]))


def _is_person(text: str) -> bool:
    """Whether the words can be a name, and what mail programs put around one: others begin in lower case."""
    words = [word for word in _WORD.findall(_AFTERWARDS.sub(" ", text)) if word not in _NEUTRAL]
    firsts = [word for word in words[:1] if word[0].islower() and word not in _OPENS_A_NAME]
    return not firsts and not any(word[0].islower() and word not in _PARTICLES for word in words[1:])


def _is_name(text: str) -> bool:
    """Whether nothing but a name of a few words, each with a capital, wrote it."""
    words = " ".join(_WROTE.split(text)).strip(_COLONS).split()
    return 1 <= len(words) <= 4 and all(word.strip("\"'(*_")[:1].isupper() for word in words)


def rule(lines: Sequence[str], at: int) -> bool:
    """Whether the line at `at` is a rule above an unquoted original: it says so, or headers stand below it."""
    line = lines[at][:LINE_CHARACTERS]
    if _RULE.fullmatch(line):
        return True
    if not _ANY_RULE.fullmatch(line) or "BEGIN PGP" in line:
        return False
    below = next((n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip()), None)
    return below is not None and headers(lines, below, (), below_rule=True)


def is_forwarding(line: str) -> bool:
    """Whether a mail program says with this line that the mail below it is passed on."""
    return _FORWARDING_RULE.fullmatch(line[:LINE_CHARACTERS]) is not None


def passed_on(
    lines: Sequence[str], at: int, addressed: Collection[str], *, is_forward: bool, is_numbered: bool
) -> bool:
    """Whether the mail that begins here is somebody else's, which its reader shows us: we never sent it.

    A mail program says that it is passed on, in the line at `at` or in the mail's subject (`is_forward`). Or the mail's
    subject has a ticket's number (`is_numbered`), as all of ours have, but that of the mail below has none; it answers
    nothing, and no address in its headers is ours.
    """
    says_so = is_forwarding(lines[at])
    begin, end = _block(lines, at)
    block = [one[:LINE_CHARACTERS] for one in lines[begin:end] if one.strip()]
    told: dict[str, str] = {}
    for number, line in enumerate(block):
        if found := _label(line):
            # The value may stand on the line below its label.
            told.setdefault(found[0], found[1] or next(iter(block[number + 1 : number + 2]), ""))
    sender, is_of_thread = told.get("sender", ""), any(map(_NUMBERED.search, block))
    if _names(sender, addressed) or (not _ADDRESS.search(sender) and is_of_thread):
        return False
    if says_so:
        return True
    if not (addressed and _ADDRESS.search(sender)):
        return is_forward and bool(sender)
    return is_forward or (is_numbered and not is_of_thread and not any(_names(line, addressed) for line in block))


def below_headers(lines: Sequence[str], at: int) -> int:
    """The line below the headers of an original that begins at the line `at`, with a rule or without."""
    return _block(lines, at)[1]


def _block(lines: Sequence[str], at: int) -> tuple[int, int]:
    """Where the headers begin that stand at the line `at`, or below a rule there, and where they end. Each may stand in
    a paragraph of its own."""
    begin = at if _label(lines[at]) else at + 1
    begin = next((n for n in range(begin, min(begin + 4, len(lines))) if lines[n].strip()), begin)
    end = begin
    for n in range(begin, min(begin + _HEADER_LINES, len(lines))):
        if not lines[n].strip() and not _starts(lines[n + 1 : n + 2]):
            break
        end = n + 1 if _ANY_LABEL.fullmatch(lines[n][:LINE_CHARACTERS]) else end
    return begin, end


def has_number(subject: str) -> bool:
    """Whether the mail's subject has a ticket's number, as all of ours and the answers to them do."""
    return _NUMBER.search(subject) is not None


def is_ours(lines: Sequence[str], begin: int, end: int, addressed: Collection[str]) -> bool:
    """Whether these lines, which a mail program wrote, name one of the mailboxes to which the mail was sent."""
    return any(_names(line[:LINE_CHARACTERS], addressed) for line in lines[begin:end])


def headers(lines: Sequence[str], at: int, addressed: Collection[str], *, below_rule: bool = False) -> bool:
    """Whether the headers of the original begin at the line `at`, as Outlook writes them.

    What somebody pastes from a configuration has no date, or begins in lower case. If neither a rule nor our mailbox
    shows whose headers these are, they may be what the writer shows us: the line above announces it, or the mail
    had the bare address of somebody else, and answered nothing.
    """
    first = _label(lines[at])
    line = lines[at][:LINE_CHARACTERS]
    if first is None and not (_ADDRESS.search(line) and _ANY_LABEL.fullmatch(line)):
        return False
    window = [line[:LINE_CHARACTERS] for line in lines[at : at + _HEADER_LINES]]
    if not below_rule and not any(_names(line, addressed) for line in window) and _is_shown(lines, at, addressed):
        return False
    told: dict[str, str] = {}
    for number, line in enumerate(window):
        if not line.strip() and number and not _starts(window[number + 1 : number + 2]):
            break
        if found := _label(line):
            told.setdefault(*found)
    # The date may stand on the line below its label.
    dated = "dated" in told and (_DAY.search(told["dated"]) or (not told["dated"] and any(map(_DAY.search, window))))
    others = len({"addressee", "subject"} & told.keys())
    if "sender" in told and others and (dated or (others == 2 and (below_rule or "dated" in told))):
        return True
    if "sender" in told and others and _names(told["sender"], addressed):
        return True
    # In a language that isn't known here: labels one below another, of an address first, and of a date.
    labelled = list(takewhile(_ANY_LABEL.fullmatch, window))
    if len(labelled) > 2 and _names(window[0], addressed) and any(map(_FULL_DAY.search, labelled)):
        return True
    instants = [one for one in labelled if _FULL_DAY.search(one) and _TIME.search(one)]
    return len(labelled) > 3 and bool(instants) and _IN_BRACKETS.search(window[0]) is not None


def _is_shown(lines: Sequence[str], at: int, addressed: Collection[str]) -> bool:
    """Whether a writer rather shows us these headers than a mail program."""
    above = next((line for line in reversed(lines[max(at - 2, 0) : at]) if line.strip()), "")
    if _COLON_LAST.search(above[-LINE_CHARACTERS:]):
        return True
    block = list(takewhile(str.strip, lines[at : at + _HEADER_LINES]))
    first = block[0][:LINE_CHARACTERS]
    is_foreign = bool(addressed and _ADDRESS.search(first)) and not _IN_BRACKETS.search(first)
    return is_foreign and not any(_NUMBERED.search(line[:LINE_CHARACTERS]) for line in block)


def _starts(lines: Sequence[str]) -> bool:
    return bool(lines) and _label(lines[0]) is not None


def _label(line: str) -> tuple[str, str] | None:
    """Which header a line has, and its value; None for one in lower case."""
    match = _LABEL.fullmatch(line[:LINE_CHARACTERS])
    if match is None or match.lastgroup is None:
        return None
    name = next(kind for kind in ("sender", "dated", "addressee", "subject") if match[kind])
    return None if match[name][:1].islower() else (name, match["value"].strip())
