"""Answers that are written into a quotation: who does so says it above, or shows which lines are theirs."""

import re
from collections.abc import Collection, Iterable, Sequence
from html import unescape
from itertools import islice

from intake.mail.attributions import LINE_CHARACTERS

_POINTS = re.compile(
    r"(?<!\w)(?:below|in-?\s?line|in\s(?:red|blue|green|bold|colou?r)|unten|in\s(?:rot|blau|grün|fett|farbe)|ci-dessous|plus\sbas"
    r"|en\s(?:rouge|bleu|vert|gras)|más\sabajo|abajo|en\s(?:rojo|azul|verde|negrita)|qui\ssotto|di\sseguito|sotto"
    r"|in\s(?:rosso|blu|verde|grassetto)|abaixo|em\s(?:vermelho|azul|verde|negrito)|hieronder|in\shet\s(?:rood|blauw|groen)"
    r"|nedan|i\s(?:rött|blått|grönt)|nedenfor|i\s(?:rødt|blåt|blått|grønt)|poniżej|na\s(?:czerwono|niebiesko|zielono)|níže"
    r"|(?:červeně|modře|zeleně)|ниже|красным|синим|зелёным|нижче|alempana|punaisella|alább|pirossal|aşağıda|kırmızı)(?!\w)"
    r"|以下|下記|赤字|青字|如下|下面|红色|紅色|蓝色|藍色|아래|빨간|파란",
    re.IGNORECASE,
)
"""Where a writer's answers are, as they say it."""
_LAST_LINES = 5
"""Who points to their answers does so at the end of what is above, but for their greeting."""
_ANSWER = (
    r"(?:my\s)?(?:answer|reply|comment)|(?:meine\s)?antwort|(?:ma\s)?réponse|(?:mi\s)?respuesta|risposta|resposta|antwoord|svar|odpowiedź"
    r"|odpověď|ответ|回答|回复|答复|답변"
)
_MARKED = re.compile(
    rf"[\s*_•-]*(?:[\[(<]{{1,2}}([^\W\d][^\[\]()<>:]{{0,40}})[\])>]{{1,2}}|((?:[^\W\d_]|\s){{1,40}}?)\s?[:：]|({_ANSWER})\s?[:：>])[\s:：*_-]*\S",
    re.IGNORECASE,
)
_IS_ANSWER = re.compile(_ANSWER, re.IGNORECASE)
_BANNER = re.compile(r"caution|external|warning|achtung|vorsicht|extern|attention|atención|attenzione", re.IGNORECASE)
"""What mail servers put above mails from elsewhere, in colour."""
_COLOUR = (
    r"(?:red|blue|green|purple|magenta|orange|crimson|darkred|darkblue|darkgreen|firebrick|fuchsia|orangered"
    r"|#(?:f00|00f|0f0|c00|f0f|ff0000|c00000|cc0000|ed0000|e00000|d00000|0000ff|0070c0|00b0f0|0078d4|00b050|008000|ff00ff|7030a0|ed5c57"
    r"|c82613|0c64c0|0c882a)|rgb\(\s*(?:255\s*,\s*0\s*,\s*0|192\s*,\s*0\s*,\s*0|204\s*,\s*0\s*,\s*0|0\s*,\s*0\s*,\s*255|0\s*,\s*112\s*,\s*192"
    r"|0\s*,\s*176\s*,\s*80|237\s*,\s*92\s*,\s*87|200\s*,\s*38\s*,\s*19)\s*\))"
)
"""The colours that the palettes of mail programs offer for answers; their own defaults are none of them."""
_COLOURED = re.compile(
    rf"<(?!a\b)[a-z]{{1,10}}\b[^<>]{{0,500}}?(?<![\w-])color\s*[:=]\s*[\"']?\s*{_COLOUR}(?![\w])[^<>]{{0,500}}>(?:\s|<[^<>]{{1,200}}>){{0,6}}([^<>]{{1,300}})",
    re.IGNORECASE,
)
_PIECES = 200
_SPACE = re.compile(r"\s+")


def coloured(html: str) -> tuple[str, ...]:
    """The words that are in a colour which people give to their answers, each piece on one line."""
    pieces = (unescape(_SPACE.sub(" ", found[1])).strip() for found in islice(_COLOURED.finditer(html), _PIECES))
    return tuple(dict.fromkeys(piece for piece in pieces if len(piece) > 1 and not _BANNER.search(piece)))


def points_below(kept: Sequence[str]) -> bool:
    """Whether what the writer said points to answers below it."""
    said = [line for line in kept if line.strip()][-_LAST_LINES:]
    return any(_POINTS.search(line[:LINE_CHARACTERS]) for line in said)


def are_within(lines: Iterable[str], writer: str, colours: Collection[str], above: Sequence[str] = ()) -> bool:
    """Whether lines of a quotation show the hand of its reader: their name or a colour marks an answer. What is in
    colour `above` too is rather of their signature."""
    names = _names(writer)
    colours = [one for one in colours if not any(_is_coloured(line, [one]) for line in above)]
    return any(_is_marked(line[:LINE_CHARACTERS], names) or _is_coloured(line, colours) for line in lines)


def _names(writer: str) -> frozenset[str]:
    """How a writer may name themselves: their name, a word of it, or their initials."""
    words = writer.replace(",", " ").split()
    initials = "".join(word[0] for word in words)
    told = (writer, *(word for word in words if len(word) > 1), initials if len(words) > 1 else "")
    return frozenset(one.lower() for one in told if one)


def _is_marked(line: str, names: frozenset[str]) -> bool:
    found = _MARKED.match(line)
    if found is None:
        return False
    said = (found[1] or found[2] or found[3]).strip().lower()
    return said in names or _IS_ANSWER.fullmatch(said) is not None


def _is_coloured(line: str, colours: Collection[str]) -> bool:
    said = f" {_SPACE.sub(' ', line)} "
    return any(f" {one} " in said for one in colours)
