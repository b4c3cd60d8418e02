"""The Support Manager, who reads what customers wrote beside their ratings, and acknowledges it (P17)."""

import asyncio

from contracts.feedback import Kind
from punctual.demo.doors import DoorClosed, Doors
from punctual.demo.people import COMMENTS
from punctual.demo.progress import Progress

POLL_SECONDS = 0.3
"""How often to look for new words, in real seconds."""
CONFLICT = 409
PRAISED_FROM = 4
"""The rating from which words are praise."""
THANKS: dict[Kind, str] = {
    "praise": "Thank you: I have passed it on to those who did it.",
    "criticism": "Thank you for telling us. I have read it, and speak with those concerned.",
}


async def read_words(doors: Doors, progress: Progress) -> None:
    """Acknowledge what nobody has yet. Until cancelled."""
    while True:
        await asyncio.sleep(POLL_SECONDS)
        try:
            await acknowledge_words(doors)
        except DoorClosed as error:
            progress.problems.append(f"reading what customers wrote: {error}")


async def acknowledge_words(doors: Doors) -> None:
    """Read what waits, say what it is, and thank for it. Raises DoorClosed."""
    for one in await doors.pages("feedback", "/v1/feedback", channel="survey", acknowledged="false"):
        whole = await doors.get("feedback", f"/v1/feedback/{one['number']}")
        said = {text for happened in whole["history"] for text in happened["texts"].values()}
        liked = any(COMMENTS[rating] in said for rating in COMMENTS if rating >= PRAISED_FROM)
        kind: Kind = "praise" if liked else "criticism"
        path, body = f"/v1/feedback/{one['number']}/acknowledgement", {"text": THANKS[kind], "kind": kind}
        try:
            await doors.post("feedback", path, body, who="demo-support-manager", role="support-manager")
        except DoorClosed as error:
            if error.status != CONFLICT:  # it was acknowledged in the same moment
                raise
