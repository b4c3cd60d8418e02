"""Two customers who complain on the demo's day: one is heard up to the CEO, the other accepts the outcome (P17-P22)."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Literal

from contracts.roles import Role
from kit.clock import Clock
from punctual.demo.actions import Account
from punctual.demo.doors import DoorClosed, Doors
from punctual.demo.mails import text_of
from punctual.demo.people import ACCOUNTS
from punctual.demo.progress import Progress
from punctual.demo.sample import at

LINK = re.compile(r"https?://\S+/c/[^\s?#>]+")
CALL_POLL_SECONDS = 0.1
"""How often to look whether somebody was called, in real seconds."""
CALL_LOOKS = 200
NUMBER = re.compile(r"\[(F-\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that a person does about a complaint. `by`: a role, or the customer; `door`: the route below it, the
    call about it, or the page behind the link in the outcome's letter."""

    at: datetime
    by: Role | Literal["customer"]
    path: str
    door: Literal["complaints", "feedback", "calls", "page"] = "complaints"
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint, and all that is done about it."""

    account: Account
    person: str
    at: datetime
    text: str
    way: Literal["portal", "email"]
    steps: tuple[Step, ...]

    @property
    def email(self) -> str:
        """The customer's address."""
        return f"{self.person.lower()}@{self.account.domain}"


ANGRY = {"kind": "complaint", "reason": "He is angry about our mail."}
TO_THE_CEO = Complaint(
    account=ACCOUNTS[1],
    person="Solveig",
    at=at("09:05"),
    way="portal",
    text="Three outages in a week, and each time I tell somebody else the whole story from the beginning.",
    steps=(
        Step(at=at("09:25"), by="vp", path="review", door="calls"),
        Step(
            at=at("09:45"),
            by="support-manager",
            path="acknowledgement",
            door="feedback",
            body={"text": "I have read it and am sorry. I collect what was said to you; you hear from us tomorrow."},
        ),
        Step(at=at("10:30"), by="vp", path="questions", body={"question": "Which of us did you speak to on Monday?"}),
        Step(at=at("11:15"), by="customer", path="words", door="feedback", body={"text": "With Omar, twice."}),
        Step(
            at=at("12:00"),
            by="support-manager",
            path="updates",
            body={
                "delays": "Omar is back this afternoon only.",
                "needs": "Nothing from you.",
                "next_at": "2016-03-03T17:00:00Z",
            },
        ),
        Step(
            at=at("14:30"),
            by="vp",
            path="outcome",
            body={
                "found": "Your tickets went to whoever was free, and nobody read the earlier ones.",
                "measures": "From today one engineer has all tickets of yours.",
            },
        ),
        Step(at=at("15:30"), by="customer", path="dispute", door="page", body={"words": "And the week we lost?"}),
        Step(at=at("16:00"), by="ceo", path="arbitration", door="calls"),
        Step(at=at("17:00"), by="ceo", path="decision", body={"decision": "We credit you the month, and I call you."}),
    ),
)
TO_THE_OUTCOME = Complaint(
    account=ACCOUNTS[0],
    person="Teodor",
    at=at("10:10"),
    way="email",
    text="Your mail of last night woke our baker at three. The matter was not urgent at all.",
    steps=(
        Step(at=at("10:50"), by="engineer", path="kind", door="feedback", body=ANGRY),
        Step(at=at("11:10"), by="vp", path="review", door="calls"),
        Step(
            at=at("13:00"),
            by="vp",
            path="outcome",
            body={
                "found": "A reminder went to the number for emergencies.",
                "resolution": "We apologise; the number is taken out.",
            },
        ),
        Step(at=at("15:00"), by="customer", path="acceptance", body={"text": "Thank you, that was quick."}),
    ),
)
COMPLAINTS = (TO_THE_CEO, TO_THE_OUTCOME)


async def complain(doors: Doors, clock: Clock, progress: Progress) -> None:
    """Play both. What goes wrong is noted in `progress`."""
    async with asyncio.TaskGroup() as group:
        for complaint in COMPLAINTS:
            group.create_task(_Matter(doors, clock, complaint, progress).play())


class _Matter:
    """The people around one complaint."""

    def __init__(self, doors: Doors, clock: Clock, complaint: Complaint, progress: Progress) -> None:
        self._doors, self._clock, self._complaint, self._progress = doors, clock, complaint, progress
        self._feedback: dict[str, Any] = {}

    async def play(self) -> None:
        try:
            await self._until(self._complaint.at)
            await self._say()
            for step in self._complaint.steps:
                await self._until(step.at)
                await self._take(step)
                self._progress.steps += 1
        except DoorClosed as error:
            self._progress.problems.append(f"{self._complaint.person}'s complaint: {error}")

    async def _until(self, instant: datetime) -> None:
        await asyncio.sleep(max(0.0, self._clock.real(instant - self._clock.now())))

    async def _say(self) -> None:
        complaint = self._complaint
        if complaint.way == "portal":
            body = {"text": complaint.text, "kind": "complaint"}
            self._feedback = await self._as_customer("/v1/feedback", body)
            return
        mail = EmailMessage()
        mail["From"], mail["To"] = f"{complaint.person} <{complaint.email}>", self._doors.environment.feedback_mailbox
        mail["Subject"], mail["Message-ID"] = "At three in the morning", f"<three@{complaint.account.domain}>"
        mail.set_content(complaint.text)
        await self._doors.send(complaint.email, mail)
        receipt = await self._doors.arrived(complaint.email, "[F-")
        found = NUMBER.search(str(receipt["Subject"]))
        if found is None:
            raise DoorClosed("the receipt has no number")
        self._feedback = await self._doors.get("feedback", f"/v1/feedback/{found[1]}")

    async def _take(self, step: Step) -> None:
        number, feedback_id = self._feedback["number"], self._feedback["feedback_id"]
        match step:
            case Step(door="page"):
                await self._on_the_page(step)
            case Step(door="calls"):
                await self._called(feedback_id, step)
                path = f"/v1/escalations/{feedback_id}/acknowledgement?escalation={step.path}"
                await self._as_staff("escalation", path, None, step)
            case Step(by="customer"):
                await self._as_customer(f"/v1/{step.door}/{number}/{step.path}", step.body)
            case _:
                await self._as_staff("feedback", f"/v1/{step.door}/{number}/{step.path}", step.body, step)

    async def _called(self, feedback_id: str, step: Step) -> None:
        """Wait for the call: nobody takes on what nobody was called about."""
        for _ in range(CALL_LOOKS):
            path = f"/v1/escalations/{feedback_id}"
            answer = await self._doors.fetch("escalation", path, "support-manager", escalation=step.path)
            if answer.status_code == 200:
                return
            await asyncio.sleep(CALL_POLL_SECONDS)
        raise DoorClosed(f"nobody was called about the {step.path}")

    async def _as_customer(self, path: str, body: dict[str, Any]) -> Any:
        who = self._complaint
        return await self._doors.post(
            "feedback", path, body, who=who.email, role="requester", account=who.account.id, email=who.email
        )

    async def _as_staff(self, service: str, path: str, body: dict[str, Any] | None, step: Step) -> None:
        if step.by != "customer":
            await self._doors.post(service, path, body, who=f"demo-{step.by}", role=step.by)

    async def _on_the_page(self, step: Step) -> None:
        """Read the letter with the outcome, follow its link, send the form that is there."""
        letter = await self._doors.arrived(self._complaint.email, "outcome")
        link = LINK.search(text_of(letter))
        if link is None:
            raise DoorClosed("the letter with the outcome has no link")
        page = await self._doors.page(link[0])
        sent = await self._doors.form(link[0], {"answer": step.path, **step.body})
        if (page.status_code, sent.status_code) != (200, 200):
            raise DoorClosed(f"the outcome's page answered {page.status_code}, then {sent.status_code}")
