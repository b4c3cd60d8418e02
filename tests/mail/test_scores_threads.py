"""How well mails find their tickets: threads of public lists, of which every mail comes from a known account."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from random import Random
from uuid import UUID, uuid5

import pytest
from tests.shared import DATA, none

from contracts.command_ids import MAILS
from intake.mail import Belongs, Clue, Found, Mail, clues, is_fresh, parse, referred, thread

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=none("real mails"))
ACCOUNT = UUID(int=1)
FOLDER = DATA / "email-notmuch-threads"


def grouped() -> dict[str, list[Mail]]:
    """The mails of each published thread."""
    found: dict[str, list[Mail]] = defaultdict(list)
    with (FOLDER / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest):
            found[row["group"]].append(parse((FOLDER / row["file"]).read_bytes()))
    return found


def tickets(mails: Iterable[Mail]) -> dict[str, UUID]:
    """The ticket of each mail, by its Message-ID, in the order in which they come."""
    seen: dict[str, UUID] = {}
    came: set[str] = set()
    found: dict[str, UUID] = {}
    for number, mail in enumerate(mails):
        hints = clues(mail, ())
        known = [hint for hint in hints if hint.by != "message-id" or hint.value not in came]
        named = {hint: seen[str(hint.value)] for hint in known if hint.value in seen}
        there: dict[Clue, Found] = {hint: Found(ticket_id=one, account_id=ACCOUNT) for hint, one in named.items()}
        belongs = thread(hints, there, sender="", account_id=ACCOUNT, fresh=is_fresh(mail))
        ticket = belongs.ticket_id if isinstance(belongs, Belongs) else uuid5(MAILS, str(number))
        for message_id in (mail.message_id or str(number), *referred(mail)):
            seen.setdefault(message_id, ticket)
        came.add(mail.message_id or "")
        found[mail.message_id or str(number)] = ticket
    return found


def whole(groups: dict[str, list[Mail]], mails: list[Mail]) -> int:
    """How many threads are one ticket each, with nobody else's mail in it."""
    found = tickets(mails)
    kinds = {name: {found[mail.message_id or ""] for mail in group} for name, group in groups.items()}
    return sum(
        len(of) == 1 and not any(of & others for other, others in kinds.items() if other != name)
        for name, of in kinds.items()
    )


def test_each_thread_is_one_ticket(capsys: pytest.CaptureFixture[str]) -> None:
    groups = {name: [mail for mail in mails if mail.message_id] for name, mails in grouped().items() if name}
    mails = [mail for group in groups.values() for mail in group]
    by_date = whole(groups, sorted(mails, key=lambda mail: (mail.claimed_at is None, str(mail.claimed_at))))
    shuffled = []
    for seed in range(5):
        Random(seed).shuffle(mails)
        shuffled.append(whole(groups, mails))
    with capsys.disabled():
        print(f"\nthreads by date {by_date} of {len(groups)}, shuffled {min(shuffled)}-{max(shuffled)}")
    assert by_date == len(groups)
    assert min(shuffled) >= len(groups) - 2
