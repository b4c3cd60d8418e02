"""The route that puts another policy in force, without a restart."""

import asyncio
from datetime import date
from typing import Annotated
from uuid import uuid5

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from contracts.envelope import Meta
from kit.http.bodies import Body
from kit.http.command_origin import CommandOrigin, OriginOfNew
from kit.http.desk import TheDesk
from kit.http.problems import FieldError, misunderstood
from kit.log.request import CommandRequest, Done
from kit.process.process import Process
from kit.telemetry import traceparent
from sla_timer.domain.commands import Note
from sla_timer.domain.rights import PUBLISH_POLICIES
from sla_timer.policy.diff import describe_changes
from sla_timer.policy.file import Document, PolicyRefused, load
from sla_timer.publish import Superseded, publish

router = APIRouter(prefix="/v1", tags=["policy"])

MAX_FILE_CHARACTERS = 1_000_000


class PolicyIn(Body):
    """A policy to be put in force."""

    policy: Annotated[
        str, Field(description="the text of a policy file (YAML)", min_length=1, max_length=MAX_FILE_CHARACTERS)
    ]
    dry_run: bool = Field(False, description="Only say what it would change")


class PolicyOut(BaseModel):
    """The result. `changes`: what changes for whom, in words; empty if the policy was in force already."""

    policy: str = Field(description="Its version")
    name: str
    replaces: str | None = Field(description="The version that was in force before")
    published: bool = Field(description="False: it was in force already, or this was a dry run")
    changes: list[str]


@router.post("/policies")
async def publish_policy(
    body: PolicyIn, request: Request, response: Response, origin: OriginOfNew, desk: TheDesk
) -> PolicyOut:
    """Put a policy in force: new clocks follow it from now on, and running ones keep the version they started with.

    It is checked first, as by `punctual policy check`, and the answer says what it changes. Other services follow it
    as soon as they hear of it. To have running clocks follow it too, use POST /v1/policy-migrations.
    """
    PUBLISH_POLICIES.demand(origin.caller.role)
    process: Process = request.app.state.process
    today = process.clock.now().date()
    document = await _read(body.policy, today)
    note = f"publication-{origin.command_id}"
    if body.dry_run:
        return _answer(process, document, today)
    # A key that stands for another request is refused before anything is done.
    await desk.perform(origin.part("begun"), note, Note())
    by = Meta(actor=origin.caller.actor, role=origin.caller.role, traceparent=traceparent(), cause=origin.cause)
    done = await _published(process, document, origin, note, by)
    process.writer.wrote.set()
    if done.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return PolicyOut(**{name: done.answer[name] for name in PolicyOut.model_fields})


async def _published(process: Process, document: Document, origin: CommandOrigin, note: str, by: Meta) -> Done:
    """Publish the policy, and keep the answer, which says what changed from the policy in force."""
    while True:
        now = process.clock.now()
        answer = _answer(process, document, now.date())
        answer.published = answer.replaces != document.version
        noted = CommandRequest(
            command_id=uuid5(origin.command_id, "published"),
            stream=note,
            command=Note(),
            meta=by,
            request_hash=origin.request_hash,
            answer=answer.model_dump(mode="json"),
        )
        try:
            parts = process.store, process.core, process.book
            [done] = await publish(*parts, document, by, now, [noted], replacing=answer.replaces)
        except Superseded:
            continue  # another was published meanwhile, so the answer must compare with that one
        return done


def _answer(process: Process, document: Document, today: date) -> PolicyOut:
    """What the policy would change now."""
    latest = process.book.current.latest
    return PolicyOut(
        policy=document.version,
        name=document.name,
        replaces=latest or None,
        published=False,
        changes=describe_changes(process.book.event(latest), document.published(), today=today),
    )


async def _read(text: str, today: date) -> Document:
    """Read the policy. Raises Trouble with all of its problems."""
    try:
        return await asyncio.to_thread(load, text, name="policy", today=today)
    except PolicyRefused as refused:
        errors = [FieldError(field="policy", detail=str(problem)) for problem in refused.problems]
        raise misunderstood("The policy can't be used; correct what errors name.", *errors) from None
