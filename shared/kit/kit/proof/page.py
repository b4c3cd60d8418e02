"""A proof as an HTML page: picture, paragraph, arithmetic, table, rules and facts, without scripts."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kit.proof.form import AnyProof
from kit.proof.picture import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Picture, picture
from kit.proof.text import COLUMN_HEADS, events, rows, rules

LEGEND = (
    ("counts", "counted"),
    ("late", "past the deadline"),
    ("waits", "waits"),
    ("closed", "closed"),
    ("mixed", "several stretches"),
    ("over", "over"),
)

_PAGES = Environment(loader=PackageLoader("kit.proof"), autoescape=True, undefined=StrictUndefined)


def page(proof: AnyProof, heading: str) -> str:
    """One HTML document that loads nothing else. `heading`: ticket and promise, such as "P-1042: first answer"."""
    drawn = picture(proof)
    kinds = {block.kind for block in drawn.blocks} if drawn else set()
    table = zip(proof.segments, rows(proof), strict=True)
    return _PAGES.get_template("proof.html").render(
        _framed(drawn),
        heading=heading,
        state=proof.promise.state,
        proof=proof,
        legend=[each for each in LEGEND if each[0] in kinds],
        heads=COLUMN_HEADS,
        rows=[(one.reason, bool(one.counted), cells) for one, cells in table],
        rules=rules(proof),
        events=events(proof),
    )


def _framed(drawn: Picture | None) -> dict[str, Any]:
    return {
        "picture": drawn,
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "top": TOP,
        "bottom": BOTTOM,
    }
