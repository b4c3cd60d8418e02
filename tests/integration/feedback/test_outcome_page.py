"""The page behind the link in the letter with a complaint's outcome, on the real broker and database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.desk import SECRET, TestDesk

from contracts.links import ComplaintLink
from kit.signed import links

ACCOUNT = uuid4()


def link_to(feedback_id: str, days: int = 90) -> str:
    link = ComplaintLink(feedback_id=UUID(feedback_id))
    expires_at = datetime.now(UTC) + timedelta(days=days)
    return f"/c/{links.sign(SECRET, ComplaintLink.purpose, link.claims(), expires_at=expires_at)}"


@pytest.fixture
async def complaint(feedback: TestDesk) -> str:
    """One whose outcome was given."""
    ann, vp = feedback.client("feedback", "requester", ACCOUNT), feedback.client("feedback", "vp")
    said = await ann.post("/v1/feedback", json={"text": "Three days without a word.", "kind": "complaint"})
    found: str = said.json()["feedback_id"]
    outcome = {"found": "It was <b>forgotten</b>.", "measures": "A checklist."}
    given = await vp.post(f"/v1/complaints/{found}/outcome", json=outcome)
    assert given.status_code == 200, given.text
    return found


async def stage(feedback: TestDesk, complaint: str) -> str:
    found: str = (await feedback.client("feedback", "vp").get(f"/v1/complaints/{complaint}")).json()["stage"]
    return found


async def kept(feedback: TestDesk, complaint: str) -> list[str]:
    """What the customer said beside their answer."""
    found = (await feedback.client("feedback", "vp").get(f"/v1/complaints/{complaint}")).json()
    return [one["texts"]["text"] for one in found["history"] if one["type"] == "feedback.added-to"]


async def test_opening_it_shows_the_outcome_and_changes_nothing(
    feedback: TestDesk, anybody: httpx2.AsyncClient, complaint: str
) -> None:
    page = await anybody.get(link_to(complaint))
    assert page.status_code == 200
    assert "It was &lt;b&gt;forgotten&lt;/b&gt;." in page.text
    assert "A checklist." in page.text
    assert await stage(feedback, complaint) == "outcome"


@pytest.mark.parametrize(("answer", "then"), [("accept", "settled"), ("dispute", "arbitration")])
async def test_who_has_the_link_accepts_or_disputes_the_outcome(
    feedback: TestDesk, anybody: httpx2.AsyncClient, complaint: str, answer: str, then: str
) -> None:
    form = {"answer": answer, "words": "So be it."}
    page = await anybody.post(link_to(complaint), data=form)
    assert page.status_code == 200, page.text
    assert await stage(feedback, complaint) == then
    for again in ({"answer": answer}, form):
        assert (await anybody.post(link_to(complaint), data=again)).status_code == 200, (
            "it says how the complaint stands"
        )
        assert await stage(feedback, complaint) == then
    found = (await feedback.client("feedback", "vp").get(f"/v1/complaints/{complaint}")).json()
    assert (found["unmarked"], await kept(feedback, complaint)) == ([], []), "sent twice it is said once"


async def test_an_answer_that_comes_too_late_is_not_taken_and_the_page_says_so(
    feedback: TestDesk, anybody: httpx2.AsyncClient, complaint: str
) -> None:
    await anybody.post(link_to(complaint), data={"answer": "dispute"})
    late = await anybody.post(link_to(complaint), data={"answer": "accept", "words": "After all I do."})
    again = await anybody.post(link_to(complaint), data={"answer": "accept", "words": "After all I do."})
    assert (late.status_code, again.status_code) == (409, 409)
    assert await kept(feedback, complaint) == ["After all I do."]
    assert [said in late.text for said in ("could not be taken", "kept what you wrote")] == [True, True]
    decided = {"decision": "We refund the month."}
    answer = await feedback.client("feedback", "ceo").post(f"/v1/complaints/{complaint}/decision", json=decided)
    assert answer.status_code == 200, answer.text
    page = await anybody.get(link_to(complaint))
    assert ("We refund the month." in page.text, "A checklist." in page.text) == (True, False)


async def test_what_is_accepted_may_still_be_disputed(
    feedback: TestDesk, anybody: httpx2.AsyncClient, complaint: str
) -> None:
    await anybody.post(link_to(complaint), data={"answer": "accept"})
    assert "differently" in (await anybody.get(link_to(complaint))).text
    await anybody.post(link_to(complaint), data={"answer": "dispute"})
    assert await stage(feedback, complaint) == "arbitration"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"words": "Hm."}, "choose one"),
        ({"answer": "maybe"}, "choose one"),
        ({"answer": "dispute", "words": "x" * 20_000}, "shorten"),
        ({"answer": "dispute", "words": "x" * 200_000}, "shorten"),
    ],
)
async def test_a_form_that_says_nothing_is_shown_again(
    feedback: TestDesk, anybody: httpx2.AsyncClient, complaint: str, form: dict[str, str], said: str
) -> None:
    page = await anybody.post(link_to(complaint), data=form)
    assert (page.status_code, said in page.text) == (422, True)
    assert await stage(feedback, complaint) == "outcome"


async def test_links_that_are_forged_expired_or_of_another_kind_open_nothing(
    anybody: httpx2.AsyncClient, complaint: str
) -> None:
    assert (await anybody.get(link_to(complaint)[:-2])).status_code == 403
    assert (await anybody.get(link_to(complaint, days=-1))).status_code == 410
    assert (await anybody.get(link_to(complaint).replace("/c/", "/s/"))).status_code == 403
    assert (await anybody.get(link_to(str(uuid4())))).status_code == 404
    assert (await anybody.post(link_to(complaint), json={"answer": "accept"})).status_code == 415
