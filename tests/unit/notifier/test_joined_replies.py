"""Automatic replies over the limit: one mail names every number (P7), and what each ticket still lacks."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.interleavings import rows_in_every_order
from tests.unit.notifier.test_mail_builder import HEAD, SECRET, TICKET, request
from tests.unit.notifier.test_overtaking import fact
from tests.unit.notifier.test_render import Balanced

from contracts.envelope import Fact
from contracts.names import TICKETS
from contracts.tickets import (
    Detail,
    Details,
    InformationCompleted,
    InformationReceived,
    InformationRequested,
    TicketOpened,
)
from kit.signed.reply_address import ticket_named
from notifier.domain.gathering import held_in
from notifier.projection import WANTED
from notifier.render import JOINED_REPLIES, Reply, render
from notifier.senders.mail_builder import lacking

ANN, OTHER, THIRD = (UUID(int=n) for n in (501, 502, 503))


def receipt(number: str, ticket: UUID, missing: str = "", template: str = "ticket-received", **more: Any) -> Any:
    about = {"missing": missing} if missing else None
    given = {"number": number, "ticket_id": ticket, "notification_id": ticket, "about": about} | more
    return request(template=template, automatic="replied", text=None, **given)


def words(mail: Any) -> str:
    part = mail.get_body(("plain",))
    assert part
    return " ".join(str(part.get_content()).split())


def test_one_mail_names_every_number_and_says_what_each_lacks_and_where_to_write_it() -> None:
    several = [receipt("P-1", TICKET), receipt("P-2", OTHER, "product,os"), receipt("P-3", THIRD)]
    mail = HEAD.build(*several)
    assert mail.as_bytes() == HEAD.build(*several).as_bytes()
    alone = HEAD.build(several[0])
    for header in ("Message-ID", "Reply-To", "From", "To", "Date", "Auto-Submitted"):
        assert mail[header] == alone[header]
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("[P-1] We have received what you wrote", "auto-replied")
    text = words(mail)
    assert "P-1: We have all we need" in text
    assert "P-2: Before we can begin we need to know from you: - Product: - OS: Please complete these lines" in text
    assert "P-3: We have all we need" in text
    (address,) = [word for word in text.split() if ticket_named([word], [SECRET.encode()])]
    assert ticket_named([address], [SECRET.encode()]) == OTHER
    html = mail.get_body(("html",))
    assert html
    assert f'href="mailto:{address}?subject=%5BP-2%5D"' in html.get_content()


def test_of_one_ticket_it_speaks_once() -> None:
    asked = receipt("P-1", TICKET, "os", "information-wanted", notification_id=THIRD)
    text = words(HEAD.build(receipt("P-1", TICKET, "os"), asked, receipt("P-2", OTHER)))
    assert (text.count("P-1: "), text.count("P-2: ")) == (1, 1)


def test_of_feedback_it_says_when_a_person_writes_and_that_a_decision_stands() -> None:
    named = {"next_at": "2030-07-14T15:00:00Z", "zone": "Europe/Berlin"}
    several = [
        receipt("F-1", TICKET, template="feedback-received", about=named),
        receipt("F-2", OTHER, template="complaint-final"),
    ]
    mail = HEAD.build(*several)
    assert str(mail["From"]) == "Support <feedback@desk.example>"
    text = words(mail)
    assert "F-1: A person will read your feedback and write to you before Sunday, 14 July 2030, 17:00" in text
    assert "F-2: Our CEO has decided on this complaint" in text


def test_a_reply_that_has_waited_says_what_is_missing_by_now() -> None:
    asked = receipt("P-1", TICKET, "product,os")
    assert lacking(asked, None) == asked
    assert lacking(asked, "os").event.about == {"missing": "os"}
    assert lacking(asked, "").event.about is None
    assert "We have all we need" in words(HEAD.build(lacking(asked, "")))


def test_replies_about_feedback_wait_in_a_lane_of_their_own() -> None:
    lanes = [held_in(ANN, name) for name in ("ticket-received", "information-wanted", "feedback-received")]
    assert lanes == [f"{ANN}/replies", f"{ANN}/replies", f"{ANN}/letters"]


def opened(*missing: Detail) -> TicketOpened:
    return TicketOpened(
        ticket_id=TICKET,
        number="P-1",
        account_id=ANN,
        subject_id=ANN,
        account_version=1,
        channel="email",
        severity=1,
        priority="high",
        tier="patrol",
        calendar=None,
        details=Details(),
        missing=missing,
        title="It fails",
        description="When I press the button.",
        email="ann@customer.example",
    )


def told(*events: Any) -> list[Fact]:
    facts = []
    for seq, event in enumerate(events, 1):
        one = fact(event)
        changed = {"topic": TICKETS, "shard_seq": seq, "stream": f"ticket-{TICKET}"}
        facts.append(type(one)(**{name: getattr(one, name) for name in one.__struct_fields__} | changed))
    return facts


@pytest.mark.parametrize(
    ("events", "missing"),
    [
        ([opened("product", "os")], "product,os"),
        ([opened()], ""),
        (
            [
                opened("product", "os"),
                InformationReceived(ticket_id=TICKET, subject_id=ANN, details=Details(), missing=("os",)),
            ],
            "os",
        ),
        (
            [
                opened("os"),
                InformationCompleted(
                    ticket_id=TICKET, subject_id=ANN, severity=1, tier="patrol", calendar=None, details=Details()
                ),
            ],
            "",
        ),
        (
            [
                opened(),
                InformationRequested(ticket_id=TICKET, subject_id=ANN, missing=("product",), reason="Which one?"),
            ],
            "product",
        ),
    ],
)
def test_what_a_ticket_lacks_follows_from_what_intake_says(events: list[Any], missing: str) -> None:
    ((key, row),) = rows_in_every_order(WANTED, told(*events)).items()
    assert dict(key) == {"ticket_id": TICKET}
    assert row["missing"] == missing


@given(
    st.lists(
        st.builds(
            Reply,
            number=st.text(max_size=12),
            template=st.sampled_from(["ticket-received", "information-wanted", "feedback-received", "complaint-final"]),
            address=st.just("support+x@desk.example"),
            about=st.dictionaries(st.sampled_from(["missing", "past"]), st.text(min_size=1), max_size=2),
        ),
        min_size=1,
    ),
    st.sampled_from(["de", "en", "fr"]),
)
def test_it_can_be_written_whatever_it_says(replies: list[Reply], language: str) -> None:
    made = render(JOINED_REPLIES, number="P-1", desk="x", replies=replies, language=language)
    Balanced(made.html)
    assert "\n" not in made.subject
