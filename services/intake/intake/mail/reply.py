"""The visible part of a reply: what its writer added to the quotation. The whole text is always kept too."""

import re

_WROTE = r"(?:wrote|writes|schrieb|a\sécrit|escribió|ha\sscritto|schreef|skrev|escreveu|napisał(?:\(a\))?)"
_ADDRESS = r"<\s*(?:mailto:)?[^<>\s]+@[^<>\s]+>"
_LONG_ATTRIBUTION = re.compile(
    rf"[>*_\s-]*(?:on|am|le|el|il|op|den|em|dnia|dne|w\sdniu|at)\b.{{4,300}}?{_WROTE}.{{0,120}}?\s*:[*_\s-]*",
    re.IGNORECASE,
)
"""On <date> <name> wrote: often wrapped over lines."""
_ATTRIBUTION = re.compile(
    rf"""[>*_\s-]*(?:
        (?:\d{{4}}[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./]\d{{4}})\b.{{0,200}}?{_ADDRESS}\s*:?
        | [^\n:]{{1,120}}{_ADDRESS}\s*{_WROTE}?\s*:
        | [^\n:]{{1,120}}\s(?:{_WROTE}|пишет|написала?)\s*:
        | .{{0,120}}\d\d?[:.]\d\d\b.{{0,20}}пользователь.{{0,200}}
    )[*_\s-]*""",
    re.IGNORECASE | re.VERBOSE,
)
_DELIMITER = re.compile(
    r"""^\s*(?:
        [*_]?[-_=]{2,}\s*(?:original(?:\s(?:message|appointment))?|forwarded(?:\sby|\smessage)?|reply|ursprüngliche\snachricht
            |message\sd'origine|mensaje\soriginal|messaggio\soriginale|oorspronkelijk\sbericht)\b.{0,120}
        | begin\sforwarded\smessage\s*:
        | _{20,}
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_FIELD = re.compile(
    r"\s*[*_]*(from|sent|to|cc|date|subject|von|gesendet|an|betreff|datum|de|envoyé|à|objet|enviado|para|asunto|da|"
    r"inviato|oggetto|van|verzonden|aan|onderwerp|risposta|data|från|skickat|till|ämne|fra|sendt|til|emne)\s*[*_]*\s?:[*_]*",
    re.IGNORECASE,
)
_SENDER_FIELD = re.compile(r"\s*[*_]*(?:from|von|de|da|van|från|fra)\s*[*_]*\s?:", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"\s*(?:--\s?|—|_{2,}|sent\s(?:from|via)\s(?:my\s|mail\s|outlook|yahoo).{0,60}|von\smeinem\s.{0,40}\sgesendet"
    r"|envoyé\sde(?:puis)?\smon\s.{0,40}|enviado\sdesde\smi\s.{0,40}|sendt\sfra\smin\s.{0,40}|get\soutlook\sfor\s.{0,40})\s*",
    re.IGNORECASE,
)
_LINE_CHARACTERS = 500
_WRAPPED_LINES = 3
"""A mail program may wrap "On …, … wrote:" over so many lines."""


def visible(text: str) -> str:
    """The reply without quotation and signature; the whole text if nothing else would be left."""
    lines = text.split("\n")
    end = next((at for at in range(len(lines)) if _ends(lines, at)), len(lines))
    below = lines[end:]
    kept = lines[:end] + _answers_between(below)
    words = "\n".join(line for line in kept if not line.lstrip().startswith(">")).strip()
    return words or text.strip()


def _ends(lines: list[str], at: int) -> bool:
    """Whether the reply ends before this line."""
    line = lines[at][:_LINE_CHARACTERS]
    if not line.strip():
        return False
    if _DELIMITER.match(line) or _SIGNATURE.fullmatch(line):
        return True
    if _SENDER_FIELD.match(line):
        fields = sum(1 for following in lines[at : at + 6] if _FIELD.match(following))
        return fields >= _WRAPPED_LINES
    if _ATTRIBUTION.fullmatch(line):
        return True
    return any(
        _LONG_ATTRIBUTION.fullmatch(" ".join(lines[at : at + n])[:_LINE_CHARACTERS])
        for n in range(1, _WRAPPED_LINES + 1)
    )


def _answers_between(below: list[str]) -> list[str]:
    """Lines written between quoted ones: answers point by point. Empty if nothing there is quoted."""
    quoted = [at for at, line in enumerate(below) if line.lstrip().startswith(">")]
    if not quoted:
        return []
    rest: list[str] = []
    for line in below[quoted[0] : len(below)]:
        if _SIGNATURE.fullmatch(line[:_LINE_CHARACTERS]):
            break
        rest.append(line)
    return rest
