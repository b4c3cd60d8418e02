"""A proof as a page: the picture, the paragraph, the sum, the table, the rules and the facts; no script."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from contracts.sla import Metric
from sla_timer.explain.picture import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Picture, picture
from sla_timer.explain.proof import Proof
from sla_timer.explain.text import HEADS, events, rows, rules

TITLES: dict[Metric, str] = {
    "response": "first answer",
    "objective": "first answer, as hoped for",
    "next-reply": "next reply",
    "update": "next update",
    "resolution": "resolution",
}
LEGEND = (
    ("counts", "counted"),
    ("late", "past the deadline"),
    ("waits", "waits"),
    ("closed", "closed"),
    ("mixed", "several stretches"),
    ("over", "over"),
)

_PAGES = Environment(loader=PackageLoader("sla_timer.explain"), autoescape=True, undefined=StrictUndefined)


def page(proof: Proof) -> str:
    """One HTML document that needs no other."""
    drawn = picture(proof)
    kinds = {block.kind for block in drawn.blocks} if drawn else set()
    table = zip(proof.segments, rows(proof), strict=True)
    return _PAGES.get_template("proof.html").render(
        _framed(drawn),
        ticket=proof.clock.number or proof.clock.ticket_id,
        title=TITLES[proof.clock.metric],
        clock=proof.clock,
        proof=proof,
        legend=[each for each in LEGEND if each[0] in kinds],
        heads=HEADS,
        rows=[(one.reason, bool(one.counted), cells) for one, cells in table],
        rules=rules(proof),
        events=events(proof),
    )


def svg(drawn: Picture) -> str:
    """The picture alone."""
    return _PAGES.get_template("picture.svg").render(_framed(drawn))


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
