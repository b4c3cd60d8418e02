"""Where a writer signs, and where their words go on below it."""

import re
from collections.abc import Collection, Sequence

from intake.mail import wordings
from intake.mail.attributions import LINE_CHARACTERS

SENT_FROM = re.compile(rf"\s*(?:{wordings.SENT_FROM})\s*", re.IGNORECASE)
"""The line that a telephone adds."""
_SURE = "-- "
_BEGINS = re.compile(r"\s*(?:--\s?|—|_{2,}|-{2,})\s*")
_SIGNED = re.compile(r"[^\s@]+@[^\s@]+\.\w|https?://|www\.|(?<![\d.])(?!\d+(?:\.\d+){3}(?![\d.]))\+?\d[\d\s().-]{6,}\d")
"""An address or a telephone number, which four numbers with dots between them are not."""
_NAME = re.compile(r"(?:[^\W\d_a-z][^\W\d_]*[.,]?\s){1,3}[^\W\d_a-z][^\W\d_]+")
_LINES = 8
"""The most lines of a signature that does not begin with a name."""
_NAME_LINES = 3
_LOGGED = re.compile(r"\W{0,2}(?:(?:19|20)\d\d-\d\d-\d\d|\d\d:\d\d:\d\d|\d\d\.\d\d\.(?:19|20)?\d\d)\b")
_ASKS = ("?", "？")
_LETTER = re.compile(r"\w")
_COMMENT = re.compile(r"\s*--\s*[a-z]")
_OF_GIT = re.compile(r"\d+\.\d+[\w.-]*(?:\s\(Apple Git-[\d.]+\))?\s*")
"""The version that git puts below a patch."""
_AFTERTHOUGHT = re.compile(
    r"\s*(?:p\.?\s?){1,3}s\b|\s*(?:n\.?b\.?|nota\sbene|p\.\s?d\.|пс|з\.ы\.|追伸|又及)\s*[:：.,]?\s", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?:[^\W_]+\W+){2,}[^\W\d_]{2,}\W{0,2}[.?!…]\s*|.{4,}[。！？]\s*")
_BOILERPLATE = re.compile(
    r"confiden|privileged|intended|recipient|vertraulich|empfänger|destinat|riservat|vertrouwelijk|fortrolig|sekretess|poufn"
    r"|důvěrn|конфиденц|gizli|机密|機密|秘密|subscri|mailing|group|virus|disclaim|environment|umwelt|print|druck|imprim|stamp"
    r"|registered|registre|geschäftsf|handelsreg|amtsgericht|\bhrb\b|\bvat\b|gmbh|\bltd|\binc\b|\bs\.?a\.?\b|copyright|©|visit|follow",
    re.IGNORECASE,
)
"""What stands below signatures that nobody writes anew for each mail."""


def begins(lines: Sequence[str], at: int, quoted: Sequence[bool], attributions: Collection[int], writer: str) -> bool:
    """Whether a signature begins here. Two dashes with a space say so, unless what is below can't be one. Below another
    line there must be an address, a number or a name, and neither a question nor another such line."""
    line = lines[at]
    if line == _SURE:
        return not _is_no_signature(lines, at, writer)
    if not _BEGINS.fullmatch(line[:LINE_CHARACTERS]):
        return False
    signature: list[str] = []
    is_doubtful = False
    is_closed = False  # by a quotation: then a word is enough
    for n in range(at + 1, len(lines)):
        if is_closed := quoted[n] or n in attributions:
            break
        said = lines[n][:LINE_CHARACTERS]
        is_doubtful |= _BEGINS.fullmatch(said) is not None or said.rstrip().endswith(_ASKS)
        if said.strip():
            signature.append(said.strip())
        if len(signature) > _LINES:
            return False
    if not any(_LETTER.search(one.replace("_", "")) for one in signature):
        return True
    if is_doubtful:
        return False
    if _NAME.fullmatch(signature[0]):
        return True
    if is_closed and len(signature) == 1 and len(signature[0].split()) == 1:
        return True
    return any(_SIGNED.search(one) or SENT_FROM.fullmatch(one) or (writer and writer in one) for one in signature)


def is_afterthought(lines: Sequence[str], at: int, n: int) -> bool:
    """Whether, below a signature at the line `at`, a paragraph begins at `n` that is written for this mail: it says so,
    it is a sentence that nobody has below each mail, or it stands below a patch."""
    if not lines[n].strip() or n == at + 1:
        return False
    if _AFTERTHOUGHT.match(lines[n]):
        return True
    if lines[n - 1].strip():
        return False
    if _OF_GIT.fullmatch(lines[at + 1][:LINE_CHARACTERS]):
        return True
    paragraph = " ".join(_paragraph(lines, n))
    return (
        _SENTENCE.search(paragraph[-LINE_CHARACTERS:]) is not None
        and paragraph.rstrip().endswith((".", "?", "!", "…", "。", "！", "？"))
        and not _BOILERPLATE.search(paragraph)
        and not _SIGNED.search(paragraph)
    )


def _is_no_signature(lines: Sequence[str], at: int, writer: str) -> bool:
    """Whether the paragraph below two dashes with a space is rather what a program printed, since no name is at its
    top: it is longer than signatures are, has instants, or without an address asks something or has comments."""
    below = [line.strip() for line in _paragraph(lines, at + 1) if not line.lstrip().startswith(">")]
    if not below or any(_NAME.fullmatch(one) or (writer and writer in one) for one in below[:_NAME_LINES]):
        return False
    if len(below) > _LINES or any(map(_LOGGED.match, below)):
        return True
    return not any(map(_SIGNED.search, below)) and any(one.endswith(_ASKS) or _COMMENT.match(one) for one in below)


def _paragraph(lines: Sequence[str], at: int) -> list[str]:
    """The lines from `at` on to the next blank one."""
    paragraph: list[str] = []
    for line in lines[at : at + 100]:
        if not line.strip():
            break
        paragraph.append(line[:LINE_CHARACTERS])
    return paragraph
