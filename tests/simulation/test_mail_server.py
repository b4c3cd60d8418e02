"""The simulated mail server's excuses."""

import pytest
from tests.simulation.mail_server import but_for_the_instant

from contracts.notifications import AnyTemplate
from notifier.render import render

AT = {"next_at": "2026-07-21T15:00:00Z"}


def content(template: AnyTemplate, about: dict[str, str]) -> bytes:
    return render(template, number="F-1000", desk="desk", role="vp", text="Lost.", about=about).text.encode()


@pytest.mark.parametrize(
    ("template", "next_in", "counts"),
    [
        ("escalation", "PT14400S", "support-time"),
        ("escalation", "1", "days"),
        ("complaint-call", "1", "working-days"),
        ("feedback-received", "2", "working-days"),
        ("feedback-received", "1", "working-days"),
        ("complaint-outcome", "28", "days"),
    ],
)
def test_a_mail_that_names_its_instant_says_the_same_as_one_in_terms_but_for_that(
    template: AnyTemplate, next_in: str, counts: str
) -> None:
    terms = {"next_in": next_in, "next_counts": counts, "next_calendar": "office", "zone": "Europe/Berlin"}
    named, in_terms = content(template, terms | AT), content(template, terms)
    assert named != in_terms
    assert but_for_the_instant(named) == but_for_the_instant(in_terms)
    assert but_for_the_instant(content(template, terms | {"zone": "UTC"} | AT)) == but_for_the_instant(named)


@pytest.mark.parametrize("template", ["ticket-received", "information-completed"])
@pytest.mark.parametrize("promise", ["response", "objective"])
@pytest.mark.parametrize("more", [{}, {"past": "true"}, {"zone": "UTC"}, {"unknown_calendar": "offce"}])
def test_a_receipt_that_says_by_when_says_the_same_as_one_without_but_for_that(
    template: AnyTemplate, promise: str, more: dict[str, str]
) -> None:
    named, without = content(template, {"promise": promise} | AT | more), content(template, {})
    assert named != without
    assert but_for_the_instant(named) == but_for_the_instant(without)


def test_all_else_that_a_mail_says_is_compared() -> None:
    one, other = (content("complaint-outcome", AT | {"corrects": corrects}) for corrects in ("", "true"))
    assert but_for_the_instant(one) != but_for_the_instant(other)
