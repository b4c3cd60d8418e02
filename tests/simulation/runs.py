"""One seed, one history: run it, and say what is wrong with it."""

import hashlib
import logging
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import structlog
from tests.simulation import plain_mail
from tests.simulation.clocks import alarms_add_up, clocks_add_up
from tests.simulation.ending import Ending
from tests.simulation.invariants import (
    bounces,
    complaints,
    feedback_mails,
    followed,
    log,
    mails,
    marking,
    personal,
    policy,
    post,
    procedures,
)
from tests.simulation.policies import read_again
from tests.simulation.scenario import Desk, setting_of
from tests.simulation.services import services

from contracts import sealing
from kit.simulate.loop import Deadlock, Exhausted, VirtualLoop, run
from kit.simulate.troubled import TroubledWorld
from notifier.compose import compose
from notifier.senders import mail, mail_builder
from sla_timer import publish
from sla_timer.policy.file.read import read

QUIET_LIMIT_SECONDS = 120.0
"""Virtual seconds within which nothing may be left to do, once no more faults happen."""

INVARIANTS = (
    log.nothing_unfinished,
    log.logs_have_no_gaps,
    log.answers_are_kept,
    log.nothing_lost_on_the_way,
    log.nothing_parked,
    log.causes_come_first,
    log.events_name_their_cause,
    log.read_models_equal_the_log,
    followed.facts_are_followed_in_order,
    followed.open_tickets_follow_their_account,
    followed.tickets_and_threads_read_as_their_account,
    procedures.breaches_escalate_once,
    procedures.closings_are_surveyed_once,
    procedures.everybody_is_told_once,
    procedures.unknown_calendars_are_told_once,
    mails.every_mail_has_one_outcome,
    mails.mails_go_out_once_and_in_order,
    mails.nobody_gets_too_many_automatic_replies,
    mails.every_ticket_s_number_is_in_some_mail,
    mails.nothing_untrue_goes_out,
    mails.calls_say_when_the_next_one_is_called,
    mails.receipts_say_by_when_an_answer_is_promised,
    bounces.a_person_is_told_once_of_each_mail_that_came_back,
    bounces.a_person_is_told_once_of_each_mail_to_a_customer_that_was_not_sent,
    bounces.nothing_goes_to_a_dead_address,
    post.mails_are_kept_and_do_what_they_ask,
    post.whoever_wrote_is_heard,
    post.what_is_filled_in_is_heard,
    post.mails_are_performed_once_and_in_order,
    post.every_ticket_has_its_own_number,
    personal.words_are_sealed,
    personal.keys_come_with_words,
    personal.only_the_erased_are_forgotten,
    policy.clocks_keep_their_policy,
    policy.clocks_start_under_the_policy_in_force,
    policy.tickets_lack_what_their_policy_requires,
    policy.nobody_is_relieved_of_what_is_wanted,
    policy.calls_follow_the_ladder_of_the_broken_promise,
    feedback_mails.each_is_said_once_where_it_belongs,
    feedback_mails.nobody_else_is_heard,
    feedback_mails.every_feedback_has_its_own_number,
    marking.what_is_marked_is_feedback_once,
    marking.what_is_marked_was_said_by_a_customer,
    complaints.each_promise_has_its_verdict,
    complaints.nothing_follows_the_decision,
    complaints.every_open_matter_has_a_deadline_or_somebody_was_told,
    complaints.everybody_hears_of_each_step_once,
    complaints.a_person_is_told_of_letters_that_reached_nobody,
    complaints.who_has_to_act_is_called,
    clocks_add_up,
    alarms_add_up,
)


@dataclass(frozen=True)
class Report:
    """How a seed went."""

    seed: str
    findings: tuple[str, ...]
    story: tuple[str, ...]
    digest: str
    """Of all logs, without what is encrypted."""
    events: int
    steps: int

    def __str__(self) -> str:
        """For who has to find out why."""
        return "\n".join([f"seed {self.seed} fails; what happened in it:", *self.story, "", *self.findings])


def simulate(seed: str) -> Report:
    """Run a seed."""

    async def main(loop: VirtualLoop) -> Report:
        chance = Random(f"{seed}/scenario")
        desk: Desk
        hasty: set[str] = set()
        world = TroubledWorld(loop, seed, services(lambda: desk, hasty), setting_of(chance))
        names = ("more", "words", "fields", "opinions", "writing", "marking", "machines", "programs")
        others = {name: Random(f"{seed}/{name}") for name in names}
        desk = Desk(world, chance, **others)
        worlds.append(world)
        world.start()
        await desk.live()
        world.heal()
        quiet = await world.quiet(QUIET_LIMIT_SECONDS)
        ending = Ending(desk, world.right.now(), hasty)
        findings = list(wrong(ending)) if quiet else ["it never came to rest", *world.unfinished()]
        try:
            await world.end()
        except Exception as error:
            findings.append(f"a process died of {error!r}")
        if loop.failure:
            findings.append(f"nobody caught {loop.failure}")
        logs = [row for store in world.stores.values() for log in store.tables.log.values() for row in log]
        return Report(seed, tuple(findings), tuple(world.story), digest(repr(logs)), len(logs), loop.steps)

    worlds: list[TroubledWorld] = []
    with _quietly(), _by_chance(seed):
        try:
            return run(main, Random(f"{seed}/loop"))  # type: ignore[no-any-return]
        except (Deadlock, Exhausted) as error:
            story = [line for world in worlds for line in world.story]
            died = [f"a process died of {world.died()!r}" for world in worlds if world.died()]
            return Report(seed, (f"it stopped at {error!r}", *died), tuple(story), "", 0, 0)


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong."""
    for check in INVARIANTS:
        for finding in check(ending):
            yield f"{check.__name__.replace('_', ' ')}: {finding}"


def digest(text: str) -> str:
    """Of a text without its sealed parts, which no two runs have in common."""
    return hashlib.sha256(re.sub(re.escape(sealing.PREFIX) + r'[^"\\]*', "", text).encode()).hexdigest()


@contextmanager
def _quietly() -> Iterator[None]:
    """What processes log says nothing here: the story does. Policies are read once, and mails composed plainly."""
    before = structlog.get_config()
    publish.read, mail_builder.compose = read_again, plain_mail.compose  # type: ignore[attr-defined]
    look, mail.POLL_SECONDS = mail.POLL_SECONDS, 0.6
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=False
    )
    try:
        yield
    finally:
        structlog.configure(**before)
        publish.read, mail_builder.compose = read, compose  # type: ignore[attr-defined]
        mail.POLL_SECONDS = look


@contextmanager
def _by_chance(seed: str) -> Iterator[None]:
    """What the services leave to chance follows from the seed too."""
    before = random.getstate()
    random.seed(f"{seed}/services")
    try:
        yield
    finally:
        random.setstate(before)
